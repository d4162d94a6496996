import CZlib
import CZstd

/// A compression around a whole input file.
enum Wrapper: String {
  case zstd
  case gzip

  /// The largest content size that a frame may promise before anything is read: one tebibyte.
  static let promiseLimit: UInt64 = 1 << 40

  static func detect(_ source: ByteSource) throws(TraceError) -> Wrapper? {
    let start = try source.prefix(4)
    if start.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) { return .zstd }
    // A skippable frame (0x184D2A5?) may come before the first zstd frame.
    if start.count == 4, start[0] & 0xf0 == 0x50, start[1...].elementsEqual([0x2a, 0x4d, 0x18]) {
      return .zstd
    }
    if start.starts(with: [0x1f, 0x8b]) { return .gzip }
    return nil
  }

  /// Unpacks everything into a temporary file. Damage does not throw: what came before it is returned beside it,
  /// unless nothing did.
  ///
  /// - Parameters:
  ///   - zstdWindow: the most bytes that a zstd frame may have its decoder keep.
  ///   - limits: what the unpacked bytes may come to.
  func unwrap(
    _ source: ByteSource, zstdWindow: UInt64, limits: UnpackingLimits = UnpackingLimits()
  ) throws(TraceError) -> (ByteSource, TraceError?) {
    var output = try TemporaryFile(for: source.name)
    var damage: TraceError?
    switch self {
    case .zstd: damage = try unpackZstd(source, window: zstdWindow, limits, into: &output)
    case .gzip: damage = try unpackGzip(source, limits, into: &output)
    }
    if output.written == 0 {
      throw damage
        ?? TraceError(.notATrace, file: source.name, expected: "a trace", found: "an empty \(rawValue) file")
    }
    return (output.finish(), damage)
  }

  private func check(
    _ limits: UnpackingLimits, _ source: ByteSource, read: UInt64, written: UInt64
  ) -> TraceError? {
    guard limits.isBomb(packed: read, unpacked: written) else { return nil }
    return TraceError(
      .damaged, file: source.name, offset: read, expected: limits.description,
      found: "\(written) bytes from \(read)")
  }

  /// The binary logarithm of a window, of those that the library takes.
  private static func windowLog(_ bytes: UInt64) -> Int32 {
    min(max(10, Int32(UInt64.bitWidth - 1 - max(1, bytes).leadingZeroBitCount)), 31)
  }

  private func unpackZstd(
    _ source: ByteSource, window: UInt64, _ limits: UnpackingLimits, into output: inout TemporaryFile
  ) throws(TraceError) -> TraceError? {
    let start = try source.prefix(18)
    let promised = start.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
    if promised < UInt64.max - 1, promised > Wrapper.promiseLimit {
      throw TraceError(
        .notATrace, file: source.name, offset: 0, expected: "a zstd frame of at most 1 TiB",
        found: "a frame that promises \(promised) bytes")
    }
    guard let stream = ZSTD_createDStream() else { return nil }
    defer { ZSTD_freeDStream(stream) }
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Wrapper.windowLog(window))
    let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer {
      input.deallocate()
      piece.deallocate()
    }
    var offset: UInt64 = 0
    var pending = 0
    while offset < source.size {
      let count = try source.read(at: offset, into: input)
      if count == 0 { break }
      var inBuffer = ZSTD_inBuffer(src: input.baseAddress, size: count, pos: 0)
      var full = false
      while inBuffer.pos < inBuffer.size || full {
        var outBuffer = ZSTD_outBuffer(dst: piece.baseAddress, size: piece.count, pos: 0)
        pending = ZSTD_decompressStream(stream, &outBuffer, &inBuffer)
        if outBuffer.pos > 0 {
          try output.append(UnsafeRawBufferPointer(rebasing: piece[..<outBuffer.pos]))
        }
        let position = offset + UInt64(inBuffer.pos)
        if ZSTD_getErrorCode(pending) == ZSTD_error_frameParameter_windowTooLarge {
          return TraceError(
            .damaged, file: source.name, offset: position,
            expected:
              "a zstd frame with a window of at most \(window >> 20) MiB (--zstd-window sets the limit)",
            found: "a frame that was made with a larger one (zstd --long)")
        }
        if ZSTD_isError(pending) != 0 {
          let reason = String(cString: ZSTD_getErrorName(pending))
          return TraceError(
            .damaged, file: source.name, offset: position, expected: "a zstd frame", found: reason)
        }
        if let bomb = check(limits, source, read: position, written: output.written) { return bomb }
        // Behind the end of a frame there is nothing left to come, even if the piece is full.
        full = outBuffer.pos == outBuffer.size && pending != 0
      }
      offset += UInt64(count)
    }
    guard pending != 0 else { return nil }
    return TraceError(
      .damaged, file: source.name, offset: offset, expected: "more of the zstd frame",
      found: "the end of the file")
  }

  private func unpackGzip(
    _ source: ByteSource, _ limits: UnpackingLimits, into output: inout TemporaryFile
  ) throws(TraceError) -> TraceError? {
    var stream = z_stream()
    // 15 + 16: the largest window, gzip header expected.
    guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      return nil
    }
    defer { inflateEnd(&stream) }
    let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 17)
    let piece = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 18)
    defer {
      input.deallocate()
      piece.deallocate()
    }
    var offset: UInt64 = 0
    var ended = false
    while offset < source.size {
      let count = try source.read(at: offset, into: UnsafeMutableRawBufferPointer(input))
      if count == 0 { break }
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(count)
      repeat {
        if ended {
          // Members may follow one another; zeros that fill up the last block of a disk are none.
          while stream.avail_in > 0, let next = stream.next_in, next.pointee == 0 {
            stream.next_in = next + 1
            stream.avail_in -= 1
          }
          if stream.avail_in == 0 { break }
          inflateReset(&stream)
          ended = false
        }
        stream.next_out = piece.baseAddress
        stream.avail_out = UInt32(piece.count)
        let status = inflate(&stream, Z_NO_FLUSH)
        let got = piece.count - Int(stream.avail_out)
        if got > 0 {
          try output.append(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: piece[..<got])))
        }
        let position = offset + UInt64(count) - UInt64(stream.avail_in)
        ended = status == Z_STREAM_END
        guard status == Z_OK || ended || status == Z_BUF_ERROR else {
          return TraceError(
            .damaged, file: source.name, offset: position, expected: "gzip data",
            found: stream.msg.map { String(cString: $0) } ?? "zlib error \(status)")
        }
        if let bomb = check(limits, source, read: position, written: output.written) { return bomb }
        if status == Z_BUF_ERROR { break }
      } while stream.avail_in > 0 || (stream.avail_out == 0 && !ended)
      offset += UInt64(count)
    }
    guard !ended else { return nil }
    return TraceError(
      .damaged, file: source.name, offset: offset, expected: "more of the gzip stream",
      found: "the end of the file")
  }
}
