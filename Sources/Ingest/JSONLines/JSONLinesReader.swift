import DMAModel

/// Reads JSON Lines: one event a line (docs/json-lines.md).
final class JSONLinesReader: TraceReader {
  let shared = SharedTables()
  let frameNames: FrameNames? = FrameNames()
  private let input: TraceInput
  private var result = Recording()
  private let dictionary: EventDictionary
  /// The calls among the first lines.
  private var recorded: Set<String> = []
  private var decoder: LineDecoder
  private var lines: LineReader
  private var malformed: UInt64 = 0
  private var headers: UInt64 = 0

  /// A longer line is passed over.
  static let lineLimit = 1 << 20
  /// So many lines may come before the first that is one of a recording.
  private static let attempts = 16
  private static let problemLimit = 16
  private static let eventsPerRun = 4096
  /// Names of calls beyond are counted together.
  private static let nameLimit = 4096

  /// Whether an input begins like JSON Lines: an object, perhaps behind blanks and a byte order mark.
  static func detect(_ start: [UInt8]) -> Bool {
    let text = start.starts(with: [0xef, 0xbb, 0xbf]) ? start.dropFirst(3) : start[...]
    return text.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0a && $0 != 0x0d } == UInt8(ascii: "{")
  }

  /// Whether the first bytes of a stream tell what it is: a line has ended.
  static func isEnough(_ start: [UInt8]) -> Bool {
    start.firstIndex(of: UInt8(ascii: "{")).map { start[$0...].contains(0x0a) } ?? false
  }

  init(_ input: TraceInput, dictionary: EventDictionary = EventDictionary()) throws(TraceError) {
    (self.input, self.dictionary) = (input, dictionary)
    let frames = frameNames ?? FrameNames()
    decoder = LineDecoder(shared, frames, dictionary: dictionary)
    lines = LineReader(input.bytes(), lineLimit: JSONLinesReader.lineLimit)
    result.format = "JSON Lines" + (input.wrapper.map { " in \($0)" } ?? "")
    try readHeader()
    decoder = LineDecoder(shared, frames, dictionary: dictionary, recorded: recorded)
  }

  /// Looks for a line that is one of a recording, so that other JSON is not taken for a damaged one, and takes what the
  /// line about the recording says if it is the first.
  private func readHeader() throws(TraceError) {
    var decoder = LineDecoder(SharedTables(), FrameNames(), dictionary: dictionary)
    let batch = EventBatch()
    var lines = LineReader(input.head, lineLimit: JSONLinesReader.lineLimit)
    var first: TraceError?
    for _ in 0..<JSONLinesReader.attempts {
      guard let line = try lines.nextWaiting(), !(line.isCut && input.headIsCut && first != nil) else {
        break
      }
      do throws(JSONProblem) {
        guard let text = line.text else { throw line.tooLong }
        if let header = try decoder.header(text) {
          if first == nil { header.describe(&result) }
        } else {
          _ = try decoder.decode(text, into: batch)
        }
        return noteCalls(&decoder, &lines, batch)
      } catch {
        if first == nil { first = line.error(error, file: input.name) }
      }
    }
    guard var error = first else {
      throw TraceError(.notATrace, file: input.name, offset: 0, expected: "a line of JSON", found: "none")
    }
    error.kind = .notATrace
    throw error
  }

  /// Notes which calls the next lines are of: what is behind one of them is not to be counted twice.
  private func noteCalls(
    _ decoder: inout LineDecoder, _ lines: inout LineReader, _ batch: EventBatch
  ) {
    while let line = try? lines.nextWaiting(), line.start < TextReader.searched {
      if let text = line.text { _ = try? decoder.decode(text, into: batch) }
    }
    recorded = dictionary.counting(among: Set(decoder.plans.map(\.name)))
  }

  var progress: Double { input.size.map { $0 > 0 ? Double(lines.offset) / Double($0) : 0 } ?? 0 }

  func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    let batch = EventBatch()
    do throws(TraceError) {
      while true {
        readRun(into: batch)
        let isFull = batch.count >= JSONLinesReader.eventsPerRun
        if lines.isAtEnd, !isFull { break }
        guard handOver(batch, body) else { return }
        if isFull { continue }
        while try !lines.fill(patience: input.patience) {
          guard EventBatch.handOverNothing(body) else { return }
        }
      }
    } catch {
      result.problems.append(error.details)
    }
    _ = handOver(batch, body)
  }

  /// Decodes what lines there are in memory, up to a batch of events.
  private func readRun(into batch: EventBatch) {
    JSONLinesReader.readRun(
      &lines, &decoder, batch, onHeader: { headers &+= 1 },
      onProblem: { line, problem in
        malformed &+= 1
        guard malformed <= JSONLinesReader.problemLimit else { return }
        result.problems.append(line.error(problem, file: input.name).details)
      })
  }

  private static func readRun(
    _ lines: inout LineReader, _ decoder: inout LineDecoder, _ batch: EventBatch, onHeader: () -> Void,
    onProblem: (LineReader.Line, JSONProblem) -> Void
  ) {
    while batch.count < eventsPerRun, let line = lines.next() {
      do throws(JSONProblem) {
        guard let text = line.text else { throw line.tooLong }
        if try decoder.decode(text, into: batch) == .header { onHeader() }
      } catch {
        onProblem(line, error)
      }
    }
  }

  private func handOver(_ batch: EventBatch, _ body: (Span<Event>, Span<UInt64>) -> Bool) -> Bool {
    // The body may ask for the recording as it stands.
    result.note(batch)
    if batch.count == 0, input.patience >= 0 {
      batch.reset()
      return EventBatch.handOverNothing(body)
    }
    return batch.handOver(body)
  }

  /// As far as lines have been read.
  func recording() -> Recording {
    var result = result
    for index in decoder.plans.indices where decoder.counts[index] > 0 {
      let plan = decoder.plans[index]
      if plan.isLoss { continue }
      let isKnown = plan.entry != nil
      let name =
        isKnown || result.eventsByName.count < JSONLinesReader.nameLimit ? plan.name : "(further names)"
      result.eventsByName[name, default: 0] &+= decoder.counts[index]
      if plan.isSuperseded {
        result.skipped[EventCatalog.supersededWords, default: 0] &+= decoder.counts[index]
      } else if !isKnown {
        result.undecodedEvents.insert(name)
      }
    }
    result.taskNames = decoder.tasks.all
    if malformed > 0 { result.skipped["malformed lines"] = malformed }
    if malformed > JSONLinesReader.problemLimit {
      result.problems.append(
        "and \(malformed - UInt64(JSONLinesReader.problemLimit)) further malformed lines")
    }
    if headers > 1 { result.skipped["further lines about the recording"] = headers - 1 }
    if decoder.backwards > 0 { result.skipped["times before that of the line before"] = decoder.backwards }
    if result.cpus == 0, lines.offset > 0 { result.cpus = decoder.highestCPU + 1 }
    return result
  }

  func taskName(_ pid: Int32) -> String? { decoder.tasks[pid] }

  func symbols() -> (any Symbolizer)? { nil }
}
