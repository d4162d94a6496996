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

  /// The trace, the time of its first event where that matters, and what is known before the events are read.
  ///
  /// - Throws: `TraceError` if nothing of the trace can be read.
  func open(_ path: String) throws -> (trace: Trace, start: UInt64, preview: Recording) {
    try open(Input(path: path, options: input.options))
  }

  /// The same of an input that is open already.
  func open(_ input: Input) throws -> (trace: Trace, start: UInt64, preview: Recording) {
    var start: UInt64 = 0
    var trace = try Trace(input)
    if needsStart {
      trace.forEachRun { events, _ in
        start = events[0].time
        return false
      }
      // Standard input cannot be opened twice, but what was spooled can: the trace rewinds.
      trace = try trace.rewound()
    }
    var preview = trace.preview
    if needsTaskNames, preview.taskNames.isEmpty {
      // Where each event names its task, they are known only once all have been read.
      trace.forEachRun { _, _ in true }
      preview.taskNames = trace.recording().taskNames
      trace = try trace.rewound()
    }
    return (trace, start, preview)
  }
}
