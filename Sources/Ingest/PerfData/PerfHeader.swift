/// What a perf.data says of itself: its header, and in pipe mode the records that stand for it.
struct PerfHeader {
  var bigEndian = false
  var isPipe = false
  /// Where the records lie.
  var records: Range<UInt64> = 0..<0
  private(set) var attributes: [PerfAttribute] = []
  /// Whether samples of all events consist of the same.
  private(set) var isUniform = true
  /// The numbers of the tracepoints that were recorded.
  var tracepoints: Set<UInt16> = []
  /// The place in `attributes` for the numbers that samples carry.
  var places: [UInt64: Int] = [:]
  /// In the form of a trace.dat's head.
  var tracing: TraceDatFile?
  var kernel = ""
  var architecture = ""
  var cpus = 0
  /// The header was written, and not completed: perf was killed, or the machine died.
  var isUnfinished = false

  /// The most numbers of events that are kept: one for each event on each CPU.
  static let placesLimit: UInt64 = 1 << 20

  static let magic = Array("PERFILE2".utf8)
  static let swappedMagic = Array("2ELIFREP".utf8)

  static func detect(_ start: [UInt8]) -> Bool {
    start.starts(with: magic) || start.starts(with: swappedMagic)
  }

  /// Whether the first 16 bytes are those of perf's pipe mode: what others have in the header is in records then.
  static func isPipe(_ start: [UInt8]) -> Bool {
    detect(start) && start.count >= 16 && number(start, 8, start.starts(with: swappedMagic)) == 16
  }

  /// Whether the first bytes tell what comes.
  static func isEnough(_ start: [UInt8]) -> Bool { start.count >= 16 }

  /// The header of pipe mode.
  init(pipe start: [UInt8]) {
    bigEndian = start.starts(with: PerfHeader.swappedMagic)
    isPipe = true
    records = 16..<UInt64.max
  }

  /// The header of a file.
  ///
  /// - Throws: `damaged` if it makes no sense.
  init(_ source: ByteSource) throws(TraceError) {
    let start = try source.bytes(at: 0, count: 16, for: "the perf.data header")
    bigEndian = start.starts(with: PerfHeader.swappedMagic)
    let size = PerfHeader.number(start, 8, bigEndian)
    guard size >= 72, size <= 4096 else {
      throw TraceError(
        .damaged, file: source.name, offset: 8, expected: "a header of 16 or 104 bytes", found: "\(size)")
    }
    let header = try source.bytes(at: 0, count: Int(size), for: "the perf.data header")
    func word(_ offset: Int) -> UInt64 { PerfHeader.number(header, offset, bigEndian) }
    try readAttributes(source, entry: word(16), at: word(24), size: word(32))
    let (data, dataSize) = (word(40), word(48))
    guard data <= source.size else {
      throw TraceError(
        .damaged, file: source.name, offset: 40, expected: "records within the file", found: "at byte \(data)"
      )
    }
    isUnfinished = dataSize == 0
    let end =
      isUnfinished ? source.size : min(source.size, data.addingReportingOverflow(dataSize).partialValue)
    records = data..<max(data, end)
    if !isUnfinished, size >= 104 { try readFeatures(source, header, at: data &+ dataSize) }
  }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ bigEndian: Bool) -> UInt64 {
    bytes.withUnsafeBytes {
      $0.baseAddress.map { PerfBytes(base: $0, count: bytes.count, bigEndian: bigEndian).u64(offset) } ?? 0
    }
  }

  /// A row of attributes, each with the section of its numbers behind it.
  private mutating func readAttributes(
    _ source: ByteSource, entry: UInt64, at offset: UInt64, size: UInt64
  ) throws(TraceError) {
    guard entry >= 64, entry <= 4096, size / entry <= 1 << 16 else {
      throw TraceError(
        .damaged, file: source.name, offset: 16, expected: "attributes of 64 to 4096 bytes",
        found: "\(size) bytes of \(entry) each")
    }
    let bytes = try source.bytes(at: offset, count: Int(size), for: "the attributes")
    var left = min(source.size, PerfHeader.placesLimit * 8)
    for index in 0..<Int(size / entry) {
      let start = index * Int(entry)
      let attribute: PerfAttribute? = bytes[start..<start + Int(entry)].withUnsafeBytes {
        guard let base = $0.baseAddress else { return nil }
        let body = PerfBytes(base: base, count: Int(entry) - 16, bigEndian: bigEndian)
        noteTracepoint(body)
        return PerfAttribute(body)
      }
      guard let attribute else { continue }
      add(attribute)
      let place = start + Int(entry) - 16
      let (ids, idsSize) = (
        PerfHeader.number(bytes, place, bigEndian), PerfHeader.number(bytes, place + 8, bigEndian)
      )
      // All together are no more than the file holds: rows may point to the same numbers.
      guard idsSize <= min(left, 1 << 20),
        let numbers = try? source.bytes(at: ids, count: Int(idsSize), for: "numbers of events")
      else { continue }
      left -= idsSize
      for id in stride(from: 0, to: numbers.count - 7, by: 8) {
        places[PerfHeader.number(numbers, id, bigEndian)] = attributes.count - 1
      }
    }
  }

  mutating func add(_ attribute: PerfAttribute) {
    if let first = attributes.first, attribute != first { isUniform = false }
    attributes.append(attribute)
  }

  /// `PERF_TYPE_TRACEPOINT`: the attribute's `config` is the number of an event.
  mutating func noteTracepoint(_ attribute: PerfBytes) {
    guard attribute.u32(0) == 2, let number = UInt16(exactly: attribute.u64(8)) else { return }
    tracepoints.insert(number)
  }

  /// Sections behind the records, one for each bit that is set.
  private mutating func readFeatures(_ source: ByteSource, _ header: [UInt8], at table: UInt64)
    throws(TraceError)
  {
    var place = table
    for feature in 0..<PerfFeature.count {
      // The bits are in words of 64.
      let word = PerfHeader.number(header, 72 + feature / 64 * 8, bigEndian)
      guard word >> UInt64(feature % 64) & 1 != 0 else { continue }
      guard let row = try? source.bytes(at: place, count: 16, for: "the table of features") else { return }
      place += 16
      let (offset, size) = (PerfHeader.number(row, 0, bigEndian), PerfHeader.number(row, 8, bigEndian))
      guard
        [PerfFeature.tracingData, PerfFeature.release, PerfFeature.architecture, PerfFeature.cpus].contains(
          feature),
        size < UInt64(ByteSource.allocationLimit)
      else { continue }
      let bytes = try source.bytes(at: offset, count: Int(size), for: "feature \(feature)")
      try take(feature, bytes, file: source.name, at: offset)
    }
  }

  /// What a feature says.
  mutating func take(_ feature: Int, _ bytes: [UInt8], file: String, at offset: UInt64) throws(TraceError) {
    switch feature {
    case PerfFeature.tracingData: try takeTracing(bytes, file: file, at: offset)
    case PerfFeature.release: kernel = text(bytes)
    case PerfFeature.architecture: architecture = text(bytes)
    case PerfFeature.cpus:
      // Those that there are, and those that are online.
      var cursor = ByteCursor(bytes, bigEndian: bigEndian, file: file, base: offset)
      _ = try cursor.number(4, "the number of CPUs")
      cpus = Int(min(try cursor.number(4, "the number of CPUs"), 1 << 16))
    default: break
    }
  }

  /// A length of 32 bits, and so many bytes up to a zero.
  private func text(_ bytes: [UInt8]) -> String { bytes.dropFirst(4).text }

  /// `header_page`, `header_event` and the formats of events, as in a trace.dat of version 6.
  mutating func takeTracing(_ bytes: [UInt8], file: String, at offset: UInt64) throws(TraceError) {
    var cursor = ByteCursor(bytes, bigEndian: bigEndian, file: file, base: offset)
    let magic = try cursor.take(10, "the magic of the tracing data")
    guard magic.elementsEqual(TraceDatFile.magic) else {
      throw TraceError(
        .damaged, file: file, offset: offset, expected: "tracing data", found: "\"\(magic.text.prefix(10))\"")
    }
    var head = TraceDatFile()
    _ = try cursor.string("the version of the tracing data")
    head.bigEndian = try cursor.number(1, "the byte order") != 0
    cursor = ByteCursor(bytes, bigEndian: head.bigEndian, file: file, base: offset, at: cursor.position)
    head.pages.longSize = try cursor.number(1, "the size of a long") == 4 ? 4 : 8
    let longSize = head.pages.longSize
    head.pages.pageSize = Int(try cursor.number(4, "the page size"))
    try head.readHeaderInfo(&cursor)
    if head.pages.dataOffset == 16, head.pages.commitOffset == 8, longSize == 4 { head.pages.longSize = 4 }
    try head.readFtraceFormats(&cursor)
    try head.readEventFormats(&cursor)
    tracing = head
  }

  /// The attribute of a sample, by the number that it begins with where events differ.
  @inline(__always)
  func attribute(of body: PerfBytes, isUniform: Bool) -> PerfAttribute? {
    if isUniform { return attributes.first }
    guard let first = attributes.first, let place = first.placeOfNumber else { return attributes.first }
    return places[body.u64(place)].map { attributes[$0] }
  }
}
