import DMAModel

/// Reads what people see of a trace: tracefs `trace` and `trace_pipe`, `trace-cmd report`, `perf script`.
///
/// Text knows neither kernel nor architecture, unless `dmascope capture`'s script has put them first, and times to the microsecond only where it was printed so.
final class TextReader: TraceReader {
  let shared = SharedTables()
  let frameNames: FrameNames? = FrameNames()
  let source: ByteSource
  var result = Recording()
  var bytesRead: UInt64 = 0

  static let lineLimit = 1 << 20
  /// So many bytes are searched for a line that is an event's.
  static let searched = 1 << 16
  static let problemLimit = 8
  private static let eventsPerRun = 4096

  /// Whether an input has a line of a trace near its beginning: what comes before may be the boot messages of a board.
  static func detect(_ start: [UInt8]) -> Bool {
    if start.starts(with: Array("# tracer:".utf8)) { return true }
    guard !start.prefix(1024).contains(0) else { return false }
    return start.split(separator: 0x0a).contains { line in
      line.withUnsafeBufferPointer { text in
        guard let bytes = TextBytes(text), TextLine(bytes) != nil else { return false }
        return text[text.endIndex - 1] >= 0x20
      }
    }
  }

  /// - Parameter wrapper: the compression that was around the whole file, for the description.
  init(_ source: ByteSource, wrapper: String?) throws(TraceError) {
    self.source = source
    let decoder = try start()
    let printer =
      switch decoder.header.printer ?? .ftrace {
      case .ftrace: "ftrace text"
      case .traceCmd: "trace-cmd report text"
      case .perf: "perf script text"
      }
    result.format = printer + (wrapper.map { " in \($0)" } ?? "")
    let header = decoder.header
    result.cpus = header.cpus ?? 0
    (result.kernel, result.architecture) = (header.kernel ?? "", header.architecture ?? "")
    // The tracepoints have had this name since then, and drivers leave unmaps out.
    if result.kernel.isEmpty,
      decoder.plans.contains(where: { $0.name == "dma_map_phys" && $0.tracepoint != nil })
    {
      result.kernel = "6.18 or later"
    }
  }

  /// A decoder that has read the first lines.
  private func start() throws(TraceError) -> TextDecoder {
    var decoder = TextDecoder(SharedTables(), FrameNames())
    let batch = EventBatch()
    var lines = LineReader(source, lineLimit: TextReader.lineLimit)
    while let line = try lines.next(), line.start < TextReader.searched {
      if let text = line.text { _ = decoder.decode(text, into: batch) }
    }
    return decoder
  }

  var progress: Double { source.size > 0 ? Double(bytesRead) / Double(source.size) : 0 }

  func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    if source.size > UInt64(TextReader.pieceSize) {
      forEachRunOfPieces(body)
    } else {
      forEachRunOfLines(body)
    }
  }

  /// Reads line after line.
  func forEachRunOfLines(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    var decoder = TextDecoder(shared, frameNames ?? FrameNames())
    let batch = EventBatch()
    var lines = LineReader(source, lineLimit: TextReader.lineLimit)
    var unknown: UInt64 = 0
    var isWanted = true
    do throws(TraceError) {
      while isWanted, let line = try lines.next() {
        var outcome = TextDecoder.Outcome.unknown
        if let text = line.text { outcome = decoder.decode(text, isCut: line.isCut, into: batch) }
        if outcome == .unknown {
          unknown &+= 1
          note(line, unknown)
        }
        bytesRead = line.end
        // Between an event and its stack there may be events of other CPUs: a run ends behind a stack, if there are any.
        let isFull = batch.count >= TextReader.eventsPerRun
        if isFull, decoder.isBetweenEvents || batch.count >= 2 * TextReader.eventsPerRun {
          decoder.leave(batch)
          isWanted = result.handOver(batch, body)
        }
      }
    } catch {
      result.problems.append(error.details)
    }
    decoder.leave(batch)
    if isWanted { _ = result.handOver(batch, body) }
    finish(decoder, unknown)
  }

  private func note(_ line: LineReader.Line, _ number: UInt64) {
    guard number <= TextReader.problemLimit else { return }
    result.problems.append(TextReader.problem(line, file: source.name))
  }

  /// What is to be said of a line of which nothing is known.
  static func problem(_ line: LineReader.Line, file: String) -> String {
    let problem = JSONProblem(0, "a line of a trace, TASK-PID [CPU] TIME: EVENT: FIELDS")
    return line.error(line.text == nil ? line.tooLong : problem, file: file).details
  }

  func finish(_ decoder: borrowing TextDecoder, _ unknown: UInt64) {
    for (plan, count) in zip(decoder.plans, decoder.counts) where count > 0 {
      result.eventsByName[plan.name, default: 0] &+= count
      if plan.tracepoint == nil, plan.probe == nil { result.undecodedEvents.insert(plan.name) }
    }
    result.taskNames = decoder.tasks.all
    result.overruns = decoder.header.overwritten ?? 0
    if unknown > 0 { result.skipped["lines that are no trace's"] = unknown }
    if unknown > TextReader.problemLimit {
      result.problems.append("and \(unknown - UInt64(TextReader.problemLimit)) further lines like these")
    }
    if decoder.graphLines > 0 { result.skipped["lines of a function graph"] = decoder.graphLines }
    if decoder.backwards > 0 { result.skipped["times before that of the line before"] = decoder.backwards }
    if result.cpus == 0 { result.cpus = decoder.highestCPU + 1 }
  }

  func recording() -> Recording { result }

  func symbols() -> (any Symbolizer)? { nil }
}
