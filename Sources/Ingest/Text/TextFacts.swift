import DMAModel

/// The tables that all decoders of one text share.
final class TextTables: Sendable {
  let shared: SharedTables
  let frames: FrameNames
  let dictionary: EventDictionary
  /// Names of events that the recording is known to have: those behind them are not counted twice.
  let recorded: Set<String>
  let eventNames = EventNames()
  let taskNames = NameTable()

  init(
    _ shared: SharedTables, _ frames: FrameNames, dictionary: EventDictionary = EventDictionary(),
    recorded: Set<String> = []
  ) {
    (self.shared, self.frames) = (shared, frames)
    (self.dictionary, self.recorded) = (dictionary, recorded)
  }
}

/// What the lines of a piece of text have told beside their events. The facts of pieces that follow each other add up to
/// those of the whole.
struct TextFacts: Sendable {
  /// Lines of events, by the number of the name.
  var counts: [(name: Int, lines: UInt64)] = []
  /// Names of tasks in the order in which they were met.
  var tasks: [(pid: Int32, name: UInt32)] = []
  var header = TextHeader()
  var highestCPU = 0
  var graphLines: UInt64 = 0
  /// Times before that of the line before.
  var backwards: UInt64 = 0
}

/// What lines say that are no events': who printed them, and on which machine it was.
struct TextHeader: Sendable {
  /// Who printed the lines.
  enum Printer: Sendable {
    case ftrace, traceCmd, perf
  }

  /// Nil where it has not shown, and so with the rest.
  var printer: Printer?
  var cpus: Int?
  var kernel: String?
  var architecture: String?
  /// Events that were overwritten before they were read.
  var overwritten: UInt64?

  /// Takes what lines further on have said.
  mutating func update(_ later: TextHeader) {
    printer = later.printer ?? printer
    cpus = later.cpus ?? cpus
    kernel = later.kernel ?? kernel
    architecture = later.architecture ?? architecture
    overwritten = later.overwritten ?? overwritten
  }
}
