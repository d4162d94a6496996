import ArgumentParser
import DMAModel
import Ingest
import Listing
import Replay
import Report

struct EventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "List the calls of a recording, one a line.",
    discussion: """
      Scatterlists with all their entries, call stacks with names. JSON Lines are what dmascope reads too.

        dmascope events board.dat --device '0000:00:05.0' --call 'dma_map_*' --from +1.5
        dmascope events board.dat --address 0x9bdf000-0x9bdffff
        dmascope events board.dat --finding DMA203
        dmascope events board.dat --format jsonl > board.jsonl

      Trace text, JSON Lines and perf's pipe mode are listed from a pipe as they come, until it ends or ^C:

        ssh board cat /sys/kernel/tracing/trace_pipe | dmascope events - --device '*:05.0'
      """)

  @Argument(
    help: ArgumentHelp(
      "trace.dat, perf.data, trace text or JSON Lines, plain or packed with zstd or gzip.", valueName: "trace"
    ))
  var trace: String

  @Option(help: "text, jsonl or csv.")
  var format = ListingFormat.text

  @Option(
    name: .customLong("call"), parsing: .singleValue,
    help: ArgumentHelp("Only these calls, as they are listed (repeatable).", valueName: "glob"))
  var calls: [String] = []

  @Option(
    name: .customLong("direction"), parsing: .singleValue,
    help: ArgumentHelp("Only TO_DEVICE, FROM_DEVICE or BIDIRECTIONAL (repeatable).", valueName: "direction"))
  var directions: [Direction] = []

  @Option(
    name: .customLong("address"), parsing: .singleValue,
    help: ArgumentHelp(
      "Only what touches this bus or physical address, 0x1000, or range, 0x1000-0x1fff (repeatable).",
      valueName: "range"))
  var addresses: [AddressRange] = []

  @Option(
    name: .customLong("finding"), parsing: .singleValue,
    help: ArgumentHelp(
      "Only calls that findings give as evidence: a rule's id or name, error, warning (or worse), hint (any). Of each finding the first five occurrences (repeatable).",
      valueName: "what"))
  var findings: [String] = []

  @Option(name: [.customShort("n"), .long], help: ArgumentHelp("End after so many.", valueName: "count"))
  var limit: Int?

  @OptionGroup var incomplete: IncompleteArgument

  @OptionGroup(title: "Machine, filter and names") var replay: ReplayArguments

  private var selection: SelectionArguments { replay.selection }

  private static let needsFile = ValidationError("--finding reads the trace twice: give a file")

  func validate() throws {
    guard findings.isEmpty || trace != "-" else { throw EventsCommand.needsFile }
    do throws(UnknownRule) { _ = try FailCondition(findings) } catch {
      throw ValidationError("--finding: \(error); expected error, warning, hint, or a rule's id or name")
    }
    if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more") }
  }

  func run() throws {
    let (trace, start, preview) = try selection.openTwice(trace)
    guard findings.isEmpty || !trace.isStream else { throw EventsCommand.needsFile }
    let symbolFiles = try selection.symbolFiles()
    let moments = try findings.isEmpty ? nil : evidence()
    // Of a file all names are known, as those of a report are.
    let taskName = { (pid: Int32) in trace.isStream ? trace.taskName(pid) : preview.taskNames[pid] }
    let chosen = { (start: UInt64) in
      EventSelection(
        selection.filter(start: start), taskName: taskName, calls: calls, directions: Set(directions),
        addresses: addresses.map(\.range), moments: moments)
    }
    var writer = EventWriter(
      format, names: trace.names, stacks: trace.stacks, taskName: taskName,
      symbolizer: { trace.symbols(from: symbolFiles) })
    var page = ListingPage(
      left: limit ?? .max, text: ByteText(writer.head(preview)), isLive: trace.isStream, chosen: chosen,
      start: start)
    if trace.isStream { Interruption.begin() }
    defer { Interruption.end() }
    trace.forEachRun { events, segments in
      page.append(events, segments, trace.names, &writer)
      return page.isWanted
    }
    try page.finish()
    let recording = trace.recording()
    Terminal.complain(about: recording.problems, in: self.trace)
    if limit == nil { try incomplete.judge(recording.isIncomplete) }
  }
}

extension EventsCommand {
  /// When and where the calls were made that the chosen findings give as evidence.
  private func evidence() throws -> Set<EventSelection.Moment> {
    let condition = try FailCondition(findings)
    let profile = try ReplayRun.profile(of: trace, replay, needsEvents: true)
    var moments: Set<EventSelection.Moment> = []
    for finding in profile.findings where condition.isHit(by: finding) {
      for example in finding.examples {
        for call in [example.asked, example.before].compactMap({ $0 }) {
          moments.insert(EventSelection.Moment(time: call.time, cpu: call.cpu))
        }
      }
    }
    return moments
  }
}

/// What goes to standard output piece by piece, up to so many lines, and as long as somebody reads it.
private struct ListingPage {
  private var left: Int
  private var text: ByteText
  /// Whether what has come is shown before more is waited for.
  private let isLive: Bool
  private let chosen: (UInt64) -> EventSelection
  private var selection: EventSelection?
  private var failure: (any Error)?

  /// - Parameters:
  ///   - chosen: which events are listed, given the time of the first.
  ///   - start: that time; nil if it is not known before that event comes.
  init(left: Int, text: ByteText, isLive: Bool, chosen: @escaping (UInt64) -> EventSelection, start: UInt64?)
  {
    (self.left, self.text, self.isLive, self.chosen) = (left, text, isLive, chosen)
    selection = start.map(chosen)
  }

  var isWanted: Bool { left > 0 && failure == nil }

  mutating func append(
    _ events: Span<Event>, _ segments: Span<UInt64>, _ names: NameTable, _ writer: inout EventWriter
  ) {
    for index in 0..<events.count where isWanted {
      let event = events[index]
      if selection == nil { selection = chosen(event.time) }
      guard selection?.includes(event, segments, names) == true else { continue }
      writer.write(event, segments, to: &text)
      left -= 1
      if text.count > 1 << 16 { flush() }
    }
    if isLive { flush() }
  }

  private mutating func flush() {
    if text.count == 0 { return }
    do {
      if try !Output.streamStandard(text.bytes) { left = 0 }
    } catch { failure = error }
    text.removeAll()
  }

  /// - Throws: `OutputError` if something could not be written.
  mutating func finish() throws {
    flush()
    if let failure { throw failure }
  }
}

extension ListingFormat: ExpressibleByArgument {}

extension Direction: ExpressibleByArgument {
  public init?(argument: String) {
    guard let direction = Direction.transfers.first(where: { $0.name == argument.uppercased() }) else {
      return nil
    }
    self = direction
  }
}

/// `0x1000`, `0x1000-0x1fff`.
struct AddressRange: ExpressibleByArgument {
  var range: ClosedRange<UInt64>

  init?(argument: String) {
    let ends = argument.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { text in
      text.lowercased().hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else { return nil }
    range = first...last
  }
}
