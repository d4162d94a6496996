/// Version 7: sections, found through a chain of options.
extension TraceDatFile {
  /// Section and option numbers (Documentation/trace-cmd/trace-cmd.dat.v7.5.txt).
  private enum ID {
    static let done: UInt64 = 0
    static let buffer: UInt64 = 3
    static let strings: UInt64 = 15
    static let headerInfo: UInt64 = 16
    static let ftraceEvents: UInt64 = 17
    static let eventFormats: UInt64 = 18
    static let kallsyms: UInt64 = 19
    static let printk: UInt64 = 20
    static let commands: UInt64 = 21
  }

  /// The most sections that are walked over in search of one.
  private var recoveryLimit: Int { 10_000 }

  mutating func readVersion7(_ cursor: inout ByteCursor, _ source: ByteSource) throws(TraceError) {
    let nameOffset = cursor.offset
    let name = try cursor.string("the compression")
    _ = try cursor.string("the version of the compression")
    guard let known = ChunkCompression(rawValue: name.isEmpty ? "none" : name) else {
      throw TraceError(
        .damaged, file: source.name, offset: nameOffset, expected: "compression none, zstd or zlib",
        found: "\"\(name.prefix(40))\"")
    }
    compression = known
    let firstOptions = try cursor.number(8, "where the options begin")
    let firstSection = cursor.offset
    var sections: [UInt64: UInt64] = [:]
    do throws(TraceError) {
      try followOptions(firstOptions, source, &sections)
    } catch {
      problems.append(error)
      // A recorder that died leaves sections whose options were never written: walk over them.
      try recoverSections(from: firstSection, source, &sections)
    }
    try readSections(sections, source)
    let usesBufferSections = buffers.isEmpty
    if usesBufferSections {
      problems.append(
        TraceError(
          .damaged, file: source.name, offset: source.size,
          expected: "an option before here that says where the trace data is", found: "none")
      )
      recoverBuffers(from: firstSection, source)
    }
  }

  private mutating func followOptions(
    _ start: UInt64, _ source: ByteSource, _ sections: inout [UInt64: UInt64]
  ) throws(TraceError) {
    var offset = start
    var visited: Set<UInt64> = []
    var bytes = 0
    while offset != 0 {
      guard visited.insert(offset).inserted, bytes <= ByteSource.allocationLimit else {
        throw TraceError(
          .damaged, file: source.name, offset: offset, expected: "a chain of options that ends",
          found: "options that lead back to themselves or do not end")
      }
      var cursor = try section(at: offset, expecting: ID.done, "options", source)
      bytes += 16 + cursor.remaining
      offset = 0
      while cursor.remaining >= 6 {
        let id = try cursor.number(2, "an option")
        let size = try cursor.number(4, "the size of option \(id)")
        let data = try cursor.take(size, "option \(id)")
        if id == ID.done {
          offset = number(data, 0, 8)
          break
        }
        try readOption7(id, data, source, &sections)
      }
    }
  }

  private mutating func readOption7(
    _ id: UInt64, _ data: ArraySlice<UInt8>, _ source: ByteSource, _ sections: inout [UInt64: UInt64]
  ) throws(TraceError) {
    switch id {
    case ID.headerInfo, ID.ftraceEvents, ID.eventFormats, ID.kallsyms, ID.printk, ID.commands:
      sections[id] = number(data, 0, 8)
    case ID.buffer:
      var cursor = ByteCursor(Array(data), bigEndian: bigEndian, file: source.name, base: 0)
      do throws(TraceError) {
        try add(try readBuffer7(&cursor, source), at: number(data, 0, 8), file: source.name)
      } catch {
        // Further ones tell nothing new.
        if problems.count < 1 << 10 { problems.append(error) }
      }
    case ID.strings: break
    default: if !readOption(id, data) { skippedOptions &+= 1 }
    }
  }

  /// Place of the section, name, clock, page size, then CPU, offset and size of each CPU.
  private func readBuffer7(_ cursor: inout ByteCursor, _ source: ByteSource) throws(TraceError) -> Buffer {
    let offset = try cursor.number(8, "the place of a trace buffer")
    var buffer = Buffer(name: try cursor.string("the name of a trace buffer"))
    buffer.clock = try cursor.string("the clock of a trace buffer")
    buffer.pageSize = Int(try cursor.number(4, "the page size of a trace buffer"))
    let cpus = try cursor.number(4, "the number of CPUs of a trace buffer")
    guard cpus <= TraceDatFile.cpuLimit else {
      throw TraceError(
        .damaged, file: source.name, offset: offset,
        expected: "at most \(TraceDatFile.cpuLimit) CPUs of a trace buffer", found: "\(cpus)")
    }
    for _ in 0..<cpus {
      let cpu = try cursor.number(4, "a CPU's number")
      let start = try cursor.number(8, "where the pages of CPU \(cpu) begin")
      let size = try cursor.number(8, "how many bytes CPU \(cpu) has")
      buffer.cpus.append(CPUData(cpu: Int(cpu), offset: start, size: size))
    }
    let header = try sectionHeader(at: offset, source)
    buffer.isCompressed = header.isCompressed && compression != .none
    return buffer
  }

  struct SectionHeader {
    var id: UInt64
    var isCompressed: Bool
    var size: UInt64
  }

  /// Number, flags, description, size: 16 bytes.
  func sectionHeader(at offset: UInt64, _ source: ByteSource) throws(TraceError) -> SectionHeader {
    let bytes = try source.bytes(at: offset, count: 16, for: "a section header")
    var cursor = ByteCursor(bytes, bigEndian: bigEndian, file: source.name, base: offset)
    let id = try cursor.number(2, "a section's number")
    let flags = try cursor.number(2, "a section's flags")
    _ = try cursor.number(4, "a section's description")
    return SectionHeader(id: id, isCompressed: flags & 1 != 0, size: try cursor.number(8, "a section's size"))
  }

  /// The unpacked content of a metadata section.
  func section(
    at offset: UInt64, expecting id: UInt64, _ what: String, _ source: ByteSource
  ) throws(TraceError) -> ByteCursor {
    let header = try sectionHeader(at: offset, source)
    guard header.id == id else {
      throw TraceError(
        .damaged, file: source.name, offset: offset, expected: "section \(id) (\(what))",
        found: "section \(header.id)")
    }
    let bytes = try unpack(
      Section(offset: offset + 16, size: header.size, isCompressed: header.isCompressed), what, source)
    return ByteCursor(bytes, bigEndian: bigEndian, file: source.name, base: offset + 16)
  }

  /// The content of a section: as it is, or packed size, unpacked size and one packed block.
  func unpack(_ section: Section, _ what: String, _ source: ByteSource) throws(TraceError) -> [UInt8] {
    guard section.isCompressed, compression != .none else {
      return try source.bytes(at: section.offset, count: Int(clamping: section.size), for: what)
    }
    let sizes = try source.bytes(at: section.offset, count: 8, for: "the sizes of the \(what)")
    let packed = Int(number(sizes[0..<4], 0, 4))
    let unpacked = Int(number(sizes[4..<8], 0, 4))
    // Symbols pack five to one, formats of events twenty to one.
    let limit = min(ByteSource.allocationLimit / 2, 1 << 20 + 64 * packed)
    guard unpacked <= limit else {
      throw TraceError(
        .damaged, file: source.name, offset: section.offset + 4,
        expected: "at most \(limit) bytes of \(what) from \(packed) packed ones", found: "\(unpacked)")
    }
    let input = try source.bytes(at: section.offset + 8, count: packed, for: what)
    var output = [UInt8](repeating: 0, count: unpacked)
    let decompressor = Decompressor(compression)
    let failure = input.withUnsafeBytes { input in
      output.withUnsafeMutableBytes { decompressor.unpack(input, into: $0) }
    }
    if let failure {
      throw TraceError(
        .damaged, file: source.name, offset: section.offset + 8, expected: "\(unpacked) bytes of \(what)",
        found: failure)
    }
    return output
  }

  private mutating func readSections(
    _ sections: [UInt64: UInt64], _ source: ByteSource
  ) throws(TraceError) {
    guard let header = sections[ID.headerInfo] else {
      throw TraceError(
        .damaged, file: source.name, offset: source.size,
        expected: "a section with the page header before here",
        found: "none")
    }
    var cursor = try section(at: header, expecting: ID.headerInfo, "page header", source)
    try readHeaderInfo(&cursor)
    if let offset = sections[ID.ftraceEvents] {
      do throws(TraceError) {
        var cursor = try section(at: offset, expecting: ID.ftraceEvents, "ftrace event formats", source)
        try readFtraceFormats(&cursor)
      } catch { problems.append(error) }
    }
    if let offset = sections[ID.eventFormats] {
      do throws(TraceError) {
        var cursor = try section(at: offset, expecting: ID.eventFormats, "event formats", source)
        try readEventFormats(&cursor)
      } catch { problems.append(error) }
    }
    if let offset = sections[ID.commands] {
      do throws(TraceError) {
        var cursor = try section(at: offset, expecting: ID.commands, "command names", source)
        let size = try cursor.number(8, "the size of the command names")
        commands = Array(try cursor.take(min(size, UInt64(cursor.remaining)), "the command names"))
      } catch { problems.append(error) }
    }
    if let offset = sections[ID.kallsyms], let header = try? sectionHeader(at: offset, source) {
      symbols = Section(offset: offset + 16, size: header.size, isCompressed: header.isCompressed)
    }
  }

  /// Finds the metadata sections of a file whose chain of options is broken, one after another from the header on.
  private mutating func recoverSections(
    from start: UInt64, _ source: ByteSource, _ sections: inout [UInt64: UInt64]
  ) throws(TraceError) {
    var offset = start
    for _ in 0..<recoveryLimit {
      guard let header = try? sectionHeader(at: offset, source), header.id <= 64 else { return }
      if (ID.headerInfo...ID.commands).contains(header.id) {
        sections[header.id] = sections[header.id] ?? offset
      }
      let (next, overflow) = offset.addingReportingOverflow(16 &+ header.size)
      guard !overflow, next > offset, next < source.size else { return }
      offset = next
    }
  }

  /// Finds trace data whose option was never written: behind the header of a buffer section, each CPU's chunks begin
  /// at the next page. Their CPUs are numbered in the order in which they lie.
  private mutating func recoverBuffers(from start: UInt64, _ source: ByteSource) {
    var offset = start
    var steps = 1 << 20
    for _ in 0..<recoveryLimit {
      guard let header = try? sectionHeader(at: offset, source), header.id <= 64 else { return }
      if header.id == ID.buffer {
        var buffer = Buffer(name: "", clock: clock, pageSize: pages.pageSize)
        buffer.isCompressed = header.isCompressed && compression != .none
        buffer.cpus = recoverCPUs(from: offset + 16, compressed: buffer.isCompressed, &steps, source)
        do throws(TraceError) {
          if !buffer.cpus.isEmpty { try add(buffer, at: offset, file: source.name) }
        } catch {
          problems.append(error)
          return
        }
        if header.size == 0 { return }
      }
      let (next, overflow) = offset.addingReportingOverflow(16 &+ header.size)
      guard !overflow, next > offset, next < source.size else { return }
      offset = next
    }
  }

  /// - Parameter steps: how many chunks may still be looked at.
  private func recoverCPUs(
    from start: UInt64, compressed: Bool, _ steps: inout Int, _ source: ByteSource
  ) -> [CPUData] {
    let page = UInt64(max(64, pages.pageSize))
    var result: [CPUData] = []
    var offset = (start + page - 1) / page * page
    if !compressed {
      return offset < source.size ? [CPUData(cpu: 0, offset: offset, size: source.size - offset)] : []
    }
    while result.count < max(1, cpuCount), offset + 4 <= source.size,
      let head = try? source.bytes(at: offset, count: 4, for: "a chunk count")
    {
      let chunks = number(head[...], 0, 4)
      guard chunks > 0, chunks < 1 << 24 else { break }
      var end = offset + 4
      for _ in 0..<chunks {
        steps -= 1
        guard steps > 0, let sizes = try? source.bytes(at: end, count: 8, for: "a chunk") else { break }
        end += 8 + number(sizes[0..<4], 0, 4)
      }
      result.append(CPUData(cpu: result.count, offset: offset, size: min(end, source.size) - offset))
      offset = (end + page - 1) / page * page
    }
    return result
  }
}
