import DMAModel

/// Reads perf.data, from a file or from perf's pipe mode, of either byte order, compressed or not.
final class PerfReader: TraceReader {
  let shared = SharedTables()
  let frameNames: FrameNames?
  private let input: TraceInput
  private var header: PerfHeader
  private var records: PerfRecords
  /// The record that was read ahead of the others.
  private var held: PerfRecords.Record?
  private let catalog: EventCatalog
  private var result = Recording()
  private var counts: [UInt64] = []
  private var maps = KernelMaps()
  private var naming: FrameNaming
  private var tasks = TaskNames()
  private var highestCPU = 0

  /// Descriptions of samples that are kept.
  private static let attributeLimit = 1 << 14

  init(_ input: TraceInput, options: TraceOptions = TraceOptions()) throws(TraceError) {
    self.input = input
    let names = FrameNames()
    frameNames = names
    naming = FrameNaming(names, shared.stacks)
    let start = try input.prefix(16)
    var header = PerfHeader.isPipe(start) ? PerfHeader(pipe: start) : try PerfHeader(input.randomAccess())
    var records = PerfRecords(
      input.bytes(from: header.isPipe ? 0 : header.records.lowerBound),
      header.isPipe ? 0..<UInt64.max : header.records, bigEndian: header.bigEndian,
      window: options.zstdWindow)
    if header.isPipe {
      _ = try records.take(16, for: "the perf.data header")
      held = try PerfReader.readAhead(&records, &header, file: input.name)
    }
    let borrowed = header.tracing == nil ? options.formats : nil
    if let borrowed { try PerfReader.borrowFormats(&header, from: borrowed, options) }
    guard let tracing = header.tracing else {
      throw TraceError(
        .damaged, file: input.name, offset: 0, expected: "the formats of tracepoints",
        found: header.isUnfinished
          ? "a header that was never completed: perf writes the formats at its end; --formats takes them from a trace.dat or perf.data of the same kernel, or from a copy of its tracefs folder events; `perf record -o -` writes them first"
          : "none: no tracepoints were recorded")
    }
    guard !header.attributes.isEmpty else {
      throw TraceError(
        .damaged, file: input.name, offset: 0, expected: "a description of the samples", found: "none")
    }
    self.header = header
    self.records = records
    catalog = EventCatalog(
      tracing.formats, dictionary: options.dictionary, longSize: tracing.pages.longSize,
      enabled: header.tracepoints.isEmpty ? nil : header.tracepoints)
    result.format =
      "perf.data" + (header.isPipe ? " (pipe mode)" : "") + (input.wrapper.map { " in \($0)" } ?? "")
    (result.kernel, result.architecture) = (header.kernel, header.architecture)
    (result.cpus, result.clock) = (header.cpus, "perf")
    if tracing.pages.pageSize.nonzeroBitCount == 1 { result.pageSize = tracing.pages.pageSize }
    if header.isUnfinished {
      result.problems.append("the header was never completed: the recording ended before perf did")
    }
    // A stream cannot be looked at twice.
    if let borrowed, let source = input.file,
      let misfit = try PerfReader.misfit(source, header, catalog, formats: borrowed)
    {
      result.problems.append(misfit)
    }
  }

  /// What the recording says of itself, wherever it says it.
  static func header(_ source: ByteSource) throws(TraceError) -> PerfHeader {
    let start = try source.prefix(16)
    guard PerfHeader.isPipe(start) else { return try PerfHeader(source) }
    var header = PerfHeader(pipe: start)
    var records = PerfRecords(ByteStream(source), 0..<UInt64.max, bigEndian: header.bigEndian)
    _ = try records.take(16, for: "the perf.data header")
    _ = try readAhead(&records, &header, file: source.name)
    return header
  }

  /// In pipe mode, what describes the samples comes before the first of them, and first of all. What follows it may
  /// be long in coming.
  ///
  /// - Returns: the first record of another kind.
  private static func readAhead(
    _ records: inout PerfRecords, _ header: inout PerfHeader, file: String
  ) throws(TraceError) -> PerfRecords.Record? {
    while let record = try records.nextWaiting() {
      let isKnown = header.tracing != nil && !header.attributes.isEmpty
      if record.type == PerfRecord.sample || (isKnown && record.type < PerfRecord.attribute) { return record }
      try describe(record, &records, &header, file: file)
    }
    return nil
  }

  /// Takes in a record that describes others; passes over what follows it.
  private static func describe(
    _ record: PerfRecords.Record, _ records: inout PerfRecords, _ header: inout PerfHeader, file: String
  ) throws(TraceError) {
    switch record.type {
    case PerfRecord.attribute:
      let size = Int(record.body.u32(4))
      guard header.attributes.count < attributeLimit, let attribute = PerfAttribute(record.body),
        size <= record.body.count
      else { return }
      header.add(attribute)
      header.noteTracepoint(record.body)
      for place in stride(from: max(64, size), through: record.body.count - 8, by: 8)
      where header.places.count < PerfHeader.placesLimit {
        header.places[record.body.u64(place)] = header.attributes.count - 1
      }
    case PerfRecord.tracingData:
      let (size, offset) = (Int(record.body.u32(0)), records.offset)
      let bytes = try records.take((size + 7) & ~7, for: "the tracing data")
      try header.takeTracing(bytes, file: file, at: offset)
    case PerfRecord.feature:
      let feature = Int(clamping: record.body.u64(0))
      let body = record.body.from(8)
      let bytes = Array(UnsafeRawBufferPointer(start: body.base, count: body.count))
      if feature != PerfFeature.tracingData {
        try header.take(feature, bytes, file: file, at: record.offset)
      }
    case PerfRecord.auxTrace: records.skip(Int(clamping: record.body.u64(0)))
    default: break
    }
  }

  var progress: Double { input.size.map { $0 > 0 ? Double(records.offset) / Double($0) : 0 } ?? 0 }

  func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    var decoder = RecordDecoder(
      catalog, bigEndian: header.tracing?.bigEndian ?? header.bigEndian, shared: shared)
    var sorter = EventSorter()
    var isUniform = header.isUniform
    var isWanted = true
    var frames: [UInt64] = []
    func give(_ batch: EventBatch) -> Bool {
      add(decoder.takeCounts())
      naming.name(batch)
      // The body may ask for the recording as it stands.
      result.note(batch)
      return batch.handOver(body)
    }
    do throws(TraceError) {
      while isWanted {
        guard let record = try nextRecord() else {
          if records.isAtEnd { break }
          isWanted = try readOn(body)
          continue
        }
        switch record.type {
        case PerfRecord.sample:
          guard let attribute = header.attribute(of: record.body, isUniform: isUniform),
            let sample = PerfSample(record.body, attribute)
          else {
            sorter.batch.skippedRecords &+= 1
            continue
          }
          take(sample, &decoder, &sorter, &frames)
          if sorter.isFull { isWanted = sorter.relieve(give) }
        case PerfRecord.finishedRound: isWanted = sorter.endRound(give)
        case PerfRecord.attribute, PerfRecord.feature:
          try PerfReader.describe(record, &records, &header, file: input.name)
          isUniform = header.isUniform
        default: try take(record, &sorter)
        }
      }
    } catch {
      result.problems.append(error.details)
    }
    if isWanted { _ = sorter.flush(give) }
    add(decoder.takeCounts())
  }

  private func nextRecord() throws(TraceError) -> PerfRecords.Record? {
    if let record = held.take() { return record }
    return try records.next()
  }

  /// Waits for more of the input. Events of a round that has not ended wait for its end, since older ones may come.
  ///
  /// - Returns: whether more events are wanted.
  private func readOn(_ body: (Span<Event>, Span<UInt64>) -> Bool) throws(TraceError) -> Bool {
    repeat {
      if input.patience >= 0, !EventBatch.handOverNothing(body) { return false }
    } while try !records.fill(patience: input.patience)
    return true
  }

  private func take(
    _ sample: PerfSample, _ decoder: inout RecordDecoder, _ sorter: inout EventSorter,
    _ frames: inout [UInt64]
  ) {
    guard let raw = sample.raw, raw.count > 0 else {
      result.skipped["samples without a tracepoint's record", default: 0] &+= 1
      return
    }
    sorter.note(sample.time)
    highestCPU = max(highestCPU, Int(sample.cpu))
    let batch = sorter.batch
    let isEvent = decoder.decode(
      raw.base, length: raw.count, time: sample.time, cpu: sample.cpu, into: batch)
    // Samples of all CPUs come mixed, and bring their call chains with them.
    batch.owners = StackOwners()
    guard isEvent, let chain = sample.callChain else { return }
    frames.removeAll(keepingCapacity: true)
    // Markers say whose frames follow; before the first they are the kernel's.
    var isKernel = true
    for place in stride(from: 0, to: chain.count, by: 8) where frames.count < 128 {
      let frame = chain.u64(place)
      if frame >= UInt64(bitPattern: -4095) {
        isKernel = frame == UInt64(bitPattern: -128)
      } else if isKernel, !FrameNames.isTaken(frame) {
        frames.append(frame)
      }
    }
    decoder.attach(frames, to: batch)
  }

  /// A record that is no sample.
  private func take(
    _ record: PerfRecords.Record, _ sorter: inout EventSorter
  ) throws(TraceError) {
    let attribute = header.attributes[0]
    let body = record.body
    switch record.type {
    case PerfRecord.comm:
      let name = body.from(8).text
      if !name.isEmpty { tasks.note(Int32(bitPattern: body.u32(4)), .string(name)) }
    case PerfRecord.fork:
      tasks.inherit(Int32(bitPattern: body.u32(8)), from: Int32(bitPattern: body.u32(12)))
    case PerfRecord.lost, PerfRecord.lostSamples:
      let trailer = PerfTrailer(body, attribute)
      let count = body.u64(record.type == PerfRecord.lost ? 8 : 0)
      if count == 0 { return }
      var event = Event()
      (event.call, event.cpu, event.value) = (.lost, trailer.cpu, count)
      event.time = trailer.time > 0 ? trailer.time : sorter.latest
      sorter.batch.lostEvents &+= count
      sorter.batch.lostWindows &+= 1
      sorter.note(event.time)
      sorter.batch.append(event)
    case PerfRecord.mmap, PerfRecord.mmap2: maps.note(body, isSecond: record.type == PerfRecord.mmap2)
    case PerfRecord.kernelSymbol:
      let time = PerfTrailer(body, attribute).time
      // What perf itself tells of has none: it was there before.
      naming.code.note(body, time: attribute.hasTrailer ? time : sorter.latest)
    case PerfRecord.tracingData: records.skip((Int(body.u32(0)) + 7) & ~7)
    case PerfRecord.auxTrace: records.skip(Int(clamping: body.u64(0)))
    default: break
    }
  }

  private func add(_ more: [UInt64]) {
    if counts.isEmpty { counts = [UInt64](repeating: 0, count: more.count) }
    for index in more.indices { counts[index] &+= more[index] }
  }

  /// As far as records have been read.
  func recording() -> Recording {
    var result = result
    catalog.add(counts, to: &result)
    result.taskNames = tasks.all
    if naming.code.omitted > 0 { result.skipped["records of code in the kernel"] = naming.code.omitted }
    if result.cpus == 0, !counts.isEmpty { result.cpus = highestCPU + 1 }
    if records.hasCompressed, !result.format.contains("zstd") {
      result.format = result.format.replacingPrefix("perf.data", with: "perf.data (zstd records)")
    }
    return result
  }

  func taskName(_ pid: Int32) -> String? { tasks[pid] }

  func symbols() -> (any Symbolizer)? { maps.symbolizer }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, with other: String) -> String {
    hasPrefix(prefix) ? other + dropFirst(prefix.count) : self
  }
}
