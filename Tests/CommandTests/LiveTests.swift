import Testing

@Suite("What is live at the end")
struct LiveTests {
  /// A mapping as both the kernel's `dma-api/dump` and a report describe it.
  struct Entry: Hashable {
    var device: String
    var kind: String
    var busAddress: UInt64
    var size: UInt64
    var direction: String
  }

  /// `DRIVER DEVICE KIND idx N P=PHYSICAL D=BUS L=SIZE cln=… DMA_DIRECTION …`
  static func dump(_ name: String) throws -> [Entry: Int] {
    let line =
      /^\S+ (?<device>\S+) (?<kind>\S+) idx \d+ P=\S+ D=(?<bus>\S+) L=(?<size>\S+) cln=\S+ DMA_(?<direction>\w+) .*/
    var result: [Entry: Int] = [:]
    for text in try Fixture.text(name).split(separator: "\n") {
      let match = try #require(text.wholeMatch(of: line), "\(text)")
      let entry = Entry(
        device: String(match.device), kind: String(match.kind),
        busAddress: try #require(UInt64(match.bus, radix: 16)),
        size: try #require(UInt64(match.size, radix: 16)),
        direction: String(match.direction))
      result[entry, default: 0] += 1
    }
    return result
  }

  @Test("is what the kernel dumped, less what was mapped before the recording began")
  func dump() throws {
    var expected = try Self.dump("live.dump.txt")
    for (entry, count) in try Self.dump("live.dump-before.txt") { expected[entry, default: 0] -= count }
    expected = expected.filter { $0.value != 0 }
    #expect(expected.values.allSatisfy { $0 > 0 })
    #expect(expected.values.reduce(0, +) == 287 - 20)

    var found: [Entry: Int] = [:]
    for mapping in try #require(try Report(on: "live.dat", "--live").live) {
      let bus = try #require(UInt64(mapping.dmaAddress.dropFirst(2), radix: 16))
      let entry = Entry(
        device: mapping.device, kind: mapping.kind, busAddress: bus, size: mapping.size,
        direction: mapping.direction)
      found[entry, default: 0] += 1
    }
    let missing = expected.filter { found[$0.key, default: 0] < $0.value }
    let invented = found.filter { expected[$0.key, default: 0] < $0.value }
    #expect(missing.map(\.key) == [])
    #expect(invented.map(\.key) == [])
  }

  @Test("is not in the document unless it is asked for")
  func onRequest() throws {
    #expect(try Report(on: "live.dat").live == nil)
  }

  /// Since about 6.16 a driver may leave the unmap out where nothing has to be undone.
  @Test("is uncertain where a newer kernel's driver may skip the unmap")
  func skippedUnmaps() throws {
    let live = try #require(try Report(on: "linux-7.3.dat", "--live").live).filter { $0.kind == "single" }
    let events = try #require(Facts.events["linux-7.3.dat"])
    let left = try #require(events["dma_map_phys"]) - #require(events["dma_unmap_phys"])
    // A map of the same memory replaces what was there, so fewer may be left than unmaps are missing, never more.
    #expect(!live.isEmpty && live.count <= Int(left))
    #expect(Set(live.map(\.device)).count == 1)
    #expect(live.filter { !$0.uncertain }.map(\.dmaAddress) == [])
  }

  @Test("is uncertain where events were lost since", arguments: ["lost-events.dat", "lossy-b.dat"])
  func losses(fixture: String) throws {
    let report = try Report(on: fixture, "--live")
    let lastLoss = try #require(report.timelineLossesNs.max())
    let live = try #require(report.live)
    #expect(live.contains { $0.uncertain })
    #expect(live.filter { !$0.uncertain && $0.mappedAtNs < lastLoss }.map(\.dmaAddress) == [])
  }
}
