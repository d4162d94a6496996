import DMAModel

/// Reads JSON Lines: one event a line (docs/json-lines.md).
final class JSONLinesReader: TraceReader {
  let shared = SharedTables()
  let frameNames: FrameNames? = FrameNames()
  private let source: ByteSource
  private var result = Recording()
  private var bytesRead: UInt64 = 0
  private let dictionary: EventDictionary
  /// The calls among the first lines.
  private var recorded: Set<String> = []

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

  /// - Parameter wrapper: the compression that was around the whole file, for the description.
  init(
    _ source: ByteSource, wrapper: String?, dictionary: EventDictionary = EventDictionary()
  ) throws(TraceError) {
    (self.source, self.dictionary) = (source, dictionary)
    result.format = "JSON Lines" + (wrapper.map { " in \($0)" } ?? "")
    try readHeader()
  }

  /// Looks for a line that is one of a recording, so that other JSON is not taken for a damaged one, and takes what the
  /// line about the recording says if it is the first.
  private func readHeader() throws(TraceError) {
    var decoder = LineDecoder(SharedTables(), FrameNames(), dictionary: dictionary)
    let batch = EventBatch()
    var lines = LineReader(source, lineLimit: JSONLinesReader.lineLimit)
    var first: TraceError?
    for _ in 0..<JSONLinesReader.attempts {
      guard let line = try lines.next() else { break }
      do throws(JSONProblem) {
        guard let text = line.text else { throw line.tooLong }
        if let header = try decoder.header(text) {
          if first == nil { header.describe(&result) }
        } else {
          _ = try decoder.decode(text, into: batch)
        }
        return noteCalls(&decoder, &lines, batch)
      } catch {
        if first == nil { first = line.error(error, file: source.name) }
      }
    }
    guard var error = first else {
      throw TraceError(.notATrace, file: source.name, offset: 0, expected: "a line of JSON", found: "none")
    }
    error.kind = .notATrace
    throw error
  }

  /// Notes which calls the next lines are of: what is behind one of them is not to be counted twice.
  private func noteCalls(
    _ decoder: inout LineDecoder, _ lines: inout LineReader, _ batch: EventBatch
  ) {
    while let line = try? lines.next(), line.start < TextReader.searched {
      if let text = line.text { _ = try? decoder.decode(text, into: batch) }
    }
    recorded = dictionary.counting(among: Set(decoder.plans.map(\.name)))
  }

  var progress: Double { source.size > 0 ? Double(bytesRead) / Double(source.size) : 0 }

  func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    var decoder = LineDecoder(
      shared, frameNames ?? FrameNames(), dictionary: dictionary, recorded: recorded)
    let batch = EventBatch()
    var lines = LineReader(source, lineLimit: JSONLinesReader.lineLimit)
    var malformed: UInt64 = 0
    var headers: UInt64 = 0
    do throws(TraceError) {
      while let line = try lines.next() {
        do throws(JSONProblem) {
          guard let text = line.text else { throw line.tooLong }
          if try decoder.decode(text, into: batch) == .header { headers &+= 1 }
        } catch {
          malformed &+= 1
          if malformed <= JSONLinesReader.problemLimit {
            result.problems.append(line.error(error, file: source.name).details)
          }
        }
        bytesRead = line.end
        if batch.count >= JSONLinesReader.eventsPerRun, !result.handOver(batch, body) {
          return finish(decoder, malformed, headers)
        }
      }
    } catch {
      result.problems.append(error.details)
    }
    _ = result.handOver(batch, body)
    finish(decoder, malformed, headers)
  }

  private func finish(_ decoder: borrowing LineDecoder, _ malformed: UInt64, _ headers: UInt64) {
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
    if result.cpus == 0 { result.cpus = decoder.highestCPU + 1 }
  }

  func recording() -> Recording { result }

  func symbols() -> (any Symbolizer)? { nil }
}
