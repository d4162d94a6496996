/// Bounds on what a file may say about where its pages are.
extension TraceDatFile {
  /// The most CPUs of a machine; Linux can be built for 8,192.
  static let cpuLimit: UInt64 = 1 << 14
  /// The most CPUs of all buffers together, with and without pages.
  private static let totalLimit = 1 << 16
  /// The most trace buffers; each instance is one.
  private static let bufferLimit = 1 << 12
  /// The most rows of pages that are read side by side.
  private static let streamLimit = 1 << 13

  mutating func add(_ buffer: Buffer, at offset: UInt64, file: String) throws(TraceError) {
    guard buffers.count < TraceDatFile.bufferLimit else {
      throw TraceError(
        .damaged, file: file, offset: offset,
        expected: "at most \(TraceDatFile.bufferLimit) trace buffers", found: "one more")
    }
    let total = buffers.reduce(buffer.cpus.count) { $0 + $1.cpus.count }
    guard total <= TraceDatFile.totalLimit else {
      throw TraceError(
        .damaged, file: file, offset: offset,
        expected: "at most \(TraceDatFile.totalLimit) CPUs in all trace buffers", found: "\(total)")
    }
    buffers.append(buffer)
  }

  /// Ends each CPU's pages where another's begin, for a damaged size would have pages read twice, and a hostile file
  /// could ask for the same pages without end.
  mutating func separateCPUs(_ file: String) {
    var places: [(offset: UInt64, buffer: Int, cpu: Int)] = []
    for buffer in buffers.indices {
      for cpu in buffers[buffer].cpus.indices where buffers[buffer].cpus[cpu].size > 0 {
        places.append((buffers[buffer].cpus[cpu].offset, buffer, cpu))
      }
    }
    places.sort { $0.offset < $1.offset }
    for (place, next) in zip(places, places.dropFirst()) {
      let data = buffers[place.buffer].cpus[place.cpu]
      let room = next.offset - data.offset
      guard data.size > room else { continue }
      // The size of packed data does not count the number of chunks in front of it.
      let count: UInt64 = buffers[place.buffer].isCompressed ? 4 : 0
      buffers[place.buffer].cpus[place.cpu].size = room > count ? room - count : 0
      problems.append(
        TraceError(
          .damaged, file: file, offset: data.offset,
          expected: "at most \(room) bytes of CPU \(data.cpu), before those of another", found: "\(data.size)"
        ))
    }
    for place in places.dropFirst(TraceDatFile.streamLimit) {
      buffers[place.buffer].cpus[place.cpu].size = 0
    }
    if places.count > TraceDatFile.streamLimit {
      problems.append(
        TraceError(
          .damaged, file: file, expected: "at most \(TraceDatFile.streamLimit) CPUs with data",
          found: "\(places.count)"))
    }
  }
}
