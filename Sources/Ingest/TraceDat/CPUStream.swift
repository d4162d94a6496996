/// The pages of one CPU in one buffer, handed out piece by piece. Guarded by the pipeline's lock.
final class CPUStream: @unchecked Sendable {
  let cpu: UInt16
  let buffer: Int
  let isCompressed: Bool
  let pages: PageLayout
  let clock: ClockConversion
  private let source: ByteSource
  private let start: UInt64
  private let end: UInt64
  private var next: UInt64
  private var chunksLeft: UInt64 = 0
  private var isOpened = false
  private var isExhausted = false
  /// A sum of what was handed out, for progress.
  private(set) var bytesClaimed: UInt64 = 0

  init(
    _ data: TraceDatFile.CPUData, buffer: Int, isCompressed: Bool, pages: PageLayout, clock: ClockConversion,
    source: ByteSource
  ) {
    cpu = UInt16(truncatingIfNeeded: data.cpu)
    self.buffer = buffer
    self.isCompressed = isCompressed
    self.pages = pages
    self.clock = clock
    self.source = source
    start = data.offset
    // The size of packed data does not count the number of chunks in front of it.
    let size = isCompressed && data.size > 0 ? data.size &+ 4 : data.size
    let (stop, overflow) = data.offset.addingReportingOverflow(size)
    end = overflow ? .max : stop
    next = data.offset
    isExhausted = data.size == 0
  }

  /// Bytes in the file.
  var size: UInt64 { end - start }

  /// The most bytes of one chunk, packed or not. trace-cmd makes them of ten pages.
  private var chunkLimit: UInt64 { max(1 << 19, 16 * UInt64(pages.pageSize)) }
  /// Unpacked bytes for each packed one: each page has a time of its own, and packs to some bytes at least.
  private static let ratioLimit: UInt64 = 4096
  /// A piece takes no further chunk once it has so many unpacked bytes.
  private static let pieceLimit: UInt64 = 1 << 18

  /// A piece of the stream that can be decoded on its own.
  struct Piece {
    var offset: UInt64
    var size: Int
    /// Bytes of pages that it unpacks to.
    var pageBytes: Int
    /// What is wrong with the stream from here on.
    var problem: TraceError?
  }

  /// The next piece of about `target` bytes of pages, or nil at the end.
  func claim(chunks: Int, pageBytes: Int) -> Piece? {
    if isExhausted { return nil }
    let piece = isCompressed ? claimChunks(chunks) : claimPages(pageBytes)
    if let piece { bytesClaimed &+= UInt64(piece.size) }
    return piece
  }

  private func claimPages(_ bytes: Int) -> Piece? {
    let limit = min(end, source.size)
    guard next < limit else {
      isExhausted = true
      return next < end ? Piece(offset: next, size: 0, pageBytes: 0, problem: cut(next)) : nil
    }
    let whole = max(1, bytes / pages.pageSize) * pages.pageSize
    let size = Int(min(UInt64(whole), limit - next))
    defer { next += UInt64(size) }
    return Piece(offset: next, size: size, pageBytes: size)
  }

  private func cut(_ offset: UInt64) -> TraceError {
    TraceError(
      .damaged, file: source.name, offset: min(offset, source.size),
      expected: "\(end - min(offset, end)) more bytes of CPU \(cpu)", found: "the end of the file")
  }

  func problem(at offset: UInt64, _ expected: String, _ found: String) -> TraceError {
    TraceError(.damaged, file: source.name, offset: offset, expected: expected, found: found)
  }

  /// The word at a place and the one behind it; nil if `count` of them are not there.
  private func words(_ count: UInt64, at offset: UInt64) -> (UInt64, UInt64)? {
    guard offset &+ 4 * count <= min(end, source.size) else { return nil }
    var words = (UInt32(0), UInt32(0))
    let read = withUnsafeMutableBytes(of: &words) {
      try? source.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<Int(4 * count)]))
    }
    guard read == Int(4 * count) else { return nil }
    return pages.bigEndian
      ? (UInt64(words.0.bigEndian), UInt64(words.1.bigEndian))
      : (UInt64(words.0.littleEndian), UInt64(words.1.littleEndian))
  }

  /// Chunks lie one after another: packed size, unpacked size, packed bytes. Their number comes first.
  private func claimChunks(_ most: Int) -> Piece? {
    if !isOpened {
      isOpened = true
      guard let (count, _) = words(1, at: next) else {
        isExhausted = true
        return Piece(offset: next, size: 0, pageBytes: 0, problem: cut(next))
      }
      chunksLeft = count
      next += 4
    }
    let begin = next
    var taken = 0
    var unpackedBytes: UInt64 = 0
    func piece(_ problem: TraceError? = nil) -> Piece {
      Piece(
        offset: begin, size: Int(next - begin), pageBytes: Int(clamping: unpackedBytes), problem: problem)
    }
    while taken < most && chunksLeft > 0 && unpackedBytes < CPUStream.pieceLimit {
      guard let (packed, unpacked) = words(2, at: next),
        next + 8 + packed <= min(end, source.size)
      else {
        isExhausted = true
        return piece(cut(next))
      }
      if max(packed, unpacked) > chunkLimit || unpacked / max(1, packed) > CPUStream.ratioLimit {
        let problem = TraceError(
          .damaged, file: source.name, offset: next,
          expected: "a chunk of at most \(chunkLimit) bytes, and \(CPUStream.ratioLimit) for each packed one",
          found: "\(packed) that unpack to \(unpacked)")
        let refused = piece(problem)
        next += 8 + packed
        chunksLeft -= 1
        return refused
      }
      next += 8 + packed
      unpackedBytes += unpacked
      chunksLeft -= 1
      taken += 1
    }
    guard taken > 0 else {
      isExhausted = true
      return nil
    }
    return piece()
  }
}

/// From the units of a trace clock to nanoseconds.
struct ClockConversion: Sendable {
  var cycles: TraceDatFile.CycleClock?
  /// Nanoseconds added after conversion.
  var offset: Int64 = 0

  @inline(__always)
  func nanoseconds(_ raw: UInt64) -> UInt64 {
    if let cycles {
      let product = raw.multipliedFullWidth(by: cycles.multiplier)
      let shift = min(cycles.shift, 127)
      let value =
        shift == 0
        ? product.low
        : shift < 64
          ? product.low >> shift | product.high << (64 - shift) : product.high >> (shift - 64)
      return value &+ UInt64(bitPattern: offset)
    }
    return raw &+ UInt64(bitPattern: offset)
  }
}
