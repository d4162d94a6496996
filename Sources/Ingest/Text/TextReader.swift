import DMAModel

/// Reads what people see of a trace: tracefs `trace` and `trace_pipe`, `trace-cmd report`, `perf script`.
///
/// Text knows neither kernel nor architecture, unless `dmascope capture`'s script has put them first, and times to the microsecond only where it was printed so.
final class TextReader: TraceReader {
  let shared = SharedTables()
  let frameNames: FrameNames? = FrameNames()
  let input: TraceInput
  var result = Recording()
  /// Reads the lines one after another, or adds up what pieces have told.
  var decoder: TextDecoder
  let tables: TextTables
  private var lines: LineReader
  /// How far pieces have been handed out.
  var piecesEnd: UInt64 = 0
  /// Lines that are no trace's, the first of them among the problems.
  var unknown: UInt64 = 0

  static let lineLimit = 1 << 20
  /// So many bytes are searched for a line that is an event's.
  static let searched = 1 << 16
  static let problemLimit = 8
  private static let eventsPerRun = 4096
  /// After so many milliseconds without a byte what could still get its stack is taken as it is.
  private static let quietTime: Int32 = 250

  /// Whether the first bytes of a stream tell what it is, and who made it: what says that comes before the first event,
  /// whose line has ended.
  static func isEnough(_ start: [UInt8]) -> Bool {
    start.lastIndex(of: 0x0a).map { hasEvent(Array(start[..<$0])) } ?? false
  }

  /// Whether an input has a line of a trace near its beginning: what comes before may be the boot messages of a board.
  static func detect(_ start: [UInt8]) -> Bool {
    if start.starts(with: Array("# tracer:".utf8)) { return true }
    guard !start.prefix(1024).contains(0) else { return false }
    return hasEvent(start)
  }

  /// Whether there is a line of an event.
  private static func hasEvent(_ start: [UInt8]) -> Bool {
    start.split(separator: 0x0a).contains { line in
      line.withUnsafeBufferPointer { text in
        guard let bytes = TextBytes(text), TextLine(bytes) != nil else { return false }
        return text[text.endIndex - 1] >= 0x20
      }
    }
  }

  init(_ input: TraceInput, dictionary: EventDictionary = EventDictionary()) throws(TraceError) {
    self.input = input
    let head = try TextReader.readHead(input, dictionary)
    // What is behind one of the events among the first lines is not to be counted twice.
    tables = TextTables(
      shared, frameNames ?? FrameNames(), dictionary: dictionary,
      recorded: dictionary.counting(among: Set(head.plans.map(\.name))))
    decoder = TextDecoder(tables)
    lines = LineReader(input.bytes(), lineLimit: TextReader.lineLimit)
    let printer =
      switch head.header.printer ?? .ftrace {
      case .ftrace: "ftrace text"
      case .traceCmd: "trace-cmd report text"
      case .perf: "perf script text"
      }
    result.format = printer + (input.wrapper.map { " in \($0)" } ?? "")
    result.cpus = head.header.cpus ?? 0
    (result.kernel, result.architecture) = (head.header.kernel ?? "", head.header.architecture ?? "")
    // The tracepoints have had this name since then, and drivers leave unmaps out.
    if result.kernel.isEmpty,
      head.plans.contains(where: { $0.name == "dma_map_phys" && $0.tracepoint != nil })
    {
      result.kernel = "6.18 or later"
    }
  }

  /// A decoder that has read the first lines.
  private static func readHead(
    _ input: TraceInput, _ dictionary: EventDictionary
  ) throws(TraceError) -> TextDecoder {
    var decoder = TextDecoder(TextTables(SharedTables(), FrameNames(), dictionary: dictionary))
    let batch = EventBatch()
    var lines = LineReader(input.head, lineLimit: TextReader.lineLimit)
    while let line = try lines.nextWaiting(), line.start < TextReader.searched {
      if let text = line.text, !(line.isCut && input.headIsCut) { _ = decoder.decode(text, into: batch) }
    }
    return decoder
  }

  /// How far the input has been read.
  private var offset: UInt64 { max(lines.offset, piecesEnd) }
  var progress: Double { input.size.map { $0 > 0 ? Double(offset) / Double($0) : 0 } ?? 0 }

  func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    if let file = input.file, file.size > UInt64(TextReader.pieceSize) {
      forEachRunOfPieces(of: file, body)
    } else {
      forEachRunOfLines(body)
    }
  }

  /// Reads line after line.
  func forEachRunOfLines(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    var (batch, rest) = (EventBatch(), EventBatch())
    var isWanted = true
    do throws(TraceError) {
      while isWanted {
        readRun(into: batch)
        let isFull = batch.count >= TextReader.eventsPerRun
        if lines.isAtEnd, !isFull { break }
        isWanted = handOverWhole(&batch, &rest, body)
        if isWanted, !isFull { isWanted = try readOn(batch, body) }
      }
    } catch {
      result.problems.append(error.details)
    }
    decoder.leave(batch)
    if isWanted { _ = handOver(batch, body) }
  }

  /// Decodes what lines there are in memory, up to a batch of events.
  private func readRun(into batch: EventBatch) {
    TextReader.readRun(&lines, &decoder, batch) { line in
      unknown &+= 1
      note(line)
    }
  }

  private static func readRun(
    _ lines: inout LineReader, _ decoder: inout TextDecoder, _ batch: EventBatch,
    onUnknown: (LineReader.Line) -> Void
  ) {
    while batch.count < eventsPerRun, let line = lines.next() {
      var outcome = TextDecoder.Outcome.unknown
      if let text = line.text { outcome = decoder.decode(text, isCut: line.isCut, into: batch) }
      if outcome == .unknown { onUnknown(line) }
    }
  }

  func handOver(_ batch: EventBatch, _ body: (Span<Event>, Span<UInt64>) -> Bool) -> Bool {
    // The body may ask for the recording as it stands.
    result.note(batch)
    return batch.handOver(body)
  }

  /// Hands over the events that can get no stack any more; the others stay in the batch.
  private func handOverWhole(
    _ batch: inout EventBatch, _ rest: inout EventBatch, _ body: (Span<Event>, Span<UInt64>) -> Bool
  ) -> Bool {
    var whole = decoder.firstUnfinished ?? batch.count
    // Some never get one.
    if whole < batch.count / 2, batch.count >= TextReader.eventsPerRun { whole = batch.count }
    guard whole > 0 else { return input.patience < 0 || EventBatch.handOverNothing(body) }
    if whole == batch.count { decoder.leave(batch) } else { decoder.leave(first: whole) }
    batch.moveTail(from: whole, to: rest)
    swap(&batch, &rest)
    return handOver(rest, body)
  }

  /// Waits for more of the input.
  ///
  /// - Returns: whether more events are wanted.
  private func readOn(_ batch: EventBatch, _ body: (Span<Event>, Span<UInt64>) -> Bool) throws(TraceError)
    -> Bool
  {
    var waited: Int32 = 0
    while try !lines.fill(patience: input.patience) {
      waited &+= input.patience
      if batch.count > 0, waited >= TextReader.quietTime {
        decoder.leave(batch)
        if !handOver(batch, body) { return false }
      } else if !EventBatch.handOverNothing(body) {
        return false
      }
    }
    return true
  }

  private func note(_ line: LineReader.Line) {
    guard unknown <= TextReader.problemLimit else { return }
    result.problems.append(TextReader.problem(line, file: input.name))
  }

  /// What is to be said of a line of which nothing is known.
  static func problem(_ line: LineReader.Line, file: String) -> String {
    let problem = JSONProblem(0, "a line of a trace, TASK-PID [CPU] TIME: EVENT: FIELDS")
    return line.error(line.text == nil ? line.tooLong : problem, file: file).details
  }

  /// As far as lines have been read.
  func recording() -> Recording {
    var result = result
    for (plan, count) in zip(decoder.plans, decoder.counts) where count > 0 {
      result.eventsByName[plan.name, default: 0] &+= count
      if plan.isSuperseded {
        result.skipped[EventCatalog.supersededWords, default: 0] &+= count
      } else if plan.tracepoint == nil, plan.probe == nil {
        result.undecodedEvents.insert(plan.name)
      }
    }
    result.taskNames = decoder.tasks.all
    result.overruns = decoder.header.overwritten ?? 0
    if unknown > 0 { result.skipped["lines that are no trace's"] = unknown }
    if unknown > TextReader.problemLimit {
      result.problems.append("and \(unknown - UInt64(TextReader.problemLimit)) further lines like these")
    }
    if decoder.graphLines > 0 { result.skipped["lines of a function graph"] = decoder.graphLines }
    if decoder.backwards > 0 { result.skipped["times before that of the line before"] = decoder.backwards }
    if result.cpus == 0, offset > 0 { result.cpus = decoder.highestCPU + 1 }
    return result
  }

  func taskName(_ pid: Int32) -> String? { decoder.tasks[pid] }

  func symbols() -> (any Symbolizer)? { nil }
}
