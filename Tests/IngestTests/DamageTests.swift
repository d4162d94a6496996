import DMAModel
import Testing

@testable import Ingest

/// Whatever happens to a file, reading it ends, with what could be read and a word on what could not.
@Suite struct DamageTests {
  /// The numbers of SplitMix64: the same damage in every run.
  struct Dice {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
  }

  static func small(_ form: WholeTraceTests.Form) -> [UInt8] {
    var builder = WholeTraceTests.builder(form)
    builder.layout.pageSize = 256
    let layout = builder.layout
    let big = form.bigEndian
    builder.cpus = (0..<2).map { cpu in
      var pages: [UInt8] = []
      for number in 0..<8 {
        var page = PageBuilder(layout, time: UInt64(number) * 1_000)
        page.record(delta: 7, mapRecord(device: "d\(cpu)", address: UInt64(number), bigEndian: big))
        page.longRecord(delta: 9, stackRecord([1, 2, 3], bigEndian: big))
        page.timeExtend(1 << 28)
        pages += page.build(isLossy: number == 3)
      }
      return (cpu, pages)
    }
    return builder.build()
  }

  private static func read(_ bytes: [UInt8]) throws -> Reading? {
    do { return try Reading(bytes) } catch let error as TraceError {
      #expect(!error.found.isEmpty && !error.file.isEmpty)
      return nil
    }
  }

  @Test(
    "Flipped, overwritten and cut bytes neither stop nor mislead the reader", arguments: WholeTraceTests.forms
  )
  func fuzz(form: WholeTraceTests.Form) throws {
    let whole = Self.small(form)
    var dice = Dice(state: 0x5eed)
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0...dice.below(4) {
        let place = dice.below(bytes.count)
        switch dice.below(5) {
        case 0: bytes[place] ^= 1 << UInt8(dice.below(8))
        case 1: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
        case 2:
          let value: UInt8 = dice.below(2) == 0 ? 0 : 0xff
          for index in place..<min(place + 1 + dice.below(12), bytes.count) { bytes[index] = value }
        case 3: bytes.removeSubrange(place..<min(place + 1 + dice.below(16), bytes.count))
        default: if dice.below(4) == 0 { bytes.removeSubrange((place + 1)...) }
        }
        if bytes.isEmpty { bytes = [0] }
      }
      let reading = try Self.read(bytes)
      #expect((reading?.events.count ?? 0) < 4_000)
    }
  }

  @Test(
    "A file cut anywhere says so, and what lies before the cut comes out", arguments: WholeTraceTests.forms)
  func cuts(form: WholeTraceTests.Form) throws {
    let whole = Self.small(form)
    var most = 0
    for count in stride(from: 1, to: whole.count, by: 37) {
      guard let reading = try Self.read(Array(whole.prefix(count))) else { continue }
      // The last bytes of version 6 are the rest of a page that holds nothing.
      if count < whole.count - 256 {
        #expect(reading.recording.isIncomplete, "cut at \(count) of \(whole.count)")
      }
      let events = reading.events.count { $0.call != .lost }
      most = max(most, events)
      #expect(events <= 16)
    }
    #expect(most >= (form.version == 6 ? 15 : 0))
  }

  @Test("A CPU whose pages reach into another's gets its own alone")
  func overlap() throws {
    var builder = WholeTraceTests.builder(.init(version: 6, bigEndian: false))
    let whole = builder.build()
    // The table: offset and size of CPU 0, then of CPU 1.
    let marker = Array("flyrecord\0".utf8)
    let table = try #require((0..<whole.count).first { whole[$0...].starts(with: marker) }) + marker.count
    var bytes = whole
    bytes[table + 8 + 1] = 0x30
    let reading = try Reading(bytes)
    #expect(reading.recording.isIncomplete)
    #expect(reading.recording.eventsByName == ["dma_map_page": 4])
    builder.version = 7
    #expect(try Reading(builder.build()).recording.problems == [])
  }

  @Test("A chunk that promises gigabytes is left out, and what follows it is read")
  func hugeChunk() throws {
    var builder = TimeMergeTests.trace([[[1], [2], [3], [4]]], version: 7)
    builder.isCompressed = true
    var bytes = builder.build()
    let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
    let frame = try #require(bytes.indices.first { $0 % 4096 == 12 && bytes[$0...].starts(with: magic) })
    // The unpacked size lies just before the frame.
    bytes[frame - 1] = 0xff
    let reading = try Reading(bytes)
    #expect(reading.events.map(\.call) == [.lost, .mapPage, .mapPage])
    let found = try #require(reading.recording.problems.first)
    #expect(reading.recording.problems.count == 1 && found.hasPrefix("at byte \(frame - 8) "))
    #expect(found.contains("expected a chunk of at most 524288 bytes"))
  }
}
