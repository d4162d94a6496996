import DMAModel
import Ingest
import Replay
import Report

/// Reads a trace through a replay, or through several at once, or a profile that was saved from one.
enum ReplayRun {
  /// - Parameters:
  ///   - assumptions: for each there is one more replay.
  ///   - interval: how often summaries of a stream are shown while it is read; nil for none.
  ///   - needsLive: whether the list of what is live at the end is asked for.
  ///   - needsEvents: whether a saved profile will not do.
  ///   - observer: sees the events as well.
  /// - Throws: `TraceError` if nothing of the trace can be read, `ProfileFileError` if a saved profile cannot, and what
  ///   `SavedProfile` throws if the arguments ask for what it does not hold.
  static func profile(
    of path: String, _ arguments: ReplayArguments, whatIf assumptions: [WhatIf] = [],
    every interval: LiveInterval? = nil, textOptions: TextOptions = TextOptions(), needsLive: Bool = false,
    needsEvents: Bool = false,
    observer: (any ReplayObserver)? = nil
  ) throws -> Profile {
    let input = try Input(
      path: path,
      options: arguments.selection.traceOptions(
        heartbeat: interval.map { min($0.nanoseconds / 2, 100_000_000) }))
    if input.isSavedProfile, !needsEvents {
      return try SavedProfile.read(input, path, arguments, whatIf: assumptions)
    }
    let symbolFiles = try arguments.selection.symbolFiles()
    // What is wrong with the options is told before anything is read.
    let options = try arguments.options(start: 0)
    let (trace, preview) = try arguments.selection.open(input)
    if !needsEvents, assumptions.isEmpty, arguments.areDefault,
      let profile = ProfileInArchive.profile(of: trace, needsLive: needsLive)
    {
      return profile
    }
    let hints = RecordingHints(preview)
    var replays = Replays(
      trace, options, hints, assumptions, selection: arguments.selection, symbolFiles: symbolFiles)
    try observer?.begin(trace)
    if trace.isStream { Interruption.begin() }
    defer { Interruption.end() }
    if let interval, trace.isStream {
      var summary = LiveSummary(every: interval.nanoseconds, options: textOptions)
      trace.forEachRun { events, segments in
        let goesOn = replays.consume(events, segments)
        summary.update { replays.snapshot() }
        return goesOn && summary.isWanted
      }
      summary.finish()
    } else {
      var progress = Progress(Escaping.terminal(path))
      trace.forEachRun { events, segments in
        let goesOn = replays.consume(events, segments) && observer?.see(events, segments) ?? true
        progress.advance(events.count) { trace.isStream ? nil : trace.progress }
        return goesOn
      }
      progress.finish()
    }
    let profile = replays.finish(listsLive: needsLive)
    try observer?.end(trace, profile, replays.symbols)
    return profile
  }
}

/// What sees the events of a trace while they are replayed.
protocol ReplayObserver: AnyObject {
  func begin(_ trace: Trace) throws
  /// - Returns: whether more events are wanted.
  func see(_ events: Span<Event>, _ segments: Span<UInt64>) -> Bool
  func end(_ trace: Trace, _ profile: Profile, _ symbolizer: (any Symbolizer)?) throws
}

/// A replay of what is, and those of what might be, of the same events.
private struct Replays {
  private final class Replay {
    var replayer: Replayer
    init(_ replayer: consuming Replayer) { self.replayer = replayer }
  }

  private let trace: Trace
  private let options: ReplayOptions
  private let hints: RecordingHints
  private let assumptions: [WhatIf]
  private let selection: SelectionArguments
  private let symbolFiles: SymbolFiles
  /// Empty until the time of the first event is known, where that matters.
  private var replays: [Replay] = []

  init(
    _ trace: Trace, _ options: ReplayOptions, _ hints: RecordingHints, _ assumptions: [WhatIf],
    selection: SelectionArguments, symbolFiles: SymbolFiles
  ) {
    (self.trace, self.options, self.hints, self.assumptions) = (trace, options, hints, assumptions)
    (self.selection, self.symbolFiles) = (selection, symbolFiles)
    if !selection.needsStart { begin(at: 0) }
  }

  private mutating func begin(at start: UInt64) {
    guard replays.isEmpty else { return }
    var options = options
    options.filter = selection.filter(start: start)
    let all = [options] + assumptions.map { options.assuming($0) }
    replays = all.map { Replay(Replayer(options: $0, hints: hints, names: trace.names)) }
  }

  /// - Returns: whether more events can change anything.
  mutating func consume(_ events: Span<Event>, _ segments: Span<UInt64>) -> Bool {
    guard events.count > 0 else { return true }
    begin(at: events[0].time)
    for replay in replays { replay.replayer.consume(events, segments: segments) }
    return !replays[0].replayer.isDone
  }

  var symbols: (any Symbolizer)? { trace.stacks.count > 1 ? trace.symbols(from: symbolFiles) : nil }

  /// The profile so far.
  mutating func snapshot() -> Profile {
    guard let replay = replays.first else {
      var none = Replayer(options: options, hints: hints, names: trace.names)
      return none.snapshot(recording: trace.recording(), stacks: trace.stacks, symbolizer: nil)
    }
    return replay.replayer.snapshot(
      recording: trace.recording(), stacks: trace.stacks, symbolizer: symbols)
  }

  /// The profile with all scenarios.
  mutating func finish(listsLive: Bool) -> Profile {
    begin(at: 0)
    let recording = trace.recording()
    var profile = replays[0].replayer.finish(
      recording: recording, stacks: trace.stacks, symbolizer: symbols, listsLive: listsLive)
    for (index, assumption) in assumptions.enumerated() {
      profile.whatIf.append(
        Scenario(
          assumption,
          replays[index + 1].replayer.finish(
            recording: recording, stacks: trace.stacks, symbolizer: nil, listsLive: false)))
    }
    return profile
  }
}
