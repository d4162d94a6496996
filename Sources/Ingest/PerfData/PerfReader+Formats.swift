/// Formats of events for a perf.data that has none: perf writes them last, and what was killed never did.
extension PerfReader {
  /// Puts the formats of another recording in place of the missing ones.
  ///
  /// - Throws: `TraceError` if they cannot be read.
  static func borrowFormats(
    _ header: inout PerfHeader, from path: String, _ options: TraceOptions
  ) throws(TraceError) {
    var tracing = try FormatFile.read(path, options)
    // The folder does not say in which order the machine has its bytes.
    tracing.bigEndian = header.bigEndian
    header.tracing = tracing
    let (kernel, architecture) = tracing.kernelAndArchitecture
    if header.kernel.isEmpty { header.kernel = kernel }
    if header.architecture.isEmpty { header.architecture = architecture }
  }

  /// So many samples show whether formats fit.
  private static let examined = 4096

  /// Holds the first samples against formats that are not the recording's own.
  ///
  /// - Returns: what does not fit; nil if all does.
  /// - Throws: `notATrace` if nothing fits.
  static func misfit(
    _ source: ByteSource, _ header: PerfHeader, _ catalog: EventCatalog, formats path: String
  ) throws(TraceError) -> String? {
    var records = PerfRecords(
      ByteStream(source, from: header.records.lowerBound), header.records, bigEndian: header.bigEndian)
    let isUniform = header.isUniform
    var (count, unknown, short) = (0, 0, 0)
    var example = ""
    do throws(TraceError) {
      while count < examined, let record = try records.nextWaiting() {
        guard record.type == PerfRecord.sample,
          let attribute = header.attribute(of: record.body, isUniform: isUniform),
          let raw = PerfSample(record.body, attribute)?.raw, raw.count > catalog.common.length
        else { continue }
        count += 1
        let number = raw.u16(catalog.common.type)
        let index = Int(catalog.indexByID[Int(number)])
        if index == 0 {
          unknown += 1
          if example.isEmpty { example = "event number \(number) is not among them" }
        } else if raw.count < catalog.plans[index].minimumLength {
          short += 1
          if example.isEmpty {
            example =
              "\(catalog.names[index]) has \(raw.count) bytes, not \(catalog.plans[index].minimumLength)"
          }
        }
      }
    } catch {
      // Damage further on is told of when the events are read.
    }
    guard unknown + short > 0 else { return nil }
    let found = "\(unknown + short) of the first \(count) samples do not fit them (\(example))"
    guard unknown + short < count else {
      throw TraceError(
        .notATrace, file: path, expected: "the event formats of the kernel that recorded \(source.name)",
        found: found)
    }
    return "the formats of \(path) are not those of this recording: \(found)"
  }
}
