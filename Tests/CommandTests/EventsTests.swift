import Foundation
import Testing

@Suite("Listing the calls of a recording")
struct EventsTests {
  static func lines(_ fixture: String, _ options: String...) throws -> [String] {
    let outcome = try Program.run(["events", Fixture.path(fixture)] + options)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.text.split(separator: "\n").map(String.init)
  }

  /// The small recordings, one for each machine and driver, and the odd ones.
  static let recordings =
    ((try? fixtureNames()) ?? []).filter { $0.hasSuffix("-b.dat") }.sorted() + [
      "misuse.dat", "linux-7.3.dat",
    ]

  /// What a report says apart from the input: the listing has no events that mean nothing to it, and so ends earlier.
  private static func report(_ path: String) throws -> [String: Any] {
    let outcome = try Program.run(["report", path, "--json", "-"])
    let object = try JSONSerialization.jsonObject(with: outcome.output)
    var report = try #require(object as? [String: Any])
    for key in ["input", "tool", "timeline"] { report[key] = nil }
    if var totals = report["totals"] as? [String: Any] {
      totals["estimateShare"] = nil
      report["totals"] = totals
    }
    return report
  }

  @Test("as JSON Lines gives the report of the recording", arguments: recordings)
  func roundTrip(fixture: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("events.jsonl")
      let listing = try Program.run([
        "events", Fixture.path(fixture), "--format", "jsonl", "--allow-incomplete",
      ])
      #expect(listing.status == 0)
      try listing.output.write(to: file)
      let (again, first) = (try Self.report(file.path), try Self.report(Fixture.path(fixture)))
      for (key, value) in first {
        #expect(NSDictionary(dictionary: [key: value]).isEqual(to: [key: again[key] as Any]), "\(key)")
      }
    }
  }

  @Test("prints what trace-cmd cannot: scatterlists, entry by entry")
  func lists() throws {
    let lines = try Self.lines("nc-b.dat", "--call", "dma_map_sg", "-n", "1")
    #expect(lines.count == 1)
    #expect(
      lines[0].contains(
        "phys_addrs={0x4263d000,0x42635000,0x4263a000,0x42698000} lengths={4096,4096,4096,4096}"))
    #expect(lines[0].hasSuffix("ret=4"))
  }

  @Test("chooses by call, direction, device, address, time and number")
  func filters() throws {
    #expect(try Self.lines("nc-b.dat", "--call", "dma_map_page").count == 999)
    #expect(try Self.lines("nc-b.dat", "--call", "dma_unmap_*").count == 999 + 402)
    let one = try Self.lines(
      "nc-b.dat", "--call", "dma_map_page", "--device", "*:03.0", "--direction", "to_device")
    #expect(
      !one.isEmpty && one.allSatisfy { $0.contains("dev=0000:00:03.0") && $0.contains("dir=TO_DEVICE") })
    let address = try Self.lines("nc-b.dat", "--address", "0x4263d800-0x4263d8ff")
    #expect(address.contains { $0.contains("dma_map_sg") && $0.contains("0x4263d000") })
    #expect(address.allSatisfy { $0.contains("0x4263d") })
    #expect(try Self.lines("nc-b.dat", "-n", "7").count == 7)
    #expect(try Self.lines("nc-b.dat", "--from", "+1", "--to", "+1.5").allSatisfy { $0.contains("    14.") })
  }

  @Test("chooses what a finding gives as evidence: both sides of an unmap with another size")
  func findings() throws {
    let lines = try Self.lines("misuse.dat", "--finding", "DMA203")
    #expect(lines.contains { $0.contains("dma_map_page") && $0.contains("size=1300 ") })
    #expect(lines.contains { $0.contains("dma_unmap_page") && $0.contains("size=1301 ") })
    #expect(try Program.run(["events", Fixture.path("misuse.dat"), "--finding", "DMA9"]).status == 64)
  }

  @Test("as CSV has a head and as many fields in each row, and stacks with names")
  func csv() throws {
    let lines = try Self.lines("stack-b.dat", "--format", "csv", "-n", "50")
    #expect(lines.count == 51 && lines[0].hasPrefix("time,cpu,pid,task,call,device,dma_address"))
    #expect(lines[1].contains("stack=dma_alloc_attrs+0x140;"))
    let stacks = try Self.lines("stack-b.dat", "-n", "1")
    #expect(stacks.count > 5 && stacks[1].trimmingCharacters(in: .whitespaces) == "dma_alloc_attrs+0x140")
  }

  @Test("refuses what is no address and no direction with status 64")
  func refusal() throws {
    for option in [
      ["--address", "0x20-0x10"], ["--direction", "sideways"], ["--format", "xml"], ["-n", "0"],
    ] {
      #expect(try Program.run(["events", Fixture.path("nc-b.dat")] + option).status == 64)
    }
  }
}
