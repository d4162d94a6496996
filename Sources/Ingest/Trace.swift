import DMAModel

/// An opened trace: what it says about itself, and its events in the order of time.
///
/// ```swift
/// let trace = try Trace(path: "board.dat")
/// trace.forEachRun { events, segments in … ; return true }
/// let recording = trace.recording()
/// ```
///
/// Memory stays within some mebibytes plus what the names and call stacks need, however long the trace is.
public final class Trace {
  private let reader: any TraceReader
  private let problems: [TraceError]
  private let path: String
  private let source: ByteSource
  private let wrapper: String?

  /// Opens a trace and reads what it says about itself.
  ///
  /// - Parameter path: a file, or `-` for standard input.
  /// - Throws: `TraceError` if there is no such input, or it is no trace, or nothing of it can be read.
  public convenience init(path: String) throws(TraceError) {
    let (source, wrapper, damage) = try openInput(path)
    try self.init(path, source, wrapper, damage.map { [$0] } ?? [])
  }

  private init(
    _ path: String, _ source: ByteSource, _ wrapper: String?, _ problems: [TraceError]
  ) throws(TraceError) {
    self.path = path
    self.source = source
    self.wrapper = wrapper
    self.problems = problems
    let start = try source.prefix(TextReader.searched)
    guard let format = Trace.formats.first(where: { $0.detect(start) }) else {
      throw TraceError(
        .notATrace, file: source.name, offset: 0,
        expected: Trace.formats.map(\.name).joined(separator: ", "), found: describe(start))
    }
    do throws(TraceError) {
      reader = try format.open(source, wrapper)
    } catch {
      // A wrapper that is cut explains why its content is, and better.
      throw problems.first ?? error
    }
  }

  /// The same trace from its beginning; standard input, too, is there again.
  public func rewound() throws(TraceError) -> Trace { try Trace(path, source, wrapper, problems) }

  /// The formats that can be read, tried in this order. To add one: a type that conforms to `TraceReader`, in a folder
  /// of its own, and a row here.
  private struct Format: Sendable {
    let name: String
    let detect: @Sendable (_ start: [UInt8]) -> Bool
    let open: @Sendable (ByteSource, _ wrapper: String?) throws(TraceError) -> any TraceReader
  }

  private static let formats: [Format] = [
    Format(
      name: "trace.dat (plain, or packed with zstd or gzip)",
      detect: { $0.starts(with: TraceDatFile.magic) },
      open: { (source, wrapper) throws(TraceError) in try TraceDatReader(source, wrapper: wrapper) }),
    Format(
      name: "dmascope archive (the same)", detect: { $0.starts(with: ArchiveLayout.magic) },
      open: { (source, wrapper) throws(TraceError) in try ArchiveReader(source, wrapper: wrapper) }),
    Format(
      name: "JSON Lines (plain, or packed with zstd or gzip)",
      detect: JSONLinesReader.detect,
      open: { (source, wrapper) throws(TraceError) in try JSONLinesReader(source, wrapper: wrapper) }),
    Format(
      name: "perf.data (the same)", detect: PerfHeader.detect,
      open: { (source, wrapper) throws(TraceError) in try PerfReader(source, wrapper: wrapper) }),
    Format(
      name: "ftrace, trace-cmd or perf text (the same)",
      detect: TextReader.detect,
      open: { (source, wrapper) throws(TraceError) in try TextReader(source, wrapper: wrapper) }),
  ]

  /// Device and pool names by number.
  public var names: NameTable { reader.shared.names }
  /// Call stacks by number.
  public var stacks: StackTable { reader.shared.stacks }
  /// What is known before the events are read: format, kernel, clock, CPUs, task names.
  public var preview: Recording { completed(reader.recording()) }
  /// How much of the input has been read, 0 ... 1; may be asked for from within `forEachRun`.
  public var progress: Double { reader.progress }

  /// Calls `body` with run after run of events, in time order over all CPUs, until it returns false.
  ///
  /// The spans are valid during the call only. `segments` is what the events' `segments` numbers refer to.
  /// Damage does not end the reading where anything after it can be read; `recording()` tells of it.
  public func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    reader.forEachRun(body)
  }

  /// Everything known about the recording, once its events have been read.
  public func recording() -> Recording { completed(reader.recording()) }

  /// What names the frames of call stacks: the recording's own symbols, or those of `files` instead, and the names that
  /// frames were recorded with; nil if there is nothing.
  public func symbols(from files: SymbolFiles? = nil) -> (any Symbolizer)? {
    let recorded = reader.symbols()
    let symbols = files.map { $0.symbolizer(recorded: recorded) } ?? recorded
    return reader.frameNames.map { NamedFrames(names: $0, others: symbols) } ?? symbols
  }

  /// Frames of call stacks that were recorded by name; nil if the format has none.
  var recordedFrames: FrameNames? { reader.frameNames }

  private func completed(_ recording: Recording) -> Recording {
    var result = recording
    result.path = path
    result.problems = problems.map(\.details) + result.problems
    return result
  }
}

/// What each format provides.
protocol TraceReader: AnyObject {
  var shared: SharedTables { get }
  var progress: Double { get }
  func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool)
  func recording() -> Recording
  func symbols() -> (any Symbolizer)?
  /// Frames that were recorded by name; nil if this format has none.
  var frameNames: FrameNames? { get }
}

/// What the first bytes look like, for people who picked the wrong file.
private func describe(_ start: [UInt8]) -> String {
  let known: [([UInt8], String)] = [
    ([0x7f, 0x45, 0x4c, 0x46], "an ELF file"), (Array("%PDF".utf8), "a PDF"),
    ([0x50, 0x4b, 0x03, 0x04], "a ZIP archive"), ([0xfd, 0x37, 0x7a, 0x58, 0x5a], "an xz file"),
    ([0x42, 0x5a, 0x68], "a bzip2 file"),
  ]
  let bytes = start.prefix(8).map { byte in
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }.joined(separator: " ")
  if let match = known.first(where: { start.starts(with: $0.0) }) { return "\(match.1) (\(bytes))" }
  let isText = start.prefix(64).allSatisfy { ($0 >= 0x20 && $0 < 0x7f) || ($0 >= 0x09 && $0 <= 0x0d) }
  return isText ? "text (\(bytes))" : bytes
}
