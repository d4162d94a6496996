import DMAModel
import Testing

@testable import Ingest

/// Whole files put together by hand, read through the public `Trace`.
@Suite struct WholeTraceTests {
  struct Form: Sendable, CustomTestStringConvertible {
    var version: Int
    var bigEndian: Bool
    var longSize = 8
    var isCompressed = false
    var testDescription: String {
      "v\(version)\(isCompressed ? " zstd" : "") \(bigEndian ? "big" : "little")-endian, \(longSize)-byte longs"
    }
  }

  static let forms = [
    Form(version: 6, bigEndian: false), Form(version: 6, bigEndian: true), Form(version: 7, bigEndian: false),
    Form(version: 7, bigEndian: true), Form(version: 7, bigEndian: false, isCompressed: true),
    Form(version: 7, bigEndian: true, longSize: 4, isCompressed: true),
    Form(version: 6, bigEndian: false, longSize: 4),
  ]

  /// Two CPUs: 0 has events at 1,010 and 1,030, 1 at 1,020 and, after a loss of 12, at 2,005.
  static func builder(_ form: Form) -> TraceBuilder {
    let big = form.bigEndian
    let layout = PageLayout.test(longSize: form.longSize, bigEndian: big)
    var first = PageBuilder(layout, time: 1_000)
    first.record(
      delta: 10,
      mapRecord(address: 0xfff0_0000, attributes: 1 << 5, flags: 0x08, preemption: 1, bigEndian: big))
    first.record(delta: 20, mapRecord(device: "usb", address: 0x2000, size: 64, pid: 0, bigEndian: big))
    var second = PageBuilder(layout, time: 1_000)
    second.record(delta: 20, mapRecord(address: 0x3000, bigEndian: big))
    var third = PageBuilder(layout, time: 2_000)
    third.record(delta: 5, mapRecord(address: 0x4000, bigEndian: big))
    var builder = TraceBuilder()
    builder.version = form.version
    builder.layout = layout
    builder.isCompressed = form.isCompressed
    builder.cpus = [(0, first.build()), (1, second.build() + third.build(lost: 12))]
    builder.clock = "mono"
    return builder
  }

  @Test("Events of all CPUs come out in order with all their fields", arguments: forms)
  func events(form: Form) throws {
    try withFile(Self.builder(form).build()) { path in
      let trace = try Trace(path: path)
      let reading = Reading(trace)
      #expect(reading.events.map(\.time) == [1_010, 1_020, 1_030, 2_000, 2_005])
      #expect(reading.events.map(\.cpu) == [0, 1, 0, 1, 1])
      #expect(reading.events.map(\.call) == [.mapPage, .mapPage, .mapPage, .lost, .mapPage])
      let event = try #require(reading.events.first)
      #expect(event.address == 0xfff0_0000)
      #expect(event.physicalAddress == 0x1_0ff0_0000)
      #expect(event.size == 4096)
      #expect(event.direction == .toDevice)
      #expect(event.attributes == .skipCPUSync)
      #expect(event.pid == 7)
      #expect(event.context == [.hardIRQ, .preemptionOff])
      #expect(trace.names[event.device] == "0000:00:04.0")
      #expect(trace.names[reading.events[2].device] == "usb")
      #expect(reading.events[3].value == 12)

      let recording = reading.recording
      #expect(recording.eventsByName == ["dma_map_page": 4])
      #expect(
        recording.lostEvents == 12 && recording.lostWindows == 1 && recording.lostWindowsWithoutCount == 0)
      #expect(recording.problems == [])
      #expect(recording.firstTime == 1_010 && recording.lastTime == 2_005)
      #expect(recording.clock == "mono" && recording.cpus == 2)
      #expect(recording.taskNames == [7: "modprobe"])
      #expect(recording.taskName(7) == "modprobe" && recording.taskName(8) == "pid 8")
      #expect(recording.buffers.map(\.name) == [""] && recording.buffers[0].cpus == [0, 1])
      #expect(recording.format.hasPrefix("trace.dat v\(form.version)"))
      let symbols = try #require(trace.symbols())
      #expect(symbols.symbol(at: 0xffff_ffff_8100_0010) == "first+0x10")
    }
  }

  @Test("A call stack goes with the event before it, also over a chunk's border")
  func stacks() throws {
    var builder = TraceBuilder()
    builder.isCompressed = true
    var pages: [UInt8] = []
    // Chunks hold two pages and a piece four chunks: the ninth page begins a new piece.
    for number in 0..<8 {
      var page = PageBuilder(builder.layout, time: UInt64(number) * 100)
      page.record(delta: 1, mapRecord(address: UInt64(number)))
      if number < 7 { page.record(delta: 1, stackRecord([0xa, UInt64(number + 1), UInt64.max, 0xb])) }
      pages += page.build()
    }
    var last = PageBuilder(builder.layout, time: 800)
    last.record(delta: 1, stackRecord([0xc]))
    last.record(delta: 1, mapRecord(address: 8))
    pages += last.build()
    builder.cpus = [(0, pages)]
    try withFile(builder.build()) { path in
      let trace = try Trace(path: path)
      let reading = Reading(trace)
      #expect(
        reading.events.map { trace.stacks[$0.stack] } == (1...7).map { [0xa, UInt64($0)] } + [[0xc], []])
      #expect(reading.recording.eventsByName == ["dma_map_page": 9, "kernel_stack": 8])
    }
  }

  @Test("A call stack at the top of a page belongs to the last record of the page before")
  func stackOnNextPage() throws {
    // All pages are in one piece.
    var pages: [UInt8] = []
    for number in 0..<6 as Range<UInt64> {
      var page = PageBuilder(layout, time: number * 100)
      if number > 0 { page.record(delta: 1, stackRecord([number])) }
      page.record(delta: 1, mapRecord(address: number))
      pages += page.build()
    }
    let stacks = try Self.stacks(pages)
    #expect(stacks == [[1], [2], [3], [4], [5], []])
  }

  @Test("What an interrupt records between a record and its call stack does not take the stack away")
  func interruptedStack() throws {
    var page = PageBuilder(layout, time: 1)
    page.record(delta: 1, mapRecord(address: 1))
    // The interrupt: two events with their stacks.
    page.record(delta: 1, mapRecord(address: 2, pid: 9))
    page.record(delta: 1, stackRecord([2]))
    page.record(delta: 1, mapRecord(address: 3, pid: 9))
    page.record(delta: 1, stackRecord([3]))
    page.record(delta: 1, stackRecord([1]))
    page.record(delta: 1, mapRecord(address: 4))
    page.record(delta: 1, stackRecord([4]))
    // Nobody waits for this one, nor for the next, which another task made.
    page.record(delta: 1, stackRecord([5]))
    page.record(delta: 1, mapRecord(address: 5, pid: 9))
    page.record(delta: 1, mapRecord(address: 6))
    page.record(delta: 1, stackRecord([6]))
    page.record(delta: 1, stackRecord([7]))
    #expect(try Self.stacks(page.build()) == [[1], [2], [3], [4], [], [6]])
  }

  private var layout: PageLayout { TraceBuilder().layout }

  /// The call stacks of the events in these pages.
  private static func stacks(_ pages: [UInt8]) throws -> [[UInt64]] {
    var builder = TraceBuilder()
    builder.cpus = [(0, pages)]
    return try withFile(builder.build()) { path in
      let trace = try Trace(path: path)
      return Reading(trace).events.map { trace.stacks[$0.stack] }
    }
  }

  @Test("Cycles of a time-stamp counter become nanoseconds: cycles × multiplier >> shift")
  func cycles() throws {
    var builder = TraceBuilder()
    builder.clock = "x86-tsc"
    var page = PageBuilder(builder.layout, time: 1 << 60)
    page.record(delta: 9, mapRecord(address: 1))
    builder.cpus = [(0, page.build())]
    var option = ByteWriter()
    option.put(3 as UInt32)
    option.put(2 as UInt32)
    option.put(0 as UInt64)
    builder.options = [(14, option.bytes)]
    let reading = try Reading(builder.build())
    // 3 × (2^60 + 9) does not fit in 62 bits, yet a quarter of it is exact: 3 × 2^58 + 27 / 4.
    #expect(reading.events.map(\.time) == [3 << 58 + 6])
    // Another clock is left alone.
    builder.clock = "mono"
    #expect(try Reading(builder.build()).events.map(\.time) == [1 << 60 + 9])
  }

  @Test(
    "Products of more than 64 bits are shifted as a whole",
    arguments: [0, 1, 63, 64, 65, 127, 200] as [UInt64])
  func wideProducts(shift: UInt64) {
    let clock = ClockConversion(cycles: .init(multiplier: 0xffff_ffff, shift: shift), offset: 0)
    // (2^64 − 1)(2^32 − 1) = 2^96 − 2^64 − 2^32 + 1: high word 2^32 − 2, low word 2^64 − 2^32 + 1.
    let high: UInt64 = 0xffff_fffe
    let low: UInt64 = 0xffff_ffff_0000_0001
    let expected: [UInt64: UInt64] = [
      0: low, 1: 0x7fff_ffff_8000_0000, 63: high << 1 | 1, 64: high, 65: high >> 1, 127: 0, 200: 0,
    ]
    #expect(clock.nanoseconds(.max) == expected[shift])
  }

  @Test("--date (microseconds, hexadecimal) and --ts-offset (nanoseconds) move the times", arguments: [6, 7])
  func offsets(version: Int) throws {
    var builder = TraceBuilder()
    builder.version = version
    var page = PageBuilder(builder.layout, time: 500)
    page.record(delta: 5, mapRecord(address: 1))
    builder.cpus = [(0, page.build())]
    builder.options = [(1, Array("0x10\0".utf8)), (7, Array("-5\0".utf8))]
    #expect(try Reading(builder.build()).events.map(\.time) == [16_500])
    builder.options = [(7, Array("0x20\0".utf8))]
    #expect(try Reading(builder.build()).events.map(\.time) == [537])
  }

  @Test("CPUs keep the numbers that version 7 gives them; options that nobody knows are counted")
  func sparseCPUs() throws {
    var builder = Self.builder(Form(version: 7, bigEndian: false))
    builder.cpus[1].number = 63
    builder.options = [(999, [1, 2, 3])]
    let reading = try Reading(builder.build())
    #expect(reading.events.map(\.cpu) == [0, 63, 0, 63, 63])
    #expect(reading.recording.skipped == ["unknown options": 1])
  }

  @Test("Reading stops when the caller has had enough")
  func stopping() throws {
    try withFile(Self.builder(Self.forms[0]).build()) { path in
      var runs = 0
      try Trace(path: path).forEachRun { _, _ in
        runs += 1
        return false
      }
      #expect(runs == 1)
    }
  }
}
