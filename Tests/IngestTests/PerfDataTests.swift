import DMAModel
import Testing

@testable import Ingest

@Suite("perf.data")
struct PerfDataTests {
  struct Form: Sendable, CustomTestStringConvertible {
    var bigEndian: Bool
    var isPipe: Bool
    var packing: PerfBuilder.Packing
    var testDescription: String {
      "\(bigEndian ? "big" : "little")-endian \(isPipe ? "pipe" : "file"), \(packing)"
    }
  }

  static let forms = [false, true].flatMap { big in
    [false, true].flatMap { pipe in
      [PerfBuilder.Packing.none, .compressed, .compressed2].map {
        Form(bigEndian: big, isPipe: pipe, packing: $0)
      }
    }
  }

  /// Two CPUs whose records come one CPU after the other, in two rounds.
  static func builder(_ form: Form) -> PerfBuilder {
    var builder = PerfBuilder()
    (builder.bigEndian, builder.isPipe, builder.packing) = (form.bigEndian, form.isPipe, form.packing)
    let big = form.bigEndian
    func map(_ address: UInt64, pid: Int32 = 7) -> [UInt8] {
      mapRecord(address: address, attributes: 1 << 5, pid: pid, flags: 0x01, bigEndian: big)
    }
    builder.comm(7, "modprobe")
    builder.fork(9, parent: 7)
    builder.sample(
      time: 100, cpu: 0,
      chain: [UInt64(bitPattern: -128), 0xffff_8000_0000_1000, UInt64(bitPattern: -512), 0x40_0000],
      map(0x1000))
    builder.sample(time: 300, cpu: 0, map(0x3000))
    builder.sample(time: 200, cpu: 1, map(0x2000, pid: 9))
    builder.record(68, [])
    builder.sample(time: 500, cpu: 0, map(0x5000))
    builder.loss(of: 12, time: 450, cpu: 1)
    builder.sample(time: 400, cpu: 1, map(0x4000))
    builder.record(68, [])
    return builder
  }

  @Test("of each form gives its events in the order of time, with all their fields", arguments: forms)
  func events(form: Form) throws {
    try withFile(Self.builder(form).build()) { path in
      let trace = try Trace(path: path)
      // Known before the events are.
      #expect(trace.preview.kernel == "6.12.0-test" && trace.preview.architecture == "ppc64")
      let reading = Reading(trace)
      #expect(reading.events.map(\.time) == [100, 200, 300, 400, 450, 500])
      #expect(reading.events.map(\.cpu) == [0, 1, 0, 1, 1, 0])
      #expect(reading.events[4].call == .lost && reading.events[4].value == 12)
      let event = try #require(reading.events.first)
      #expect(event.call == .mapPage && event.address == 0x1000 && event.physicalAddress == 0x1000_1000)
      #expect(event.size == 4096 && event.direction == .toDevice && event.attributes == .skipCPUSync)
      #expect(event.pid == 7 && event.context == .irqsOff)
      // The user's frames are left out.
      #expect(Array(trace.stacks[event.stack]) == [0xffff_8000_0000_1000])
      #expect(trace.names[event.device] == "0000:00:04.0")
      #expect(reading.events[1].stack == 0)
      let recording = reading.recording
      #expect(recording.problems.isEmpty && recording.cpus == 2 && recording.lostEvents == 12)
      #expect(recording.lostWindows == 1)
      #expect(recording.taskNames == [7: "modprobe", 9: "modprobe"])
      #expect(recording.eventsByName == ["dma_map_page": 5])
      #expect(recording.format.contains("pipe mode") == form.isPipe)
      #expect(recording.format.contains("zstd") == (form.packing != .none))
    }
  }

  @Test("whose header was never completed says so, and where it is better kept")
  func unfinished() throws {
    var builder = Self.builder(Form(bigEndian: false, isPipe: false, packing: .none))
    builder.isFinished = false
    try withFile(builder.build()) { path in
      let error = #expect(throws: TraceError.self) { try Trace(path: path) }
      #expect(
        error?.details.contains("never completed") == true
          && error?.details.contains("perf record -o -") == true)
    }
  }

  @Test("cut anywhere is read up to there", arguments: forms)
  func cuts(form: Form) throws {
    let bytes = Self.builder(form).build()
    var most = 0
    for count in stride(from: 16, through: bytes.count, by: 7) {
      try withFile(Array(bytes.prefix(count))) { path in
        guard let trace = try? Trace(path: path) else { return }
        let reading = Reading(trace)
        #expect(reading.events.count >= most || !form.isPipe)
        #expect(zip(reading.events, reading.events.dropFirst()).allSatisfy { $0.time <= $1.time })
        most = max(most, reading.events.count)
      }
    }
    #expect(most >= (form.isPipe ? 5 : 0))
  }

  @Test("with a record of no size, or of samples that are too short, ends with a message and no loop")
  func damage() throws {
    var builder = Self.builder(Form(bigEndian: false, isPipe: true, packing: .none))
    builder.record(9, [1, 2, 3, 4, 5, 6, 7, 8])
    let short = try Reading(builder.build())
    #expect(short.events.count == 6)
    let endless = try Reading(builder.build() + [UInt8](repeating: 0, count: 64))
    #expect(endless.recording.problems.contains { $0.contains("a record of at least 8 bytes") })
  }

  @Test("with compressed records that are a bomb ends with a message, and with what came before it")
  func bomb() throws {
    var builder = Self.builder(Form(bigEndian: false, isPipe: true, packing: .compressed))
    for _ in 0..<4_000 { builder.comm(7, "modprobe") }
    let bytes = builder.build()
    func records(_ limits: UnpackingLimits) throws -> (Int, TraceError?) {
      try withFile(bytes) { path in
        let input = try openInput(path)
        var records = PerfRecords(
          input.bytes(from: 16), 16..<(input.size ?? 16), bigEndian: false, limits: limits)
        var count = 0
        do throws(TraceError) {
          while let record = try records.nextWaiting() {
            if record.type == PerfRecord.tracingData { records.skip((Int(record.body.u32(0)) + 7) & ~7) }
            count += 1
          }
        } catch { return (count, error) }
        return (count, nil)
      }
    }
    let all = try records(UnpackingLimits())
    #expect(all.1 == nil && all.0 > 4_000)
    let some = try records(UnpackingLimits(ratio: 2, freeBytes: 10_000))
    #expect(some.1?.expected == "at most 2 unpacked bytes for each packed one")
    #expect((10..<all.0) ~= some.0)
  }

  /// A `perf_event_attr` and the event's number, as records of type 64 hold them.
  private static func description(_ sampleType: UInt64, number: UInt64) -> [UInt8] {
    var out = ByteWriter()
    out.put(2 as UInt32)
    out.put(128 as UInt32)
    for value in [300, 1, sampleType, 0, 1 << 18] as [UInt64] { out.put(value) }
    while out.bytes.count < 128 { out.put(0 as UInt8) }
    out.put(number)
    return out.bytes
  }

  /// A sample of task, time, number of the event and CPU, perhaps with an address, then the tracepoint's record.
  private static func sample(_ time: UInt64, number: UInt64, address: Bool, _ raw: [UInt8], first: Bool)
    -> [UInt8]
  {
    var out = ByteWriter()
    if first { out.put(number) }
    out.put(7 as UInt32)
    out.put(8 as UInt32)
    out.put(time)
    if !first { out.put(number) }
    out.put(3 as UInt32)
    out.put(0 as UInt32)
    if address { out.put(12 as UInt64) }
    out.put(UInt32(raw.count))
    out.put(raw)
    out.pad(to: 8)
    return out.bytes
  }

  @Test(
    "of events whose samples differ is read by the number that each sample carries, in front or behind the time",
    arguments: [true, false])
  func differingSamples(first: Bool) throws {
    // Task, time, CPU, raw; with the number in front (IDENTIFIER) or behind the time (ID). One has a period too.
    let common: UInt64 = 1 << 1 | 1 << 2 | 1 << 7 | 1 << 10 | (first ? 1 << 16 : 1 << 6)
    var out = ByteWriter()
    out.put(0x3245_4c49_4652_4550 as UInt64)
    out.put(16 as UInt64)
    func put(_ type: UInt32, _ body: [UInt8]) {
      out.put(type)
      out.put(0 as UInt16)
      out.put(UInt16(8 + body.count))
      out.put(body)
    }
    put(64, Self.description(common, number: 501))
    put(64, Self.description(common | 1 << 8, number: 502))
    var tracing = TraceBuilder().tracingData()
    var size = ByteWriter()
    size.put(UInt32(tracing.count))
    size.put(0 as UInt32)
    while tracing.count % 8 != 0 { tracing.append(0) }
    put(66, size.bytes)
    out.put(tracing)
    put(9, Self.sample(10, number: 501, address: false, mapRecord(address: 0x1000), first: first))
    put(9, Self.sample(20, number: 502, address: true, mapRecord(address: 0x2000), first: first))
    // Of an event that nothing describes.
    put(9, Self.sample(25, number: 503, address: true, mapRecord(address: 0x9000), first: first))
    put(9, Self.sample(30, number: 501, address: false, mapRecord(address: 0x3000), first: first))
    let reading = try Reading(out.bytes)
    #expect(reading.events.map(\.time) == [10, 20, 30])
    #expect(reading.events.map(\.address) == [0x1000, 0x2000, 0x3000])
    #expect(reading.events.allSatisfy { $0.cpu == 3 })
  }
}
