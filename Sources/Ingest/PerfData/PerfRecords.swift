import CZstd

/// Hands out the records of a perf.data one after another, those within compressed ones included.
struct PerfRecords: ~Copyable {
  /// One record; valid until the next is asked for.
  struct Record {
    var type: UInt32
    /// What is behind the header.
    var body: PerfBytes
    /// Where it lies in the input; of a compressed one, where the record around it does.
    var offset: UInt64
  }

  private let source: ByteSource
  private let bigEndian: Bool
  private let end: UInt64
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
  private var packedTotal: UInt64 = 0
  private var unpackedTotal: UInt64 = 0

  private static let bufferSize = 1 << 20

  init(
    _ source: ByteSource, _ range: Range<UInt64>, bigEndian: Bool, limits: UnpackingLimits = UnpackingLimits()
  ) {
    self.source = source
    self.limits = limits
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

  /// The next record; nil at the end.
  ///
  /// - Throws: `damaged` where the input ends within a record, or a record is none. Nothing can be read behind it.
  mutating func next() throws(TraceError) -> Record? {
    while true {
      if let record = try nextUnpacked() { return record }
      guard let record = try nextPlain() else {
        guard unpackedHead == unpackedTail else {
          throw TraceError(
            .damaged, file: source.name, offset: offset, expected: "the rest of a compressed record",
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

  /// Bytes behind the record at hand that belong to it (the tracing data).
  mutating func take(_ count: Int, for what: String) throws(TraceError) -> [UInt8] {
    let bytes = try source.bytes(at: offset, count: count, for: what)
    skip(count)
    return bytes
  }

  /// Passes over bytes behind the record at hand.
  mutating func skip(_ count: Int) {
    if count <= tail - head {
      head += count
    } else {
      // However far a damaged size leads: the end of the records is the end.
      position = min(end, offset &+ UInt64(max(0, count)))
      (head, tail) = (0, 0)
    }
  }

  private mutating func nextPlain() throws(TraceError) -> Record? {
    let start = offset
    guard start < end else { return nil }
    try fill(PerfRecord.headerSize)
    guard tail - head >= PerfRecord.headerSize else { throw cut(start, "the header of a record") }
    let size = Int(bytes(head, PerfRecord.headerSize).u16(6))
    guard size >= PerfRecord.headerSize else {
      throw TraceError(
        .damaged, file: source.name, offset: start, expected: "a record of at least 8 bytes", found: "\(size)"
      )
    }
    try fill(size)
    guard tail - head >= size else { throw cut(start, "a record of \(size) bytes") }
    let whole = bytes(head, size)
    head += size
    return Record(
      type: whole.u32(0), body: whole.from(PerfRecord.headerSize), offset: start)
  }

  private func cut(_ start: UInt64, _ what: String) -> TraceError {
    TraceError(
      .damaged, file: source.name, offset: start, expected: what, found: "the end of the records")
  }

  private func bytes(_ start: Int, _ count: Int) -> PerfBytes {
    PerfBytes(base: UnsafeRawPointer(buffer.baseAddress!) + start, count: count, bigEndian: bigEndian)
  }

  /// Sees to it that so many bytes are in memory, if there are.
  private mutating func fill(_ wanted: Int) throws(TraceError) {
    guard tail - head < wanted else { return }
    let base = buffer.baseAddress!
    if head > 0 {
      base.copyMemory(from: base + head, byteCount: tail - head)
      position += UInt64(head)
      (head, tail) = (0, tail - head)
    }
    let left = end - min(end, position + UInt64(tail))
    let room = UnsafeMutableRawBufferPointer(
      rebasing: buffer[tail..<min(buffer.count, tail + Int(clamping: left))])
    if !room.isEmpty { tail += try source.read(at: position + UInt64(tail), into: room) }
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
            .damaged, file: source.name, offset: unpackedOffset,
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
      hasCompressed = true
    }
    unpackedOffset = record.offset
    var body = record.body
    if record.type == PerfRecord.compressed2 {
      let size = body.u64(0)
      body = body.from(8)
      guard size <= UInt64(body.count) else {
        throw TraceError(
          .damaged, file: source.name, offset: record.offset, expected: "\(size) compressed bytes",
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
        throw TraceError(
          .damaged, file: source.name, offset: unpackedOffset, expected: "zstd data",
          found: String(cString: ZSTD_getErrorName(status)))
      }
    } while output.pos == 0 && packed.pos < packed.size
    unpackedTail += output.pos
    packedTotal &+= UInt64(packed.pos - before)
    unpackedTotal &+= UInt64(output.pos)
    guard !limits.isBomb(packed: packedTotal, unpacked: unpackedTotal) else {
      throw TraceError(
        .damaged, file: source.name, offset: unpackedOffset, expected: limits.description,
        found: "\(unpackedTotal) bytes from \(packedTotal)")
    }
    mayHoldMore = output.pos == output.size
    return output.pos > 0
  }

  /// Whether the library may have more than there was room for.
  private var mayHoldMore = false
}
