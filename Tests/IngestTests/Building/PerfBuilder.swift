import CZstd

@testable import Ingest

/// A perf.data with the least that a reader needs, laid out after tools/perf/Documentation/perf.data-file-format.txt and
/// include/uapi/linux/perf_event.h.
struct PerfBuilder {
  enum Packing: Sendable { case none, compressed, compressed2 }

  var bigEndian = false
  var isPipe = false
  var packing = Packing.none
  /// Whether the header says how long the records are, and what lies behind them.
  var isFinished = true
  /// Bytes of the recorded kernel's `long`, and its formats; nil: those of `TraceBuilder`.
  var longSize = 8
  var formats: [String]?
  private(set) var records: [UInt8] = []

  /// Identifier, address, task, time, CPU, period, call chain, the tracepoint's record.
  private static let sampleType: UInt64 =
    1 << 16 | 1 << 0 | 1 << 1 | 1 << 2 | 1 << 7 | 1 << 8 | 1 << 5 | 1 << 10
  private static let number: UInt64 = 77

  private func writer() -> ByteWriter { ByteWriter(bigEndian: bigEndian) }

  mutating func record(_ type: UInt32, _ body: [UInt8]) { records += framed(type, body) }

  private func framed(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
    var out = writer()
    out.put(type)
    out.put(0 as UInt16)
    out.put(UInt16(8 + body.count))
    out.put(body)
    return out.bytes
  }

  mutating func sample(time: UInt64, cpu: UInt32, chain: [UInt64] = [], _ raw: [UInt8]) {
    var out = writer()
    out.put(Self.number)
    out.put(0xffff_ffff_8100_0000 as UInt64)
    out.put(7 as UInt32)
    out.put(8 as UInt32)
    out.put(time)
    out.put(cpu)
    out.put(0 as UInt32)
    out.put(1 as UInt64)
    out.put(UInt64(chain.count))
    for frame in chain { out.put(frame) }
    out.put(UInt32(raw.count))
    out.put(raw)
    out.pad(to: 8)
    record(9, out.bytes)
  }

  /// `PERF_RECORD_LOST` with the trailer that every record has.
  mutating func loss(of count: UInt64, time: UInt64, cpu: UInt32) {
    var out = writer()
    for value in [Self.number, count] { out.put(value) }
    out.put(trailer(time, cpu))
    record(2, out.bytes)
  }

  /// What records that are no samples end with.
  private func trailer(_ time: UInt64, _ cpu: UInt32) -> [UInt8] {
    var out = writer()
    out.put(7 as UInt32)
    out.put(8 as UInt32)
    out.put(time)
    out.put(cpu)
    out.put(0 as UInt32)
    out.put(Self.number)
    return out.bytes
  }

  /// `PERF_RECORD_MMAP` of the kernel or a module, as perf makes it when it begins: no process, no time.
  mutating func kernelMap(_ start: UInt64, _ size: UInt64, page: UInt64 = 0, _ path: String) {
    var out = writer()
    out.put(UInt32.max)
    out.put(0 as UInt32)
    for value in [start, size, page] { out.put(value) }
    out.put(string: path)
    out.pad(to: 8)
    out.put([UInt8](repeating: 0, count: 40))
    record(1, out.bytes)
  }

  /// `PERF_RECORD_KSYMBOL`; one of perf's own has time 0.
  mutating func kernelSymbol(
    _ start: UInt64, _ length: UInt32, _ name: String, kind: UInt16 = 1, isGone: Bool = false,
    time: UInt64 = 0, cpu: UInt32 = 0
  ) {
    var out = writer()
    out.put(start)
    out.put(length)
    out.put(kind)
    out.put(isGone ? 1 : 0 as UInt16)
    out.put(string: name)
    out.pad(to: 8)
    out.put(time > 0 ? trailer(time, cpu) : [UInt8](repeating: 0, count: 40))
    record(17, out.bytes)
  }

  mutating func comm(_ pid: UInt32, _ name: String) {
    var out = writer()
    out.put(pid)
    out.put(pid)
    out.put(string: name)
    out.pad(to: 8)
    record(3, out.bytes)
  }

  mutating func fork(_ pid: UInt32, parent: UInt32) {
    var out = writer()
    for value in [pid, parent, pid, parent] { out.put(value) }
    out.put(0 as UInt64)
    record(7, out.bytes)
  }

  private var attribute: [UInt8] {
    var out = writer()
    out.put(2 as UInt32)
    out.put(128 as UInt32)
    out.put(300 as UInt64)
    out.put(1 as UInt64)
    out.put(Self.sampleType)
    out.put(0 as UInt64)
    // sample_id_all is the nineteenth bit, from whichever end the compiler lays bit fields.
    out.put(UInt64(1) << (bigEndian ? 63 - 18 : 18))
    while out.bytes.count < 128 { out.put(0 as UInt8) }
    return out.bytes
  }

  private func text(_ text: String) -> [UInt8] {
    var out = writer()
    out.put(UInt32(64))
    out.put(text: text)
    while out.bytes.count < 68 { out.put(0 as UInt8) }
    return out.bytes
  }

  private var features: [(number: Int, content: [UInt8])] {
    var trace = TraceBuilder()
    trace.layout = PageLayout.test(longSize: longSize, bigEndian: bigEndian)
    trace.formats = formats ?? trace.formats
    var cpus = writer()
    cpus.put(4 as UInt32)
    cpus.put(2 as UInt32)
    return [(1, trace.tracingData()), (4, text("6.12.0-test")), (6, text("ppc64")), (7, cpus.bytes)]
  }

  /// The records, packed in pieces that have nothing to do with where records end.
  private var data: [UInt8] {
    guard packing != .none else { return records }
    let stream = ZSTD_createCStream()
    defer { ZSTD_freeCStream(stream) }
    var out: [UInt8] = []
    for start in stride(from: 0, to: records.count, by: 61) {
      let piece = Array(records[start..<min(start + 61, records.count)])
      var packed = [UInt8](repeating: 0, count: 4096)
      let count = piece.withUnsafeBytes { source in
        packed.withUnsafeMutableBytes { target in
          var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
          var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
          ZSTD_compressStream2(stream, &output, &input, ZSTD_e_flush)
          return output.pos
        }
      }
      var body = writer()
      if packing == .compressed2 { body.put(UInt64(count)) }
      body.put(Array(packed.prefix(count)))
      if packing == .compressed2 { body.pad(to: 8) }
      out += framed(packing == .compressed2 ? 83 : 81, body.bytes)
    }
    return out
  }

  func build() -> [UInt8] {
    var out = writer()
    // The magic is a number: a big-endian machine writes it the other way round.
    out.put(0x3245_4c49_4652_4550 as UInt64)
    if isPipe {
      out.put(16 as UInt64)
      var described = writer()
      described.put(attribute)
      described.put(Self.number)
      out.put(framed(64, described.bytes))
      for feature in features where feature.number != 1 {
        var body = writer()
        body.put(UInt64(feature.number))
        body.put(feature.content)
        out.put(framed(80, body.bytes))
      }
      var tracing = features[0].content
      var size = writer()
      size.put(UInt32(tracing.count))
      size.put(0 as UInt32)
      while tracing.count % 8 != 0 { tracing.append(0) }
      out.put(framed(66, size.bytes))
      out.put(tracing)
      out.put(data)
      return out.bytes
    }
    let data = data
    let (attributes, ids) = (104, 104 + 144)
    let start = ids + 8
    out.put(104 as UInt64)
    out.put(144 as UInt64)
    for value in [attributes, 144, start, isFinished ? data.count : 0, 0, 0] { out.put(UInt64(value)) }
    out.put(isFinished ? features.reduce(0 as UInt64) { $0 | 1 << UInt64($1.number) } : 0)
    for _ in 0..<3 { out.put(0 as UInt64) }
    out.put(attribute)
    out.put(UInt64(ids))
    out.put(8 as UInt64)
    out.put(Self.number)
    out.put(data)
    guard isFinished else { return out.bytes }
    var place = out.bytes.count + 16 * features.count
    for feature in features {
      out.put(UInt64(place))
      out.put(UInt64(feature.content.count))
      place += feature.content.count
    }
    for feature in features { out.put(feature.content) }
    return out.bytes
  }
}
