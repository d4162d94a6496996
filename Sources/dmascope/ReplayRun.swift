import DMAModel
import Ingest
import Replay
import Report

/// Reads a trace through a replay.
enum ReplayRun {
  /// - Parameter assumptions: for each the trace is replayed once more.
  /// - Throws: `TraceError` if nothing of the trace can be read.
  static func profile(
    of path: String, _ arguments: ReplayArguments, whatIf assumptions: [WhatIf] = []
  ) throws -> Profile {
    let symbolFiles = try arguments.selection.symbolFiles()
    var (trace, start, preview) = try arguments.selection.open(path)
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
