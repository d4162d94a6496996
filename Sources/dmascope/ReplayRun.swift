import DMAModel
import Ingest
import Replay
import Report

/// Reads a trace through a replay, or a profile that was saved from one.
enum ReplayRun {
  /// - Parameters:
  ///   - assumptions: for each the trace is replayed once more.
  ///   - needsEvents: whether a saved profile will not do.
  /// - Throws: `TraceError` if nothing of the trace can be read, `ProfileFileError` if a saved profile cannot, and what
  ///   `SavedProfile` throws if the arguments ask for what it does not hold.
  static func profile(
    of path: String, _ arguments: ReplayArguments, whatIf assumptions: [WhatIf] = [],
    needsEvents: Bool = false
  ) throws -> Profile {
    let input = try Input(path: path, options: arguments.selection.input.options)
    if input.isSavedProfile, !needsEvents {
      return try SavedProfile.read(input, path, arguments, whatIf: assumptions)
    }
    let symbolFiles = try arguments.selection.symbolFiles()
    var (trace, start, preview) = try arguments.selection.open(input)
    let hints = RecordingHints(
      kernel: preview.kernel, architecture: preview.architecture, pageSize: UInt64(preview.pageSize),
      taskNames: preview.taskNames, isComplete: preview.isComplete)
    let options = try arguments.options(start: start)
    var profile = replay(trace, path, options, hints, symbolFiles)
    for assumption in assumptions {
      trace = try trace.rewound()
      profile.whatIf.append(
        Scenario(assumption, replay(trace, path, options.assuming(assumption), hints, nil)))
    }
    return profile
  }

  private static func replay(
    _ trace: Trace, _ path: String, _ options: ReplayOptions, _ hints: RecordingHints,
    _ symbolFiles: SymbolFiles?
  ) -> Profile {
    var replayer = Replayer(options: options, hints: hints, names: trace.names)
    var progress = Progress(Escaping.terminal(path))
    trace.forEachRun { events, segments in
      replayer.consume(events, segments: segments)
      progress.advance(events.count) { trace.progress }
      return !replayer.isDone
    }
    progress.finish()
    let symbols = trace.stacks.count > 1 && symbolFiles != nil ? trace.symbols(from: symbolFiles) : nil
    return replayer.finish(recording: trace.recording(), stacks: trace.stacks, symbolizer: symbols)
  }
}
