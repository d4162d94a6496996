import DMAModel

/// Reads trace-cmd's trace.dat, versions 6 and 7.
final class TraceDatReader: TraceReader {
  let shared: SharedTables
  let frameNames: FrameNames? = nil
  private let source: ByteSource
  private let file: TraceDatFile
  private let catalog: EventCatalog
  private let streams: [CPUStream]
  private var result = Recording()
  private var pipeline: Pipeline?
  /// Problems past this number are counted, not kept.
  private static let problemLimit = 20
  private var furtherProblems: UInt64 = 0

  /// - Parameter wrapper: the compression that was around the whole file, for the description.
  init(
    _ source: ByteSource, wrapper: String?, dictionary: EventDictionary = EventDictionary()
  ) throws(TraceError) {
    self.source = source
    file = try TraceDatFile(source)
    shared = SharedTables { [file] in file.kernelSymbols(source) }
    catalog = EventCatalog(file.formats, dictionary: dictionary, longSize: file.pages.longSize)
    var streams: [CPUStream] = []
    for (index, buffer) in file.buffers.enumerated() {
      var pages = file.pages
      pages.pageSize = buffer.pageSize > 0 ? buffer.pageSize : pages.pageSize
      guard pages.isUsable else { continue }
      let clock = ClockConversion(
        cycles: buffer.clock.contains("tsc") ? file.cycles : nil, offset: file.timeOffset)
      for data in buffer.cpus where data.size > 0 {
        streams.append(
          CPUStream(
            data, buffer: index, isCompressed: buffer.isCompressed, pages: pages, clock: clock, source: source
          ))
      }
    }
    self.streams = streams
    result = TraceDatReader.describe(file, wrapper: wrapper)
    for problem in file.problems { note(problem) }
  }

  private static func describe(_ file: TraceDatFile, wrapper: String?) -> Recording {
    var recording = Recording()
    let compression = file.version == 7 ? " (\(file.compression.rawValue))" : ""
    recording.format = "trace.dat v\(file.version)\(compression)" + (wrapper.map { " in \($0)" } ?? "")
    (recording.kernel, recording.architecture) = file.kernelAndArchitecture
    recording.clock = file.buffers.first { !$0.clock.isEmpty }?.clock ?? file.clock
    recording.cpus = max(file.cpuCount, Set(file.buffers.flatMap { $0.cpus.map(\.cpu) }).count)
    recording.pageSize = file.pages.pageSize
    recording.overruns = file.overruns
    recording.taskNames = taskNames(file.commands)
    if file.skippedOptions > 0 { recording.skipped["unknown options"] = file.skippedOptions }
    recording.buffers = file.buffers.map { buffer in
      var description = Recording.Buffer()
      description.name = buffer.name
      description.clock = buffer.clock
      description.cpus = buffer.cpus.map(\.cpu)
      description.storedBytes = buffer.cpus.reduce(0) { $0 &+ $1.size }
      return description
    }
    return recording
  }

  /// The kernel saves the names of a few thousand tasks, and a name has 15 bytes.
  private static let taskLimit = 1 << 17

  /// Lines of `pid name`.
  private static func taskNames(_ text: [UInt8]) -> [Int32: String] {
    var names: [Int32: String] = [:]
    var rest = text[...]
    while !rest.isEmpty, names.count < taskLimit {
      let line = rest.prefix { $0 != 0x0a }
      rest = rest[line.endIndex...].dropFirst()
      guard let space = line.firstIndex(of: 0x20),
        let pid = Int32(String(decoding: line[..<space], as: UTF8.self))
      else { continue }
      names[pid] = line[(space + 1)...].prefix(64).text
    }
    return names
  }

  var progress: Double {
    let total = streams.reduce(UInt64(0)) { $0 &+ $1.size }
    guard total > 0, let pipeline else { return 0 }
    return Double(pipeline.bytesClaimed) / Double(total)
  }

  func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    let (source, compression, catalog, shared) = (source, file.compression, catalog, shared)
    let bigEndian = file.bigEndian
    let memory = EventMemory()
    let pipeline = Pipeline(streams, countSlots: catalog.plans.count, memory: memory) {
      PieceDecoder(
        source, compression: compression, memory: memory,
        records: RecordDecoder(catalog, bigEndian: bigEndian, shared: shared))
    }
    self.pipeline = pipeline
    pipeline.run(workers: min(8, availableProcessors() - 1)) {
      var merge = TimeMerge(pipeline, streams: streams.count) { [self] stream, batch in take(stream, batch) }
      merge.forEachRun(body)
    }
    catalog.add(pipeline.recordCounts, to: &result)
  }

  private func note(_ problem: TraceError) {
    if result.problems.count < TraceDatReader.problemLimit {
      result.problems.append(problem.details)
    } else {
      furtherProblems &+= 1
    }
  }

  /// Adds up what a batch says about itself.
  private func take(_ stream: Int, _ batch: EventBatch) {
    let buffer = streams[stream].buffer
    if batch.records > 0 {
      result.firstTime = result.lastTime == 0 ? batch.firstTime : min(result.firstTime, batch.firstTime)
      result.lastTime = max(result.lastTime, batch.lastTime)
    }
    result.lostEvents &+= batch.lostEvents
    result.lostWindows &+= batch.lostWindows
    result.lostWindowsWithoutCount &+= batch.lostWindowsWithoutCount
    result.buffers[buffer].events &+= batch.records
    result.buffers[buffer].lostEvents &+= batch.lostEvents
    result.buffers[buffer].lostWindows &+= batch.lostWindows
    if batch.skippedRecords > 0 { result.skipped["short records", default: 0] &+= batch.skippedRecords }
    for problem in batch.problems { note(problem) }
    furtherProblems &+= batch.furtherProblems
  }

  func recording() -> Recording {
    var recording = result
    if furtherProblems > 0 { recording.problems.append("and \(furtherProblems) further problems") }
    return recording
  }

  func taskName(_ pid: Int32) -> String? { result.taskNames[pid] }

  func symbols() -> (any Symbolizer)? { kernelSymbols }

  private lazy var kernelSymbols = file.kernelSymbols(source)
}

extension TraceDatFile {
  /// The saved symbols; nil where there are none, or they cannot be read.
  fileprivate func kernelSymbols(_ source: ByteSource) -> KernelSymbols? {
    guard let section = symbols, var bytes = try? unpack(section, "kernel symbols", source) else {
      return nil
    }
    // Version 7 keeps the length of the text before it.
    if version == 7 { bytes.removeFirst(min(4, bytes.count)) }
    return KernelSymbols(kallsyms: bytes)
  }
}
