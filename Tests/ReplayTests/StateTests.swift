import DMAModel
import Testing

@testable import Replay

@Suite("Mapping state")
struct StateTests {
  @Test("is a multiset: one address may be mapped twice, and best fit decides which is released")
  func multiset() {
    var recorder = Recorder()
    recorder.map(0x1000, 64, .toDevice)
    recorder.map(0x1000, 128, .fromDevice)
    recorder.unmap(0x1000, 64, .toDevice)
    let live = recorder.replay().live
    #expect(live.map(\.size) == [128])
    #expect(live.map(\.direction) == [.fromDevice])
  }

  @Test("counts a release of something never seen as unknown, with its cost")
  func unknownRelease() {
    var recorder = Recorder()
    recorder.unmap(0x1000, 4096, .fromDevice)
    let totals = recorder.replay().totals
    #expect(totals.unmap.unknown == 1)
    #expect(totals.work.invalidatedLines == 64)
    #expect(totals.live.mappings == 0)
  }

  @Test("is uncertain for what was mapped before a loss, and a new map of the same memory replaces it")
  func loss() {
    var recorder = Recorder()
    recorder.map(0x1000, 64, .toDevice)
    recorder.map(0x2000, 64, .toDevice)
    recorder.add(.lost, "") { $0.value = 5 }
    recorder.map(0x1000, 64, .toDevice)
    let profile = recorder.replay()
    #expect(profile.live.map(\.busAddress) == [0x1000, 0x2000])
    #expect(profile.live.map(\.uncertain) == [false, true])
    #expect(profile.totals.liveUncertain == 1)
  }

  @Test(
    "lets a remap replace a mapping only where drivers may leave the unmap out",
    arguments: ["6.12.1", "6.16.0"])
  func omittedUnmap(kernel: String) {
    var recorder = Recorder()
    recorder.map(0x1000, 64, .toDevice)
    recorder.map(0x1000, 64, .toDevice)
    let profile = recorder.replay(platform: "x86", kernel: kernel)
    #expect(profile.live.count == (kernel == "6.12.1" ? 2 : 1))
    #expect(profile.live.map(\.uncertain).allSatisfy { $0 == (kernel == "6.16.0") })
  }

  @Test("finds and frees thousands of mappings in any order")
  func many() {
    var table = MappingTable()
    let count: UInt64 = 20_000
    for number in 0..<count {
      var entry = LiveEntry()
      entry.device = UInt32(number % 3)
      entry.address = (number / 2) * 1536
      entry.size = number
      table.insert(entry)
    }
    var found = 0
    for number in (0..<count).reversed() {
      let place = table.remove(
        UInt32(number % 3), (number / 2) * 1536, size: number, direction: .none, kind: .single)
      if place != MappingTable.none, table[place].size == number { found += 1 }
    }
    #expect(found == Int(count))
    #expect(table.count == 0)
  }

  @Test("takes out the entry that suits best, whatever else begins in its page")
  func crowdedPage() {
    var table = MappingTable()
    func insert(_ address: UInt64, _ size: UInt64, kind: LiveMapping.Kind = .single, at time: UInt64) {
      var entry = LiveEntry()
      (entry.address, entry.size, entry.kind, entry.mappedAt) = (address, size, kind, time)
      table.insert(entry)
    }
    func remove(_ address: UInt64, _ size: UInt64) -> UInt64? {
      let number = table.remove(0, address, size: size, direction: .none, kind: .single)
      return number == MappingTable.none ? nil : table[number].mappedAt
    }
    // More than a page's census can count in the first eighth, one alone in another, an entry of a list in a third.
    for number in 0..<20 as Range<UInt64> { insert(0x1000 + 8 * (number / 2), 8 + number % 2, at: number) }
    insert(0x1a00, 64, at: 100)
    insert(0x1c00, 64, kind: .scatterGather, at: 101)
    #expect(remove(0x1a08, 64) == nil && remove(0x1c00, 64) == nil && remove(0x1e00, 64) == nil)
    #expect(remove(0x1a00, 1) == 100 && remove(0x1a00, 64) == nil)
    // Of the two at one address the one of this size, of equals the oldest.
    #expect(remove(0x1008, 9) == 3 && remove(0x1008, 9) == 2 && remove(0x1008, 9) == nil)
    insert(0x1010, 8, at: 200)
    #expect(remove(0x1010, 8) == 4 && remove(0x1010, 8) == 200 && remove(0x1010, 8) == 5)
    for number in [0, 3, 4, 5, 6, 7, 8, 9] as [UInt64] {
      #expect(remove(0x1000 + 8 * number, 8) != nil && remove(0x1000 + 8 * number, 9) != nil)
    }
    #expect(table.count == 1)
  }

  @Test("keeps no more of time than fits, however many devices there are")
  func manyDevices() throws {
    var recorder = Recorder()
    let count = 1200
    for number in 0..<count {
      recorder.map(UInt64(number) << 12, 64, .toDevice, device: "d\(number)")
    }
    for number in 0..<count {
      recorder.unmap(UInt64(number) << 12, 64, .toDevice, device: "d\(number)")
    }
    let timeline = recorder.replay().timeline
    // The last row is that of all further devices.
    #expect(timeline.series.count == 1025)
    #expect(timeline.buckets <= 64 && timeline.buckets > 16)
    #expect(timeline.series.reduce(0) { $0 + $1.maps.reduce(0, +) } == UInt64(count))
    #expect(timeline.series.reduce(0) { $0 + $1.unmaps.reduce(0, +) } == UInt64(count))
    // Each is seen to be mapped, and to be gone.
    let first = try #require(timeline.series.first { $0.device == "d0" })
    #expect(first.liveBytes.max() == 64 && first.liveBytes.last == 0)
  }

  /// What a profile says of what is live, without the list.
  private static func footprint(_ profile: Profile) -> [UInt64] {
    let totals = profile.totals
    return [totals.live.mappings, totals.live.scatterlists, totals.live.bytes, totals.liveUncertain]
      + profile.devices.flatMap { [$0.live.mappings, $0.live.bytes, $0.liveUncertain] }
  }

  @Test("is counted in a snapshot as at the end, and not listed")
  func snapshot() {
    var recorder = Recorder()
    for number in 0..<300 as Range<UInt64> {
      recorder.map(number << 12, 64, .toDevice, device: number % 3 == 0 ? "a" : "b")
      if number == 99 { recorder.add(.lost, "") { $0.value = 5 } }
    }
    recorder.mapList([0x100_0000], bus: [0x100_0000], lengths: [512], nents: 1, ents: 1, .toDevice)
    var replayer = Replayer(
      options: ReplayOptions(), hints: RecordingHints(kernel: "6.12.0"), names: recorder.names)
    replayer.consume(recorder.events.span, segments: recorder.segments.span)
    let snapshot = replayer.snapshot(recording: Recording(), stacks: StackTable(), symbolizer: nil)
    let end = replayer.finish(recording: Recording(), stacks: StackTable(), symbolizer: nil)
    #expect(snapshot.live.isEmpty && end.live.count == 301)
    #expect(Self.footprint(snapshot) == Self.footprint(end))
    #expect(end.totals.liveUncertain == 100 && end.live.count { $0.uncertain } == 100)
  }

  @Test("keeps peaks of all devices together and of each alone")
  func peaks() throws {
    var recorder = Recorder()
    recorder.map(0x1000, 100, .toDevice, device: "a")
    recorder.map(0x2000, 50, .toDevice, device: "b")
    recorder.unmap(0x1000, 100, .toDevice, device: "a")
    let profile = recorder.replay()
    #expect(profile.totals.peak.bytes == 150)
    #expect(profile.devices.map(\.peak.bytes) == [100, 50])
    #expect(profile.devices.map(\.live.bytes) == [0, 50])
  }

  @Test("is replayed in full whatever a filter leaves out of the sums")
  func filter() {
    var recorder = Recorder()
    recorder.map(0x1000, 64, .toDevice)  // at 1000 ns
    recorder.unmap(0x1000, 64, .toDevice)  // at 2000 ns
    let profile = recorder.replay { $0.filter = Filter(from: 1500) }
    #expect(profile.totals.map.calls == 0)
    #expect(profile.totals.unmap.calls == 1)
    #expect(profile.totals.unmap.unknown == 0)
  }
}
