import Testing

@Suite("Bounces")
struct BounceTests {
  @Test("for a mask are those of the one device with 32 address bits")
  func mask() throws {
    let report = try Report(on: "mask32-6g.dat")
    #expect(report.devices.filter { $0.bounce.because.mask > 0 }.map(\.name) == ["0000:00:05.0"])
    let device = try #require(report.devices.first { $0.name == "0000:00:05.0" })
    #expect(device.bounce.because.mask == 4890)
    #expect(device.streamingMask == "0xffffffff")
    #expect(report.totals.bounce.requests == 4890)
    #expect(report.totals.bounce.because.forced == 0)
  }

  @Test("by force are told from those for a mask")
  func force() throws {
    let report = try Report(on: "swiotlb-force.dat")
    #expect(report.devices.filter { $0.bounce.requests > 0 }.count == 5)
    #expect(report.totals.bounce.requests == 7935)
    #expect(report.totals.bounce.because.forced == 7935)
    #expect(report.totals.bounce.because.mask == 0)
  }

  /// 6.12 bounces small buffers from kmalloc that share cache lines, where the device writes and is not coherent.
  @Test("of small unaligned buffers are told from both")
  func alignment() throws {
    let report = try Report(on: "noncoherent.dat", "--platform", "arm64")
    #expect(report.totals.bounce.requests == 8)
    #expect(report.totals.bounce.because.alignment == 8)
  }

  @Test("have the cause that the event itself shows", arguments: Facts.bounces.keys.sorted())
  func causes(fixture: String) throws {
    let expected = try #require(Facts.bounces[fixture])
    let report = try Report(on: fixture)
    for device in report.devices {
      let because = device.bounce.because
      let found = Facts.Causes(forced: because.forced, mask: because.mask, alignment: because.alignment)
      #expect(found == expected[device.name] ?? Facts.Causes(), "\(device.name)")
      #expect(because.unknown == 0, "\(device.name)")
    }
    #expect(Set(expected.keys).isSubset(of: report.devices.map(\.name)))
    #expect(report.totals.bounce.requests == Facts.events[fixture]?["swiotlb_bounced"])
  }

  /// The pool of `swiotlb=512,force` runs full; a page map that finds no slot returns an address of all ones.
  @Test("that find the pool full fail their map")
  func full() throws {
    let report = try Report(on: "swiotlb-full.dat")
    // swiotlb-full.dmesg.txt: 512 slots in all, 512 of them used.
    #expect(report.totals.slots?.peak == 512)
    #expect(report.totals.map.failed == 57)
    #expect(report.totals.bounce.because.forced == 6438)
  }
}
