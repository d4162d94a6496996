#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Hands out the lines of an input one after another, without their ends, from memory of fixed size. A line that has not
/// ended is kept until it has.
struct LineReader: ~Copyable {
  /// One line that is not blank; valid until the next is asked for.
  struct Line {
    /// Nil if it is longer than the limit.
    var text: UnsafeBufferPointer<UInt8>?
    /// Where it begins and ends in the input.
    var start: UInt64
    var end: UInt64
    /// Whether the input ends before the line does.
    var isCut: Bool

    var tooLong: JSONProblem {
      JSONProblem(0, "a line of at most \(JSONLinesReader.lineLimit) bytes", found: "a longer one")
    }

    /// A problem within the line, at its place in the input.
    func error(_ problem: JSONProblem, file: String) -> TraceError {
      var found = problem.found ?? ""
      if problem.found == nil, let text {
        if problem.position < text.count {
          found = "\"" + String(decoding: text[problem.position...].prefix(24), as: UTF8.self) + "\""
        } else {
          found = isCut ? "the end of the file" : "the end of the line"
        }
      }
      return TraceError(
        .damaged, file: file, offset: start + UInt64(problem.position), expected: problem.expected,
        found: found)
    }
  }

  private let stream: ByteStream
  private let lineLimit: Int
  private let buffer: UnsafeMutableRawBufferPointer
  /// What is in the buffer and not yet handed out, and up to where it has been searched for a line's end.
  private var head = 0
  private var tail = 0
  private var searched = 0
  /// Where the buffer's first byte lies in the input.
  private var base: UInt64 = 0
  /// Where the line began of which the rest is passed over, since it is too long.
  private var tooLongFrom: UInt64?
  /// Whether all of the input is in the buffer or has been in it.
  private(set) var isAtEnd = false

  init(_ stream: ByteStream, lineLimit: Int) {
    self.stream = stream
    self.lineLimit = lineLimit
    buffer = .allocate(byteCount: lineLimit + (1 << 18), alignment: 16)
  }

  init(_ source: ByteSource, lineLimit: Int) { self.init(ByteStream(source), lineLimit: lineLimit) }

  deinit { buffer.deallocate() }

  /// How far lines have been handed out.
  var offset: UInt64 { base + UInt64(head) }

  /// The next line that is not blank and wholly in memory; nil if there is none. It may be there after `fill`, unless
  /// `isAtEnd`.
  mutating func next() -> Line? {
    while let line = nextLine() {
      if let text = line.text, text.last ?? 0 <= 0x20, text.allSatisfy({ $0 <= 0x20 }) { continue }
      return line
    }
    return nil
  }

  /// The next line that is not blank, after waiting for it if it must be; nil at the end.
  mutating func nextWaiting() throws(TraceError) -> Line? {
    while true {
      if let line = next() { return line }
      if isAtEnd { return nil }
      _ = try fill(patience: -1)
    }
  }

  private mutating func nextLine() -> Line? {
    if let end = newline() { return take(end, isCut: false) }
    searched = tail
    if tooLongFrom == nil, tail - head > lineLimit { tooLongFrom = base + UInt64(head) }
    // Of a line that is passed over nothing need be kept.
    if tooLongFrom != nil { head = tail }
    guard isAtEnd else { return nil }
    if stream.isStopped { head = tail }
    return head < tail || tooLongFrom != nil ? take(tail, isCut: true) : nil
  }

  private func newline() -> Int? {
    guard searched < tail, let base = buffer.baseAddress else { return nil }
    return memchr(base + searched, 0x0a, tail - searched).map {
      UnsafeRawPointer(base).distance(to: UnsafeRawPointer($0))
    }
  }

  /// The line up to `end`, where its newline or the input's end is.
  private mutating func take(_ end: Int, isCut: Bool) -> Line {
    var start = head
    head = min(end + 1, tail)
    searched = head
    if let from = tooLongFrom {
      tooLongFrom = nil
      return Line(text: nil, start: from, end: base + UInt64(head), isCut: false)
    }
    // A byte order mark is no part of the first line.
    if base == 0, start == 0, end >= 3, buffer[0] == 0xef, buffer[1] == 0xbb, buffer[2] == 0xbf { start = 3 }
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[start..<end]).assumingMemoryBound(to: UInt8.self)
    return Line(
      text: bytes.count <= lineLimit ? bytes : nil, start: base + UInt64(start), end: base + UInt64(head),
      isCut: isCut)
  }

  /// Moves what is left to the front and reads on behind it. Lines that were handed out are no longer valid.
  ///
  /// - Parameter patience: milliseconds to wait; without limit if negative.
  /// - Returns: false if nothing came in that time.
  mutating func fill(patience: Int32) throws(TraceError) -> Bool {
    if head > 0, let address = buffer.baseAddress {
      memmove(address, address + head, tail - head)
      base += UInt64(head)
      tail -= head
      searched -= head
      head = 0
    }
    switch try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[tail...]), patience: patience)
    {
    case .bytes(let count): tail += count
    case .nothing: return false
    case .end: isAtEnd = true
    }
    return true
  }
}
