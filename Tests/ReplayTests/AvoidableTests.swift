import DMAModel
import Testing

@testable import Replay

@Suite("Avoidable work")
struct AvoidableTests {
  private struct Buffer: Hashable {
    var device: DeviceID
    var address: UInt64
    var size: UInt64
    var direction: Direction
  }

  /// Maps of a buffer that was mapped before, by device and direction, counted from the events alone.
  private static func repeats(_ recording: FixtureEvents) -> [String: UInt64] {
    var met: Set<Buffer> = []
    var result: [String: UInt64] = [:]
    func map(_ event: Event, _ address: UInt64, _ size: UInt64) {
      let buffer = Buffer(device: event.device, address: address, size: size, direction: event.direction)
      guard !met.insert(buffer).inserted else { return }
      result["\(recording.trace.names[event.device]) \(event.direction.name)", default: 0] += 1
    }
    for event in recording.events {
      if event.call == .mapPage, event.address != .max { map(event, event.physicalAddress, event.size) }
      // An entry that was joined with others has no bus address of its own.
      guard event.call == .mapScatterlist, event.ents > 0, event.physicalCount == event.busCount else {
        continue
      }
      let (first, count) = (Int(event.segments), Int(event.busCount))
      for index in 0..<count {
        map(event, recording.segments[first + index], recording.segments[first + 2 * count + index])
      }
    }
    return result
  }

  @Test(
    "buffers that are mapped again are counted as a set of buffers counts them",
    arguments: ["noncoherent.dat", "iommu-strict.dat", "mask32-6g.dat", "stack-b.dat", "linux-7.3.dat"])
  func recycling(fixture: String) throws {
    let recording = try FixtureEvents(fixture)
    // Coherent devices behind no IOMMU save nothing that has a price: look at all of them as if they were not.
    let found = recording.profile { $0.nonCoherent = ["*"] }.avoidable.filter { $0.kind == .recycle }
    var sums: [String: UInt64] = [:]
    for row in found { sums["\(row.device) \(row.direction.name)", default: 0] += row.calls }
    let expected = Self.repeats(recording)
    #expect(expected.values.reduce(0, +) > 100)
    if recording.recording.architecture == "x86_64" {
      // x86 maintains nothing, and only where there is an IOMMU is there something to save.
      for (key, count) in sums { #expect(expected[key] == count, "\(key)") }
    } else {
      #expect(sums == expected)
    }
  }

  @Test("copies for the mask are all of that device's copies")
  func maskBounces() throws {
    let rows = try FixtureEvents("mask32-6g.dat").profile().avoidable.filter { $0.kind == .maskBounce }
    #expect(rows.map(\.device) == ["0000:00:05.0"] && rows[0].calls == 4890 && !rows[0].isUpperBound)
    #expect(rows[0].bouncedBytes > 0)
  }

  /// One device on arm64, lines of 64 bytes.
  private static func rows(
    _ kind: Avoidable.Kind, coherent: Bool = false, _ record: (inout Recorder) -> Void
  ) -> [Avoidable] {
    var recorder = Recorder()
    record(&recorder)
    return recorder.replay { if coherent { $0.coherent = ["*"] } else { $0.nonCoherent = ["*"] } }.avoidable
      .filter {
        $0.kind == kind
      }
  }

  private static func sync(
    _ recorder: inout Recorder, _ call: Call, _ address: UInt64, _ size: UInt64,
    _ direction: Direction = .fromDevice
  ) {
    recorder.add(call, "disk") { ($0.address, $0.size, $0.direction) = (address, size, direction) }
  }

  @Test("an unmap maintains again what was synced, and no more")
  func doubleMaintenance() {
    let rows = Self.rows(.doubleMaintenance) {
      $0.map(0x10000, 4096, .fromDevice)
      Self.sync(&$0, .syncSingleForCPU, 0x10000, 256)
      $0.unmap(0x10000, 4096, .fromDevice)
      // Told not to: nothing is done twice.
      $0.map(0x10000, 4096, .fromDevice)
      Self.sync(&$0, .syncSingleForCPU, 0x10000, 256)
      $0.unmap(0x10000, 4096, .fromDevice, attributes: .skipCPUSync)
      // Handed back: the device may have written since.
      $0.map(0x10000, 4096, .fromDevice)
      Self.sync(&$0, .syncSingleForCPU, 0x10000, 256)
      Self.sync(&$0, .syncSingleForDevice, 0x10000, 256)
      $0.unmap(0x10000, 4096, .fromDevice)
    }
    #expect(rows.count == 1 && rows[0].calls == 1 && rows[0].ofCalls == 3)
    #expect(rows[0].work.invalidatedLines == 4 && rows[0].work.cleanedLines == 0 && rows[0].work.calls == 0)
    #expect(!rows[0].isUpperBound && rows[0].estimate.low > 0)
  }

  @Test("a second sync for the same side is redundant, one after the other side's is not")
  func redundantSyncs() {
    let rows = Self.rows(.redundantSync) {
      $0.map(0x10000, 512, .fromDevice)
      Self.sync(&$0, .syncSingleForCPU, 0x10000, 512)
      Self.sync(&$0, .syncSingleForCPU, 0x10000, 512)
      Self.sync(&$0, .syncSingleForDevice, 0x10000, 512)
      Self.sync(&$0, .syncSingleForCPU, 0x10000, 512)
      Self.sync(&$0, .syncSingleForCPU, 0x10000, 256)
      $0.unmap(0x10000, 512, .fromDevice)
    }
    #expect(
      rows.count == 1 && rows[0].calls == 1 && rows[0].ofCalls == 4 && rows[0].work.invalidatedLines == 8)
  }

  @Test(
    "whole mappings that are synced count from 1 KiB on",
    arguments: [(1024, 1), (1023, 0)] as [(UInt64, Int)])
  func wholeSyncs(size: UInt64, count: Int) {
    let rows = Self.rows(.wholeSync) {
      $0.map(0x10000, size, .fromDevice)
      Self.sync(&$0, .syncSingleForCPU, 0x10000, size)
      Self.sync(&$0, .syncSingleForDevice, 0x10000, size - 64)
      $0.unmap(0x10000, size, .fromDevice)
    }
    #expect(rows.count == count && rows.allSatisfy { $0.isUpperBound && $0.work.invalidatedLines == 16 })
  }

  @Test("BIDIRECTIONAL memory counts if nobody synced it")
  func bidirectional() {
    let rows = Self.rows(.bidirectional) {
      $0.map(0x10000, 128, .bidirectional)
      $0.unmap(0x10000, 128, .bidirectional)
      $0.map(0x10000, 128, .bidirectional)
      Self.sync(&$0, .syncSingleForCPU, 0x10000, 128, .bidirectional)
      Self.sync(&$0, .syncSingleForDevice, 0x10000, 128, .bidirectional)
      $0.unmap(0x10000, 128, .bidirectional)
    }
    #expect(
      rows.count == 1 && rows[0].calls == 1 && rows[0].ofCalls == 2 && rows[0].work.invalidatedLines == 2)
  }

  /// Address, size, and the lines too many at the map and at the unmap.
  @Test(
    "a buffer counts if it covers a line more than it need",
    arguments: [
      (0x10000, 64, 0), (0x10020, 64, 1), (0x10020, 32, 0), (0x1003f, 2, 1), (0x10010, 128, 1),
      (0x10010, 100, 0),
    ] as [(UInt64, UInt64, UInt64)])
  func alignment(address: UInt64, size: UInt64, extra: UInt64) {
    let rows = Self.rows(.alignment) {
      $0.map(address, size, .fromDevice)
      $0.unmap(address, size, .fromDevice)
    }
    #expect(rows.reduce(0) { $0 + $1.work.cleanedLines } == extra)
    #expect(rows.reduce(0) { $0 + $1.work.invalidatedLines } == extra)
  }

  @Test("small coherent blocks leave the rest of their pages idle")
  func smallBlocks() {
    let rows = Self.rows(.smallCoherent) {
      for index in 0..<3 as Range<UInt64> {
        $0.add(.allocate, "disk") {
          ($0.address, $0.value, $0.size) = (
            0x20000 + index << 12, 0x9000 + index << 12, index == 2 ? 2048 : 24
          )
        }
      }
    }
    #expect(
      rows.count == 1 && rows[0].calls == 2 && rows[0].ofCalls == 3 && rows[0].memoryBytes == 2 * (4096 - 24))
  }

  @Test("a coherent device saves no cache lines", arguments: Avoidable.Kind.allCases)
  func coherent(kind: Avoidable.Kind) {
    let rows = Self.rows(kind, coherent: true) {
      for _ in 0..<3 {
        $0.map(0x10020, 4096, .bidirectional)
        Self.sync(&$0, .syncSingleForCPU, 0x10020, 4096, .bidirectional)
        Self.sync(&$0, .syncSingleForCPU, 0x10020, 4096, .bidirectional)
        $0.unmap(0x10020, 4096, .bidirectional)
      }
    }
    #expect(rows.isEmpty)
  }
}
