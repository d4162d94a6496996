import Foundation
import Testing

@Suite("Mappings by size")
struct SizeTests {
  struct Sizes: Decodable {
    struct Device: Decodable {
      struct Row: Decodable {
        var upTo: UInt64?
        var mappings: UInt64
        var bytes: UInt64
        var lines: UInt64
      }
      struct Calls: Decodable {
        var segments: UInt64
        var bytes: UInt64
      }
      var name: String
      var map: Calls
      var bySize: [Row]
    }
    var devices: [Device]
  }

  @Test(
    "add up to what was mapped, each within its class",
    arguments: ["noncoherent.dat", "mask32-6g.dat", "jumbo-b.dat"])
  func sums(fixture: String) throws {
    let outcome = try Program.run(["report", Fixture.path(fixture), "--json", "-"])
    let report = try JSONDecoder().decode(Sizes.self, from: outcome.output)
    #expect(report.devices.contains { $0.bySize.count > 2 })
    for device in report.devices {
      #expect(device.bySize.reduce(0) { $0 + $1.mappings } == device.map.segments, "\(device.name)")
      #expect(device.bySize.reduce(0) { $0 + $1.bytes } == device.map.bytes, "\(device.name)")
      for row in device.bySize {
        let most = try #require(row.upTo)
        #expect(
          row.bytes <= row.mappings * most && row.bytes > row.mappings * (most / 2), "\(device.name) \(most)")
        #expect(row.lines * 64 >= row.bytes && row.lines <= row.mappings * (most / 64 + 2))
      }
    }
  }

  @Test("the text has a row for each class, with -v")
  func text() throws {
    let text = try Program.run(["report", "-v", Fixture.path("noncoherent.dat")]).text
    #expect(text.contains("Mappings by size") && text.contains("4.00 KiB"))
    #expect(
      !(try Program.run(["report", Fixture.path("noncoherent.dat")]).text.contains("Mappings by size")))
  }
}
