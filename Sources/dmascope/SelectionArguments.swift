import ArgumentParser
import DMAModel
import Ingest
import Replay

/// Which events are meant, and what names call sites.
struct SelectionArguments: ParsableArguments {
  @Option(
    name: .customLong("device"), parsing: .singleValue,
    help: ArgumentHelp("Count only these devices (repeatable).", valueName: "glob"))
  var devices: [String] = []

  @Option(
    help: ArgumentHelp(
      "Count from this time on: seconds on the trace's clock, or +seconds after its first event.",
      valueName: "time"))
  var from: TraceTime?

  @Option(help: ArgumentHelp("Count up to this time; what is mapped then is \"live\".", valueName: "time"))
  var to: TraceTime?

  @Option(
    name: .customLong("cpu"), parsing: .singleValue,
    help: ArgumentHelp("Count only calls made on these CPUs, like 0,2-3 (repeatable).", valueName: "list"))
  var cpus: [CPUList] = []

  @Option(
    name: .customLong("task"), parsing: .singleValue,
    help: ArgumentHelp(
      "Count only calls made by this task: a name (glob) or a pid (repeatable).", valueName: "task"))
  var tasks: [String] = []

  @Option(
    help: ArgumentHelp(
      "Name call sites by this saved /proc/kallsyms, not by the recording's own symbols.", valueName: "file"),
    completion: .file())
  var kallsyms: String?

  @Option(
    help: ArgumentHelp(
      "Name call sites that no symbol covers by the modules of this saved /proc/modules.", valueName: "file"),
    completion: .file())
  var modules: String?

  @OptionGroup var input: InputArguments

  mutating func validate() throws {
    if let from, let to, from.isRelative == to.isRelative, from.nanoseconds >= to.nanoseconds {
      throw ValidationError("--from must be before --to")
    }
  }

  func filter(start: UInt64) -> Filter {
    Filter(
      devices: devices, from: from?.absolute(start), to: to?.absolute(start),
      cpus: cpus.isEmpty ? nil : cpus.reduce(into: Set()) { $0.formUnion($1.cpus) }, tasks: tasks)
  }

  /// What the user gave to name call sites with.
  ///
  /// - Throws: `TraceError` if a file cannot be read or is not what it should be.
  func symbolFiles() throws(TraceError) -> SymbolFiles {
    try SymbolFiles(kallsyms: kallsyms, modules: modules)
  }

  /// Whether tasks are chosen by name.
  var needsTaskNames: Bool { tasks.contains { Int32($0) == nil } }

  /// Whether the time of the first event must be known before the replay begins.
  var needsStart: Bool { from?.isRelative == true || to?.isRelative == true }

  /// How a trace is to be opened that is read once.
  ///
  /// - Parameter heartbeat: nanoseconds after which a run may be empty (`TraceOptions`).
  func traceOptions(heartbeat: UInt64? = nil) throws -> TraceOptions {
    var options = try input.options()
    // Names of tasks are known only once all have been read.
    options.mayRewind = needsTaskNames
    options.wakeup = Interruption.wakeup
    options.heartbeat = heartbeat
    return options
  }

  /// The trace, and what is known before the events are read.
  ///
  /// - Parameter opened: an input that was opened with `traceOptions`.
  /// - Throws: `TraceError` if nothing of the trace can be read.
  func open(_ opened: Input) throws -> (trace: Trace, preview: Recording) {
    try preview(Trace(opened), needsTaskNames: needsTaskNames)
  }

  /// The trace, the time of its first event where that matters, and what is known before the events are read. A stream
  /// is read once: of it the time is not known, nor are the names of tasks.
  ///
  /// - Throws: `TraceError` if nothing of the trace can be read.
  func openTwice(_ path: String) throws -> (trace: Trace, start: UInt64?, preview: Recording) {
    var options = try traceOptions(heartbeat: 100_000_000)
    options.mayRewind = false
    var start: UInt64 = 0
    var trace = try Trace(path: path, options: options)
    if trace.isStream { return (trace, nil, trace.preview) }
    if needsStart {
      trace.forEachRun { events, _ in
        start = events[0].time
        return false
      }
      // Standard input cannot be opened twice, but what was spooled can: the trace rewinds.
      trace = try trace.rewound()
    }
    let (rewound, preview) = try preview(trace, needsTaskNames: true)
    return (rewound, start, preview)
  }

  /// With the names of tasks, where they are wanted: if each event names its own, all are read once before.
  private func preview(_ trace: Trace, needsTaskNames: Bool) throws -> (Trace, Recording) {
    var preview = trace.preview
    guard needsTaskNames, preview.taskNames.isEmpty else { return (trace, preview) }
    trace.forEachRun { _, _ in true }
    preview.taskNames = trace.recording().taskNames
    return (try trace.rewound(), preview)
  }
}
