import DMAModel
import Testing

@testable import Replay

/// What one call does to the lines of a range, worked out by hand from the sources that `Architecture` names.
///
/// The ranges, all in the page at 0x1000:
///
/// | range | bytes | lines of 64 | partial | lines of 32 | partial |
/// | --- | --- | --- | --- | --- | --- |
/// | aligned | 0x1000 ..< 0x1080 | 2 | 0 | 4 | 0 |
/// | one byte | 0x1001 | 1 | 1 | 1 | 1 |
/// | across | 0x103f ..< 0x1041 | 2 | 2 | 2 | 2 |
/// | unaligned | 0x1010 ..< 0x1074 | 2 | 2 | 4 | 2 |
/// | open end | 0x1000 ..< 0x1074 | 2 | 1 | 4 | 1 |
struct ArchitectureRow: Sendable, CustomStringConvertible {
  let architecture: String
  let direction: Direction
  /// For each range: lines cleaned, invalidated, both at once, and invalidated ones that were written back.
  let forDevice: [[UInt64]]
  let forCPU: [[UInt64]]
  /// Instructions of the call for the CPU, for each range.
  let instructions: [UInt64]

  var description: String { "\(architecture) \(direction)" }

  static let ranges: [(address: UInt64, size: UInt64)] = [
    (0x1000, 0x80), (0x1001, 1), (0x103f, 2), (0x1010, 0x64), (0x1000, 0x74),
  ]

  private static let none: [[UInt64]] = Array(repeating: [0, 0, 0, 0], count: 5)
  private static let cleaned64: [[UInt64]] = [
    [2, 0, 0, 0], [1, 0, 0, 0], [2, 0, 0, 0], [2, 0, 0, 0], [2, 0, 0, 0],
  ]
  private static let dropped64: [[UInt64]] = [
    [0, 2, 0, 0], [0, 1, 0, 0], [0, 2, 0, 0], [0, 2, 0, 0], [0, 2, 0, 0],
  ]
  /// Partial first and last lines are written back before.
  private static let droppedSaved64: [[UInt64]] = [
    [0, 2, 0, 0], [0, 1, 0, 1], [0, 2, 0, 2], [0, 2, 0, 2], [0, 2, 0, 1],
  ]
  private static let cleaned32: [[UInt64]] = [
    [4, 0, 0, 0], [1, 0, 0, 0], [2, 0, 0, 0], [4, 0, 0, 0], [4, 0, 0, 0],
  ]
  private static let dropped32: [[UInt64]] = [
    [0, 4, 0, 0], [0, 1, 0, 0], [0, 2, 0, 0], [0, 4, 0, 0], [0, 4, 0, 0],
  ]
  private static let both32: [[UInt64]] = [
    [4, 4, 4, 0], [1, 1, 1, 0], [2, 2, 2, 0], [4, 4, 4, 0], [4, 4, 4, 0],
  ]
  /// Unless start and end are both aligned all lines are written back (`__dma_sync`).
  private static let flushedUnlessAligned32: [[UInt64]] = [
    [0, 4, 0, 0], [1, 1, 1, 0], [2, 2, 2, 0], [4, 4, 4, 0], [4, 4, 4, 0],
  ]
  private static let nothing: [UInt64] = [0, 0, 0, 0, 0]
  private static let lines64: [UInt64] = [2, 1, 2, 2, 2]
  private static let lines32: [UInt64] = [4, 1, 2, 4, 4]

  static let all: [ArchitectureRow] = [
    // dcache_inval_poc does the end apart: a range within one line takes two instructions.
    .init(
      architecture: "arm64", direction: .toDevice, forDevice: cleaned64, forCPU: none, instructions: nothing),
    .init(
      architecture: "arm64", direction: .fromDevice, forDevice: cleaned64, forCPU: droppedSaved64,
      instructions: [2, 2, 2, 2, 2]),
    .init(
      architecture: "arm64", direction: .bidirectional, forDevice: cleaned64, forCPU: droppedSaved64,
      instructions: [2, 2, 2, 2, 2]),
    .init(
      architecture: "arm", direction: .toDevice, forDevice: cleaned64, forCPU: none, instructions: nothing),
    .init(
      architecture: "arm", direction: .fromDevice, forDevice: droppedSaved64, forCPU: droppedSaved64,
      instructions: lines64),
    .init(
      architecture: "arm", direction: .bidirectional, forDevice: cleaned64, forCPU: droppedSaved64,
      instructions: lines64),
    .init(
      architecture: "riscv", direction: .toDevice, forDevice: cleaned64, forCPU: none, instructions: nothing),
    .init(
      architecture: "riscv", direction: .fromDevice, forDevice: cleaned64, forCPU: dropped64,
      instructions: lines64),
    .init(
      architecture: "riscv", direction: .bidirectional, forDevice: cleaned64, forCPU: dropped64,
      instructions: lines64),
    .init(
      architecture: "mips", direction: .toDevice, forDevice: cleaned32, forCPU: none, instructions: nothing),
    .init(
      architecture: "mips", direction: .fromDevice, forDevice: dropped32, forCPU: dropped32,
      instructions: lines32),
    .init(
      architecture: "mips", direction: .bidirectional, forDevice: both32, forCPU: dropped32,
      instructions: lines32),
    .init(
      architecture: "powerpc", direction: .toDevice, forDevice: cleaned32, forCPU: cleaned32,
      instructions: lines32),
    .init(
      architecture: "powerpc", direction: .fromDevice, forDevice: flushedUnlessAligned32,
      forCPU: flushedUnlessAligned32, instructions: lines32),
    .init(
      architecture: "powerpc", direction: .bidirectional, forDevice: both32, forCPU: both32,
      instructions: lines32),
    .init(architecture: "x86", direction: .toDevice, forDevice: none, forCPU: none, instructions: nothing),
    .init(architecture: "x86", direction: .fromDevice, forDevice: none, forCPU: none, instructions: nothing),
    .init(
      architecture: "x86", direction: .bidirectional, forDevice: none, forCPU: none, instructions: nothing),
  ]
}

@Suite("Each architecture")
struct ArchitectureTests {
  private func lines(_ work: CacheWork) -> [UInt64] {
    [work.cleanedLines, work.invalidatedLines, work.cleanedAndInvalidatedLines, work.savedLines]
  }

  private func work(_ row: ArchitectureRow, _ record: (inout Recorder) -> Void) throws -> CacheWork {
    var recorder = Recorder()
    record(&recorder)
    return try #require(recorder.replay(platform: row.architecture).devices.first).work
  }

  @Test("does at maps and unmaps what its source says", arguments: ArchitectureRow.all)
  func mapsAndUnmaps(_ row: ArchitectureRow) throws {
    for (index, range) in ArchitectureRow.ranges.enumerated() {
      let map = try work(row) { $0.map(range.address, range.size, row.direction) }
      let unmap = try work(row) { $0.unmap(range.address, range.size, row.direction) }
      #expect(lines(map) == row.forDevice[index], "map \(index)")
      #expect(lines(unmap) == row.forCPU[index], "unmap \(index)")
      #expect(unmap.instructions == row.instructions[index], "unmap \(index)")
    }
  }

  @Test("does the same at syncs, within a mapping and without one", arguments: ArchitectureRow.all)
  func syncs(_ row: ArchitectureRow) throws {
    for (index, range) in ArchitectureRow.ranges.enumerated() {
      for (call, expected) in [
        (Call.syncSingleForDevice, row.forDevice), (.syncSingleForCPU, row.forCPU),
      ] {
        let sync = try work(row) {
          $0.map(0x1000, 0x1000, row.direction, attributes: .skipCPUSync)
          $0.add(call, "disk") {
            ($0.address, $0.size, $0.direction) = (range.address, range.size, row.direction)
          }
        }
        #expect(lines(sync) == expected[index], "\(call) \(index)")
      }
    }
  }

  @Test("does the same for every entry of a scatterlist", arguments: ArchitectureRow.all)
  func lists(_ row: ArchitectureRow) throws {
    // All the ranges as one list, a page apart.
    let addresses = ArchitectureRow.ranges.enumerated().map { $1.address + UInt64($0) * 0x1000 }
    let lengths = ArchitectureRow.ranges.map(\.size)
    func sum(_ rows: [[UInt64]]) -> [UInt64] { (0..<4).map { column in rows.reduce(0) { $0 + $1[column] } } }
    let map = try work(row) {
      $0.mapList(addresses, bus: addresses, lengths: lengths, nents: 5, ents: 5, row.direction)
    }
    let both = try work(row) {
      $0.mapList(addresses, bus: addresses, lengths: lengths, nents: 5, ents: 5, row.direction)
      $0.unmapList(addresses, row.direction)
    }
    #expect(lines(map) == sum(row.forDevice))
    #expect(zip(lines(both), lines(map)).map { $0 - $1 } == sum(row.forCPU))
    #expect(both.calls == (row.architecture == "x86" ? 0 : 10))
  }

  @Test("does it where the bounce buffer is", arguments: ArchitectureRow.all)
  func bounced(_ row: ArchitectureRow) throws {
    // A page from 0x9000 on, bounced to an address that is a whole page away: its lines are those of the bounce buffer.
    for (index, range) in ArchitectureRow.ranges.enumerated() {
      func record(_ recorder: inout Recorder) {
        recorder.add(.swiotlbBounced, "disk") {
          ($0.address, $0.size, $0.value) = (0x9_0000_0000, range.size, 0xffff_ffff)
        }
        recorder.map(range.address, range.size, row.direction, physical: 0x9_0000_0000)
      }
      let map = try work(row) { record(&$0) }
      let both = try work(row) {
        record(&$0)
        $0.unmap(range.address, range.size, row.direction)
      }
      #expect(lines(map) == row.forDevice[index], "\(index)")
      #expect(zip(lines(both), lines(map)).map { $0 - $1 } == row.forCPU[index], "\(index)")
    }
  }

  @Test("does nothing for SKIP_CPU_SYNC, device memory and coherent devices", arguments: ArchitectureRow.all)
  func nothing(_ row: ArchitectureRow) throws {
    let skipped = try work(row) {
      $0.map(0x1001, 100, row.direction, attributes: .skipCPUSync)
      $0.unmap(0x1001, 100, row.direction, attributes: .skipCPUSync)
      $0.map(0x2001, 100, row.direction, attributes: .mmio)
      $0.unmap(0x2001, 100, row.direction, attributes: .mmio)
      for call in [Call.mapResource, .unmapResource] {
        $0.add(call, "disk") { ($0.address, $0.size, $0.direction) = (0x3001, 100, row.direction) }
      }
    }
    #expect(skipped == CacheWork())
    var recorder = Recorder()
    recorder.map(0x1001, 100, row.direction)
    recorder.unmap(0x1001, 100, row.direction)
    let coherent = recorder.replay(platform: row.architecture) { $0.coherent = ["*"] }
    #expect(coherent.devices.first?.work == CacheWork())
  }

  @Test(
    "prepares the whole pages of new coherent memory, except where all devices snoop",
    arguments: [("arm64", 64), ("arm", 64), ("riscv", 64), ("mips", 128), ("powerpc", 128), ("x86", 0)])
  func prepares(_ architecture: String, _ lines: UInt64) throws {
    var recorder = Recorder()
    recorder.add(.allocate, "disk") {
      ($0.address, $0.size, $0.value, $0.allocation) = (0x1000, 100, 0xffff_0000, [.recorded, .mayBlock])
    }
    let work = try #require(recorder.replay(platform: architecture).devices.first).work
    #expect(work.preparedLines == lines && work.preparedBytes == (lines == 0 ? 0 : 4096))
  }
}
