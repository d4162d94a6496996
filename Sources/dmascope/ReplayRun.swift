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
    let symbolFiles = try arguments.symbolFiles()
    var start: UInt64 = 0
    var trace = try Trace(path: path)
    if arguments.needsStart {
      trace.forEachRun { events, _ in
        start = events[0].time
        return false
      }
      // Standard input cannot be opened twice, but what was spooled can: the trace rewinds.
      trace = try trace.rewound()
    }
    var preview = trace.preview
    if arguments.needsTaskNames, preview.taskNames.isEmpty {
      // Where each event names its task, they are known only once all have been read.
      trace.forEachRun { _, _ in true }
      preview.taskNames = trace.recording().taskNames
      trace = try trace.rewound()
    }
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
