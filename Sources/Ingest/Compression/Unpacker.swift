import CZlib
import CZstd

/// Takes the wrapper off a stream, a piece at a time, in memory of fixed size (and a zstd frame's window).
///
/// Damage is thrown once what came before it has been read, and again at each further read.
final class Unpacker {
  private let wrapper: Wrapper
  private let packed: ByteStream
  private let window: UInt64
  private let limits: UnpackingLimits
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
  /// What is in the input and not yet unpacked.
  private var head = 0
  private var tail = 0
  /// Bytes that came in and went out.
  private var read: UInt64 = 0
  private var written: UInt64 = 0
  private var failure: TraceError?
  private var zstd: OpaquePointer?
  private var gzip: UnsafeMutablePointer<z_stream>?
  /// Whether the input ended within a frame or member, if it ended here.
  private var isWithin = false
  /// Whether the library may hold bytes for which there was no room.
  private var mayHoldMore = false

  /// - Parameter window: the most bytes that a zstd frame may have its decoder keep.
  init(
    _ wrapper: Wrapper, _ packed: ByteStream, window: UInt64, limits: UnpackingLimits = UnpackingLimits()
  ) {
    (self.wrapper, self.packed, self.window, self.limits) = (wrapper, packed, window, limits)
  }

  deinit {
    input.deallocate()
    ZSTD_freeDStream(zstd)
    if let gzip {
      inflateEnd(gzip)
      gzip.deallocate()
    }
  }

  func read(
    into output: UnsafeMutableRawBufferPointer, _ patience: Int32
  ) throws(TraceError) -> ByteStream.Arrival {
    while true {
      if let failure { throw failure }
      if head < tail || mayHoldMore {
        let count = try unpack(into: output)
        written &+= UInt64(count)
        if failure == nil { failure = checkRatio() }
        if count > 0 { return .bytes(count) }
        if failure != nil || head < tail { continue }
      }
      switch try packed.read(into: input, patience: patience) {
      case .bytes(let count):
        (head, tail) = (0, count)
        read &+= UInt64(count)
        if written == 0, read == UInt64(count) { try begin() }
      case .nothing: return .nothing
      case .end:
        guard isWithin, !packed.isStopped else { return .end }
        throw fail("more of the \(wrapper == .zstd ? "zstd frame" : "gzip stream")", "the end of the file")
      }
    }
  }

  /// Where unpacking has come to in the packed bytes.
  private var place: UInt64 { read - UInt64(tail - head) }

  private func fail(_ expected: String, _ found: String) -> TraceError {
    let error = TraceError(.damaged, file: packed.name, offset: place, expected: expected, found: found)
    if failure == nil { failure = error }
    return error
  }

  private func checkRatio() -> TraceError? {
    guard limits.isBomb(packed: place, unpacked: written) else { return nil }
    return TraceError(
      .damaged, file: packed.name, offset: place, expected: limits.description,
      found: "\(written) bytes from \(place)")
  }

  /// Sets the library up, and looks at what the first frame promises.
  private func begin() throws(TraceError) {
    switch wrapper {
    case .zstd:
      let promised = ZSTD_getFrameContentSize(input.baseAddress, tail)
      if promised < UInt64.max - 1, promised > Wrapper.promiseLimit {
        let error = TraceError(
          .notATrace, file: packed.name, offset: 0, expected: "a zstd frame of at most 1 TiB",
          found: "a frame that promises \(promised) bytes")
        failure = error
        throw error
      }
      zstd = ZSTD_createDStream()
      guard zstd != nil else { throw fail("memory to unpack zstd", "none") }
      ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, Wrapper.windowLog(window))
    case .gzip:
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      stream.initialize(to: z_stream())
      // 15 + 16: the largest window, gzip header expected.
      guard inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
        stream.deallocate()
        throw fail("memory to unpack gzip", "none")
      }
      gzip = stream
    }
    isWithin = true
  }

  /// Unpacks as much as is there and fits.
  private func unpack(into output: UnsafeMutableRawBufferPointer) throws(TraceError) -> Int {
    wrapper == .zstd ? unpackZstd(into: output) : unpackGzip(into: output)
  }

  private func unpackZstd(into output: UnsafeMutableRawBufferPointer) -> Int {
    var from = ZSTD_inBuffer(src: input.baseAddress, size: tail, pos: head)
    var to = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let status = ZSTD_decompressStream(zstd, &to, &from)
    head = from.pos
    if ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge {
      _ = fail(Wrapper.acceptedWindow(window), "a frame that was made with a larger one (zstd --long)")
    } else if ZSTD_isError(status) != 0 {
      _ = fail("a zstd frame", String(cString: ZSTD_getErrorName(status)))
    }
    isWithin = status != 0
    // Behind the end of a frame there is nothing left to come, even if the output is full.
    mayHoldMore = to.pos == to.size && status != 0
    return to.pos
  }

  private func unpackGzip(into output: UnsafeMutableRawBufferPointer) -> Int {
    guard let gzip, let start = input.baseAddress, let out = output.baseAddress else { return 0 }
    if !isWithin {
      // Members may follow one another; zeros that fill up the last block of a disk are none.
      while head < tail, input[head] == 0 { head += 1 }
      guard head < tail else { return 0 }
      inflateReset(gzip)
    }
    gzip.pointee.next_in = (start + head).assumingMemoryBound(to: UInt8.self)
    gzip.pointee.avail_in = UInt32(tail - head)
    gzip.pointee.next_out = out.assumingMemoryBound(to: UInt8.self)
    gzip.pointee.avail_out = UInt32(clamping: output.count)
    let room = Int(gzip.pointee.avail_out)
    let status = inflate(gzip, Z_NO_FLUSH)
    let isStuck = status == Z_BUF_ERROR && head < tail && Int(gzip.pointee.avail_in) == tail - head
    head = tail - Int(gzip.pointee.avail_in)
    let got = room - Int(gzip.pointee.avail_out)
    isWithin = status != Z_STREAM_END
    mayHoldMore = got == room && isWithin
    if isStuck || (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
      _ = fail("gzip data", gzip.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)")
    }
    return got
  }
}
