import DMAModel
import Foundation
import Testing

@testable import Ingest

/// The order of events over several CPUs.
@Suite struct TimeMergeTests {
  /// A trace of pages with an event at each time; the address tells CPU and place.
  static func trace(_ times: [[[UInt64]]], version: Int = 6) -> TraceBuilder {
    var builder = TraceBuilder()
    builder.version = version
    builder.cpus = times.enumerated().map { cpu, pages in
      var bytes: [UInt8] = []
      for (number, page) in pages.enumerated() {
        var out = PageBuilder(builder.layout, time: page.first ?? 0)
        var last = page.first ?? 0
        for (place, time) in page.enumerated() {
          out.record(
            delta: UInt32(time - last), mapRecord(address: UInt64(cpu) << 32 | UInt64(number * 1_000 + place))
          )
          last = time
        }
        bytes += out.build()
      }
      return (cpu, bytes)
    }
    return builder
  }

  @Test("Events at the same time come in the order of their CPUs, and of each CPU in its own")
  func ties() throws {
    let reading = try Reading(Self.trace([[[5, 5, 7]], [[3, 5, 5, 7, 7]], [[5, 7]]]).build())
    #expect(reading.events.map(\.time) == [3, 5, 5, 5, 5, 5, 7, 7, 7, 7])
    #expect(reading.events.map(\.cpu) == [1, 0, 0, 1, 1, 2, 0, 1, 1, 2])
    #expect(reading.events.filter { $0.cpu == 1 }.map { $0.address & 0xffff } == [0, 1, 2, 3, 4])
  }

  @Test("Many CPUs and pages come out as a stable sort of all would have them", arguments: [1, 2, 5, 40])
  func many(cpus: Int) throws {
    var dice = DamageTests.Dice(state: UInt64(cpus))
    let times: [[[UInt64]]] = (0..<cpus).map { _ in
      var time: UInt64 = 0
      return (0..<40).map { _ in
        (0..<(1 + dice.below(30))).map { _ in
          time += UInt64(dice.below(4))
          return time
        }
      }
    }
    let reading = try Reading(Self.trace(times, version: 7).build())
    var expected: [(time: UInt64, cpu: Int, place: Int)] = []
    for (cpu, pages) in times.enumerated() {
      for (place, time) in pages.flatMap(\.self).enumerated() { expected.append((time, cpu, place)) }
    }
    expected.sort { ($0.time, $0.cpu, $0.place) < ($1.time, $1.cpu, $1.place) }
    #expect(reading.events.map(\.time) == expected.map(\.time))
    #expect(reading.events.map { Int($0.cpu) } == expected.map(\.cpu))
    #expect(reading.recording.events == UInt64(expected.count))
  }

  @Test("What was decoded ahead of a reader that stops is not counted, however many processors there are")
  func stopped() throws {
    // Pieces of 32 pages.
    let times: [[[UInt64]]] = [(1...320).map { [$0 * 10] }, (1...320).map { [$0 * 10 + 5] }]
    try withFile(Self.trace(times).build()) { path in
      let source = try openInput(path).randomAccess()
      let file = try TraceDatFile(source)
      let catalog = EventCatalog(file.formats, dictionary: EventDictionary(), longSize: 8)
      var all: Set<[UInt64]> = []
      for workers in [0, 1, 6] {
        let streams = file.buffers[0].cpus.map {
          CPUStream(
            $0, buffer: 0, isCompressed: false, pages: file.pages, clock: ClockConversion(), source: source)
        }
        let (shared, memory) = (SharedTables(), EventMemory())
        let pipeline = Pipeline(streams, countSlots: catalog.plans.count, memory: memory) {
          PieceDecoder(
            source, compression: .none, memory: memory,
            records: RecordDecoder(catalog, bigEndian: false, shared: shared))
        }
        pipeline.run(workers: workers) {
          var merge = TimeMerge(pipeline, streams: 2) { _, _ in }
          merge.forEachRun { _, _ in
            // The others go on while the reader is busy.
            Thread.sleep(forTimeInterval: 0.1)
            return false
          }
        }
        all.insert(pipeline.recordCounts)
      }
      // Of each CPU the pieces that were read, and the one after them.
      #expect(all.count == 1 && all.allSatisfy { 128..<320 ~= $0.reduce(0, +) })
    }
  }

  @Test("Short runs are handed out together, with the arrays of their scatterlists")
  func gathered() {
    let (batch, target) = (EventBatch(), EventBatch())
    for number in 0..<10 as Range<UInt64> {
      var event = Event()
      event.time = number
      if number % 2 == 1 {
        (event.physicalCount, event.busCount, event.segments) = (2, 1, UInt32(batch.segmentCount))
        let arrays = batch.reserveSegments(4)
        for index in 0..<4 { arrays[index] = number * 10 + UInt64(index) }
      }
      batch.append(event)
    }
    // The order in which two streams' runs may come.
    for run in [4..<7, 0..<2, 7..<10, 2..<4] { target.append(batch, run) }
    let events = UnsafeBufferPointer(start: target.events, count: target.count)
    #expect(events.map(\.time) == [4, 5, 6, 0, 1, 7, 8, 9, 2, 3])
    for event in events where event.time % 2 == 1 {
      let first = Int(event.segments)
      #expect((first..<first + 4).map { target.segments[$0] } == (0..<4).map { event.time * 10 + $0 })
    }
    #expect(target.segmentCount == 20)
  }

  @Test("A CPU without pages does not hold the others up")
  func empty() throws {
    let reading = try Reading(Self.trace([[], [[3]], [], [[1]]], version: 7).build())
    #expect(reading.events.map(\.cpu) == [3, 1])
    #expect(reading.recording.problems == [])
  }

  @Test("A chunk that cannot be unpacked is a loss of unknown size; the chunks after it come out")
  func damagedChunk() throws {
    var builder = Self.trace([[[1_000, 1_001], [1_002], [1_003]]], version: 7)
    builder.isCompressed = true
    var bytes = builder.build()
    // Behind the count of chunks and two sizes, at the beginning of a page, lies the first chunk's frame.
    let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]
    let chunk = try #require(bytes.indices.first { $0 % 4096 == 12 && bytes[$0...].starts(with: magic) })
    bytes[chunk] = 0
    let reading = try Reading(bytes)
    #expect(reading.events.map(\.call) == [.lost, .mapPage])
    #expect(reading.events.map(\.time) == [1_003, 1_003] && reading.events[0].value == Event.unknownCount)
    #expect(reading.recording.lostWindowsWithoutCount == 1)
    #expect(
      reading.recording.problems == [
        "at byte \(chunk) (0x\(String(chunk, radix: 16))): expected a chunk that unpacks to 8192 bytes, found "
          + "zstd: Unknown frame descriptor"
      ])
  }
}
