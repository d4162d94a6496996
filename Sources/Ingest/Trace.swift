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
  private let path: String
  private let input: TraceInput
  private let options: TraceOptions

  /// Opens a trace and reads what it says about itself.
  ///
  /// - Parameters:
  ///   - path: a file, or `-` for standard input.
  ///   - options: how it is read.
  /// - Throws: `TraceError` if there is no such input, or it is no trace, or nothing of it can be read.
  public convenience init(path: String, options: TraceOptions = TraceOptions()) throws(TraceError) {
    try self.init(Input(path: path, options: options))
  }

  /// Reads what an opened trace says about itself.
  ///
  /// - Throws: `TraceError` if it is no trace, or nothing of it can be read.
  public convenience init(_ input: Input) throws(TraceError) {
    guard !input.isSavedProfile else { throw .noEvents(input.content.name) }
    try self.init(input.path, input.content, input.options)
  }

  private init(_ path: String, _ input: TraceInput, _ options: TraceOptions) throws(TraceError) {
    self.path = path
    self.options = options
    self.input = input
    let start = try input.prefix(TextReader.searched)
    guard let format = Trace.formats.first(where: { $0.detect(start) }) else {
      throw TraceError(
        .notATrace, file: input.name, offset: 0,
        expected: Trace.formats.map(\.name).joined(separator: ", "), found: describe(start))
    }
    if input.isStream, options.mayRewind || !format.isInOrder(start) { _ = try input.randomAccess() }
    do throws(TraceError) {
      reader = try format.open(input, options)
    } catch {
      // A wrapper that is cut explains why its content is, and better.
      throw input.damage ?? error
    }
  }

  /// Whether the input is read as it comes, once: `rewound` cannot be called, and `progress` says nothing.
  public var isStream: Bool { input.isStream }

  /// The same trace from its beginning; standard input, too, is there again unless it `isStream`.
  ///
  /// - Throws: `TraceError` as the opening does; `cannotOpen` for a stream.
  public func rewound() throws(TraceError) -> Trace {
    guard !isStream else {
      throw TraceError(
        .cannotOpen, file: input.name, expected: "an input that can be read twice", found: "a stream")
    }
    return try Trace(path, input, options)
  }

  /// How much of a stream must be seen to tell its format, and whether what has come will do.
  static func look(_ start: [UInt8]) -> (limit: Int, isEnough: Bool) {
    guard let format = formats.first(where: { $0.detect(start) }) else { return (TextReader.searched, false) }
    let isEnough = format.isEnough(start)
    // A first line may be long.
    return (isEnough ? TextReader.searched : JSONLinesReader.lineLimit, isEnough)
  }

  /// The formats that can be read, tried in this order. To add one: a type that conforms to `TraceReader`, in a folder
  /// of its own, and a row here.
  private struct Format: Sendable {
    let name: String
    let detect: @Sendable (_ start: [UInt8]) -> Bool
    /// Whether the first bytes of a stream, which may be few, are enough to open it.
    var isEnough: @Sendable (_ start: [UInt8]) -> Bool = { _ in true }
    /// Whether it can be read as it comes, without random access.
    var isInOrder: @Sendable (_ start: [UInt8]) -> Bool = { _ in false }
    let open: @Sendable (TraceInput, TraceOptions) throws(TraceError) -> any TraceReader
  }

  private static let formats: [Format] = [
    Format(
      name: "trace.dat (plain, or packed with zstd or gzip)",
      detect: { $0.starts(with: TraceDatFile.magic) },
      open: { (input, options) throws(TraceError) in
        try TraceDatReader(
          try input.randomAccess(), wrapper: input.wrapper, dictionary: options.dictionary)
      }),
    Format(
      name: "dmascope archive (the same)", detect: { $0.starts(with: ArchiveLayout.magic) },
      open: { (input, _) throws(TraceError) in
        try ArchiveReader(try input.randomAccess(), wrapper: input.wrapper)
      }),
    Format(
      name: "JSON Lines (plain, or packed with zstd or gzip)",
      detect: JSONLinesReader.detect, isEnough: JSONLinesReader.isEnough, isInOrder: { _ in true },
      open: { (input, options) throws(TraceError) in
        try JSONLinesReader(input, dictionary: options.dictionary)
      }),
    Format(
      name: "perf.data (the same)", detect: PerfHeader.detect, isEnough: PerfHeader.isEnough,
      isInOrder: PerfHeader.isPipe,
      open: { (input, options) throws(TraceError) in try PerfReader(input, options: options) }),
    Format(
      name: "ftrace, trace-cmd or perf text (the same)",
      detect: TextReader.detect, isEnough: TextReader.isEnough, isInOrder: { _ in true },
      open: { (input, options) throws(TraceError) in
        try TextReader(input, dictionary: options.dictionary)
      }),
  ]

  /// Device and pool names by number.
  public var names: NameTable { reader.shared.names }
  /// Call stacks by number.
  public var stacks: StackTable { reader.shared.stacks }
  /// What is known before the events are read: format, kernel, clock, CPUs, task names.
  public var preview: Recording { completed(reader.recording()) }
  /// How much of the input has been read, 0 ... 1; may be asked for from within `forEachRun`. 0 of a stream.
  public var progress: Double { reader.progress }

  /// Calls `body` with run after run of events, in time order over all CPUs, until it returns false.
  ///
  /// To be called once. While a stream waits, runs are empty where `TraceOptions.heartbeat` asks for them.
  /// The spans are valid during the call only. `segments` is what the events' `segments` numbers refer to.
  /// Damage does not end the reading where anything after it can be read; `recording()` tells of it.
  public func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    reader.forEachRun(body)
  }

  /// Everything known about the recording, once its events have been read; from within `forEachRun`, of a stream, as far as
  /// they have been.
  public func recording() -> Recording { completed(reader.recording()) }

  /// The profile that an archive carries, with what `recording()` will say once all events have been read, as far as the
  /// archive is whole; nil if there is none. May be called before the events are read.
  public func archivedProfile() -> (profile: ArchivedProfile, recording: Recording)? {
    guard input.damage == nil, let found = reader.archivedProfile() else { return nil }
    return (found.profile, completed(found.recording))
  }

  /// The name of a task as far as the trace has been read; nil if it has told none. May be asked for from within
  /// `forEachRun`.
  public func taskName(_ pid: Int32) -> String? { reader.taskName(pid) }

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
    if let damage = input.damage { result.problems.insert(damage.details, at: 0) }
    return result
  }
}

/// What each format provides.
protocol TraceReader: AnyObject {
  var shared: SharedTables { get }
  var progress: Double { get }
  func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool)
  func recording() -> Recording
  /// As far as the input has been read.
  func taskName(_ pid: Int32) -> String?
  func symbols() -> (any Symbolizer)?
  /// Frames that were recorded by name; nil if this format has none.
  var frameNames: FrameNames? { get }
  /// The profile that the input carries; nil for all formats but archives.
  func archivedProfile() -> (profile: ArchivedProfile, recording: Recording)?
}

extension TraceReader {
  func archivedProfile() -> (profile: ArchivedProfile, recording: Recording)? { nil }
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
