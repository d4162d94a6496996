import CZstd

/// Hands out the records of a perf.data one after another, those within compressed ones included, from memory of fixed
/// size. A record that has not come whole is kept until it has.
struct PerfRecords: ~Copyable {
  /// One record; valid until the next is asked for.
  struct Record {
    var type: UInt32
    /// What is behind the header.
    var body: PerfBytes
    /// Where it lies in the input; of a compressed one, where the record around it does.
    var offset: UInt64
  }

  private let stream: ByteStream
  private let bigEndian: Bool
  private let end: UInt64
  /// Whether all that there is has been in memory.
  private var isInputAtEnd = false
  /// Bytes that come next and are passed over.
  private var toPass: UInt64 = 0
  /// Whether the last record has been handed out.
  private(set) var isAtEnd = false
  /// Bytes of the input that are in memory, from `position` on.
  private let buffer: UnsafeMutableRawBufferPointer
  private var position: UInt64
  private var head = 0
  private var tail = 0
  /// What was unpacked and not handed out: records straddle the compressed ones.
  private var unpacked: UnsafeMutableRawBufferPointer
  private var unpackedHead = 0
  private var unpackedTail = 0
  private var unpackedOffset: UInt64 = 0
  private var zstd: OpaquePointer?
  /// The compressed bytes of the record at hand that wait.
  private var packed = ZSTD_inBuffer()
  private(set) var hasCompressed = false
  private let limits: UnpackingLimits
  private let window: UInt64
  private var packedTotal: UInt64 = 0
  private var unpackedTotal: UInt64 = 0

  private static let bufferSize = 1 << 20

  /// - Parameters:
  ///   - stream: the input from the first record on.
  ///   - range: where the records lie in the input.
  ///   - window: the most bytes that the decoder of compressed records may keep.
  ///   - limits: what compressed records may unpack to.
  init(
    _ stream: ByteStream, _ range: Range<UInt64>, bigEndian: Bool,
    window: UInt64 = TraceOptions().zstdWindow, limits: UnpackingLimits = UnpackingLimits()
  ) {
    self.stream = stream
    (self.window, self.limits) = (window, limits)
    self.bigEndian = bigEndian
    position = range.lowerBound
    end = range.upperBound
    buffer = .allocate(byteCount: PerfRecords.bufferSize, alignment: 16)
    unpacked = .allocate(byteCount: PerfRecords.bufferSize, alignment: 16)
  }

  deinit {
    buffer.deallocate()
    unpacked.deallocate()
    ZSTD_freeDStream(zstd)
  }

  /// Where reading has come to in the input.
  var offset: UInt64 { position + UInt64(head) }

  /// The next record that is wholly in memory; nil if there is none. It may be there after `fill`, unless `isAtEnd`.
  ///
  /// - Throws: `damaged` where the input ends within a record, or a record is none. Nothing can be read behind it.
  mutating func next() throws(TraceError) -> Record? {
    while true {
      if let record = try nextUnpacked() { return record }
      guard let record = try nextPlain() else {
        guard !isAtEnd || unpackedHead == unpackedTail || stream.isStopped else {
          throw TraceError(
            .damaged, file: stream.name, offset: offset, expected: "the rest of a compressed record",
            found: "the end of the file")
        }
        return nil
      }
      guard record.type == PerfRecord.compressed || record.type == PerfRecord.compressed2 else {
        return record
      }
      try unpack(record)
    }
  }

  /// The next record, after waiting for it if it must be; nil at the end.
  mutating func nextWaiting() throws(TraceError) -> Record? {
    while true {
      if let record = try next() { return record }
      if isAtEnd { return nil }
      _ = try fill(patience: -1)
    }
  }

  /// Bytes behind the record at hand that belong to it (the tracing data), after waiting for them.
  mutating func take(_ count: Int, for what: String) throws(TraceError) -> [UInt8] {
    let start = offset
    guard count <= ByteSource.allocationLimit else {
      throw TraceError(
        .damaged, file: stream.name, offset: start,
        expected: "at most \(ByteSource.allocationLimit) bytes of \(what)", found: "a length of \(count)")
    }
    // No memory for what has not come.
    var result: [UInt8] = []
    while result.count < count {
      let part = min(count - result.count, tail - head)
      result += UnsafeRawBufferPointer(rebasing: buffer[head..<head + part])
      head += part
      guard result.count < count else { break }
      guard !isInputAtEnd else {
        throw TraceError(
          .damaged, file: stream.name, offset: start, expected: "\(count) bytes of \(what)",
          found: result.isEmpty
            ? "the end of the file" : "only \(result.count) bytes before the end of the file")
      }
      _ = try fill(patience: -1)
    }
    return result
  }

  /// Passes over bytes behind the record at hand.
  mutating func skip(_ count: Int) {
    toPass = toPass.addingReportingOverflow(UInt64(max(0, count))).partialValue
  }

  private mutating func passOver() {
    let count = min(toPass, UInt64(tail - head))
    head += Int(count)
    toPass -= count
  }

  private mutating func nextPlain() throws(TraceError) -> Record? {
    passOver()
    let available = tail - head
    if available == 0 || toPass > 0 {
      isAtEnd = isInputAtEnd
      return nil
    }
    let start = offset
    guard available >= PerfRecord.headerSize else {
      return try incomplete(start, "the header of a record")
    }
    let size = Int(bytes(head, PerfRecord.headerSize).u16(6))
    guard size >= PerfRecord.headerSize else {
      throw TraceError(
        .damaged, file: stream.name, offset: start, expected: "a record of at least 8 bytes", found: "\(size)"
      )
    }
    guard available >= size else { return try incomplete(start, "a record of \(size) bytes") }
    let whole = bytes(head, size)
    head += size
    return Record(
      type: whole.u32(0), body: whole.from(PerfRecord.headerSize), offset: start)
  }

  /// A record whose end has not come, or never will.
  private mutating func incomplete(_ start: UInt64, _ what: String) throws(TraceError) -> Record? {
    isAtEnd = isInputAtEnd
    guard isAtEnd, !stream.isStopped else { return nil }
    throw cut(start, what)
  }

  private func cut(_ start: UInt64, _ what: String) -> TraceError {
    TraceError(
      .damaged, file: stream.name, offset: start, expected: what, found: "the end of the records")
  }

  private func bytes(_ start: Int, _ count: Int) -> PerfBytes {
    PerfBytes(base: UnsafeRawPointer(buffer.baseAddress!) + start, count: count, bigEndian: bigEndian)
  }

  /// Reads on. Records that were handed out are no longer valid.
  ///
  /// - Parameter patience: milliseconds to wait; without limit if negative.
  /// - Returns: false if nothing came in that time.
  mutating func fill(patience: Int32) throws(TraceError) -> Bool {
    guard let base = buffer.baseAddress else { return true }
    if head > 0 {
      base.copyMemory(from: base + head, byteCount: tail - head)
      position += UInt64(head)
      (head, tail) = (0, tail - head)
    }
    if toPass > 0 {
      let passed = stream.pass(min(toPass, end - min(end, position)))
      position += passed
      toPass -= passed
    }
    let left = end - min(end, position + UInt64(tail))
    let room = UnsafeMutableRawBufferPointer(
      rebasing: buffer[tail..<(left < UInt64(buffer.count - tail) ? tail + Int(left) : buffer.count)])
    guard !room.isEmpty else {
      isInputAtEnd = true
      return true
    }
    switch try stream.read(into: room, patience: patience) {
    case .bytes(let count): tail += count
    case .nothing: return false
    case .end: isInputAtEnd = true
    }
    return true
  }

  // MARK: - Compressed records

  private mutating func nextUnpacked() throws(TraceError) -> Record? {
    while true {
      let available = unpackedTail - unpackedHead
      if available >= PerfRecord.headerSize {
        let start = PerfBytes(
          base: UnsafeRawPointer(unpacked.baseAddress!) + unpackedHead, count: available, bigEndian: bigEndian
        )
        let size = Int(start.u16(6))
        guard size >= PerfRecord.headerSize else {
          throw TraceError(
            .damaged, file: stream.name, offset: unpackedOffset,
            expected: "a compressed record of at least 8 bytes", found: "\(size)")
        }
        if available >= size {
          unpackedHead += size
          return Record(
            type: start.u32(0), body: start.from(PerfRecord.headerSize, length: size - PerfRecord.headerSize),
            offset: unpackedOffset)
        }
      }
      guard try unpackMore() else { return nil }
    }
  }

  /// One zstd stream goes through all of them.
  private mutating func unpack(_ record: Record) throws(TraceError) {
    if zstd == nil {
      zstd = ZSTD_createDStream()
      ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, Wrapper.windowLog(window))
      hasCompressed = true
    }
    unpackedOffset = record.offset
    var body = record.body
    if record.type == PerfRecord.compressed2 {
      let size = body.u64(0)
      body = body.from(8)
      guard size <= UInt64(body.count) else {
        throw TraceError(
          .damaged, file: stream.name, offset: record.offset, expected: "\(size) compressed bytes",
          found: "only \(body.count)")
      }
      body = body.from(0, length: Int(size))
    }
    // The bytes stay where they are until all of them are unpacked: nothing else is read before.
    packed = ZSTD_inBuffer(src: body.base, size: body.count, pos: 0)
  }

  /// - Returns: whether anything came.
  private mutating func unpackMore() throws(TraceError) -> Bool {
    guard packed.pos < packed.size || mayHoldMore else { return false }
    let base = unpacked.baseAddress!
    if unpackedHead > 0 {
      base.copyMemory(from: base + unpackedHead, byteCount: unpackedTail - unpackedHead)
      (unpackedHead, unpackedTail) = (0, unpackedTail - unpackedHead)
    }
    let before = packed.pos
    var output = ZSTD_outBuffer(dst: base + unpackedTail, size: unpacked.count - unpackedTail, pos: 0)
    repeat {
      let status = ZSTD_decompressStream(zstd, &output, &packed)
      if ZSTD_isError(status) != 0 {
        let isLarge = ZSTD_getErrorCode(status) == ZSTD_error_frameParameter_windowTooLarge
        throw TraceError(
          .damaged, file: stream.name, offset: unpackedOffset,
          expected: isLarge ? Wrapper.acceptedWindow(window) : "zstd data",
          found: isLarge ? "one with a larger window" : String(cString: ZSTD_getErrorName(status)))
      }
    } while output.pos == 0 && packed.pos < packed.size
    unpackedTail += output.pos
    packedTotal &+= UInt64(packed.pos - before)
    unpackedTotal &+= UInt64(output.pos)
    guard !limits.isBomb(packed: packedTotal, unpacked: unpackedTotal) else {
      throw TraceError(
        .damaged, file: stream.name, offset: unpackedOffset, expected: limits.description,
        found: "\(unpackedTotal) bytes from \(packedTotal)")
    }
    mayHoldMore = output.pos == output.size
    return output.pos > 0
  }

  /// Whether the library may have more than there was room for.
  private var mayHoldMore = false
}
