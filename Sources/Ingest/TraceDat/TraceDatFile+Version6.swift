/// Version 6: all metadata in one row, then options, then a table of the CPUs' pages.
extension TraceDatFile {
  mutating func readVersion6(_ cursor: inout ByteCursor, _ source: ByteSource) throws(TraceError) {
    try readHeaderInfo(&cursor)
    try readFtraceFormats(&cursor)
    try readEventFormats(&cursor)
    let symbolSize = try cursor.number(4, "the size of the kernel symbols")
    symbols = Section(offset: cursor.offset, size: symbolSize, isCompressed: false)
    _ = try cursor.take(symbolSize, "the kernel symbols")
    let printkSize = try cursor.number(4, "the size of the printk formats")
    _ = try cursor.take(printkSize, "the printk formats")
    let commandSize = try cursor.number(8, "the size of the command names")
    commands = Array(try cursor.take(commandSize, "the command names"))
    let cpus = try cursor.number(4, "the number of CPUs")
    guard cpus > 0, cpus <= TraceDatFile.cpuLimit else {
      throw TraceError(
        .damaged, file: cursor.file, offset: cursor.offset - 4,
        expected: "1 to \(TraceDatFile.cpuLimit) CPUs", found: "\(cpus)")
    }
    cpuCount = Int(cpus)
    var marker = try cursor.take(10, "the kind of what follows").text
    var instances: [(offset: UInt64, name: String)] = []
    if marker.hasPrefix("options") {
      instances = try readOptions6(&cursor)
      marker = try cursor.take(10, "the kind of the trace data").text
    }
    guard marker.hasPrefix("flyrecord") else {
      let kind = marker.hasPrefix("latency") ? "a text trace of a latency tracer" : "\"\(marker)\""
      throw TraceError(
        .damaged, file: cursor.file, offset: cursor.offset - 10,
        expected: "\"flyrecord\" (ring-buffer pages)",
        found: kind)
    }
    try add(try readBuffer6(&cursor, name: ""), at: cursor.offset, file: source.name)
    for instance in instances {
      do throws(TraceError) {
        let buffer = try readInstance6(instance.offset, instance.name, source)
        try add(buffer, at: instance.offset, file: source.name)
      } catch {
        problems.append(error)
        // A file that is nothing but instances is none.
        if buffers.count + problems.count > 1 << 12 { break }
      }
    }
  }

  /// Options end with id 0. Returns the instances with their places.
  private mutating func readOptions6(
    _ cursor: inout ByteCursor
  ) throws(TraceError) -> [(offset: UInt64, name: String)] {
    var instances: [(offset: UInt64, name: String)] = []
    while true {
      let id = try cursor.number(2, "an option")
      if id == 0 { return instances }
      let size = try cursor.number(4, "the size of option \(id)")
      let data = try cursor.take(size, "option \(id)")
      if id == 3 {
        instances.append((number(data, 0, 8), data.dropFirst(8).text))
      } else if !readOption(id, data) {
        skippedOptions &+= 1
      }
    }
  }

  /// Offset and size for each CPU, then the clock.
  private func readBuffer6(_ cursor: inout ByteCursor, name: String) throws(TraceError) -> Buffer {
    var buffer = Buffer(name: name, clock: clock, pageSize: pages.pageSize)
    for cpu in 0..<cpuCount {
      let offset = try cursor.number(8, "where the pages of CPU \(cpu) begin")
      let size = try cursor.number(8, "how many bytes CPU \(cpu) has")
      buffer.cpus.append(CPUData(cpu: cpu, offset: offset, size: size))
    }
    if cursor.remaining >= 8, let size = try? cursor.number(8, "the size of the clock"), size < 256,
      let text = try? cursor.take(size, "the clock").text, !text.isEmpty
    {
      buffer.clock = TraceDatFile.chosenClock(text)
    }
    return buffer
  }

  /// An instance repeats the table at the place that its option names.
  private func readInstance6(
    _ offset: UInt64, _ name: String, _ source: ByteSource
  ) throws(TraceError) -> Buffer {
    let available = offset < source.size ? source.size - offset : 0
    let count = Int(min(available, UInt64(10 + 16 * cpuCount + 264)))
    let bytes = try source.bytes(at: offset, count: count, for: "the table of instance \(name)")
    var cursor = ByteCursor(bytes, bigEndian: bigEndian, file: source.name, base: offset)
    let marker = try cursor.take(10, "the kind of instance \(name)").text
    guard marker.hasPrefix("flyrecord") else {
      throw TraceError(
        .damaged, file: source.name, offset: offset, expected: "\"flyrecord\" of instance \(name)",
        found: "\"\(marker)\"")
    }
    return try readBuffer6(&cursor, name: name)
  }
}
