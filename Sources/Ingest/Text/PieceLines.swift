#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Hands out the lines of parts of a file, as `LineReader` does those of an input that is read once: without their ends, from
/// memory of fixed size.
struct PieceLines: ~Copyable {
  private let source: ByteSource
  private let lineLimit: Int
  private let buffer: UnsafeMutableRawBufferPointer
  /// What is in the buffer and not yet handed out.
  private var head = 0
  private var tail = 0
  /// Where the buffer's first byte lies in the input.
  private var base: UInt64 = 0
  private var isAtEnd = true
  /// Where to stop, and how much to read at a time.
  private var end: UInt64 = 0
  private let readSize: Int

  /// There are no lines before `move` says where.
  init(_ source: ByteSource, lineLimit: Int, readSize: Int = .max) {
    self.source = source
    self.lineLimit = lineLimit
    self.readSize = readSize
    buffer = .allocate(byteCount: lineLimit + (1 << 18), alignment: 16)
  }

  deinit { buffer.deallocate() }

  /// Goes on with a part of the file, which ends with a line's end or the input's.
  mutating func move(to range: Range<UInt64>) {
    (base, end) = (range.lowerBound, range.upperBound)
    (head, tail, isAtEnd) = (0, 0, false)
  }

  /// The next line that is not blank; nil at the end.
  mutating func next() throws(TraceError) -> LineReader.Line? {
    while true {
      guard let line = try nextLine() else { return nil }
      if let text = line.text, text.last ?? 0 <= 0x20, text.allSatisfy({ $0 <= 0x20 }) { continue }
      return line
    }
  }

  private mutating func nextLine() throws(TraceError) -> LineReader.Line? {
    var searched = head
    while true {
      if let end = newline(from: searched) { return take(end, isCut: false) }
      if tail - head > lineLimit { return try passOver() }
      searched = tail - head
      guard !isAtEnd else { return head < tail ? take(tail, isCut: true) : nil }
      try fill()
      searched += head
    }
  }

  private func newline(from start: Int) -> Int? {
    guard start < tail, let base = buffer.baseAddress else { return nil }
    return memchr(base + start, 0x0a, tail - start).map {
      UnsafeRawPointer(base).distance(to: UnsafeRawPointer($0))
    }
  }

  /// The line up to `end`, where its newline or the input's end is.
  private mutating func take(_ end: Int, isCut: Bool) -> LineReader.Line {
    var start = head
    head = min(end + 1, tail)
    // A byte order mark is no part of the first line.
    if base == 0, start == 0, end >= 3, buffer[0] == 0xef, buffer[1] == 0xbb, buffer[2] == 0xbf { start = 3 }
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[start..<end]).assumingMemoryBound(to: UInt8.self)
    return LineReader.Line(
      text: bytes.count <= lineLimit ? bytes : nil, start: base + UInt64(start), end: base + UInt64(head),
      isCut: isCut)
  }

  /// Drops a line that is too long.
  private mutating func passOver() throws(TraceError) -> LineReader.Line {
    let start = base + UInt64(head)
    while true {
      if let end = newline(from: head) {
        head = end + 1
        break
      }
      head = tail
      if isAtEnd { break }
      try fill()
    }
    return LineReader.Line(text: nil, start: start, end: base + UInt64(head), isCut: false)
  }

  /// Moves what is left to the front and reads on behind it.
  private mutating func fill() throws(TraceError) {
    if head > 0, let address = buffer.baseAddress {
      memmove(address, address + head, tail - head)
      base += UInt64(head)
      tail -= head
      head = 0
    }
    let place = base + UInt64(tail)
    let wanted = min(buffer.count - tail, readSize, Int(clamping: end > place ? end - place : 0))
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[tail..<tail + wanted])
    let count = try source.read(at: place, into: room)
    isAtEnd = count < wanted || wanted == 0
    tail += count
  }
}
