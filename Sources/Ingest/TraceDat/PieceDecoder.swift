import DMAModel

/// Decodes pieces of CPU streams into batches: reads, unpacks, walks the pages. One for each thread.
final class PieceDecoder {
  private let source: ByteSource
  private let decompressor: Decompressor
  private let memory: EventMemory
  private var records: RecordDecoder
  private var input: UnsafeMutableRawBufferPointer
  private var output: UnsafeMutableRawBufferPointer
  /// A loss whose page is still to come.
  private var lossPending = false

  /// Bytes of a buffer to begin with, and those of one that does not stay.
  private static let (usualBytes, oddBytes) = (1 << 16, 1 << 20)

  init(
    _ source: ByteSource, compression: ChunkCompression, memory: EventMemory,
    records: consuming RecordDecoder
  ) {
    self.source = source
    decompressor = Decompressor(compression)
    self.memory = memory
    self.records = records
    input = .allocate(byteCount: PieceDecoder.usualBytes, alignment: 16)
    output = .allocate(byteCount: PieceDecoder.usualBytes, alignment: 16)
    memory.takeAnyway(2 * PieceDecoder.usualBytes)
  }

  deinit {
    memory.giveBack(input.count + output.count)
    input.deallocate()
    output.deallocate()
  }

  /// Records met so far, by index in the catalogue; the count starts anew.
  func takeCounts() -> [UInt64] { records.takeCounts() }

  private func reserve(_ buffer: inout UnsafeMutableRawBufferPointer, _ count: Int) {
    if buffer.count >= count { return }
    replace(&buffer, count < PieceDecoder.oddBytes ? count + count / 4 : count)
  }

  private func replace(_ buffer: inout UnsafeMutableRawBufferPointer, _ count: Int) {
    memory.giveBack(buffer.count)
    buffer.deallocate()
    memory.takeAnyway(count)
    buffer = .allocate(byteCount: count, alignment: 16)
  }

  /// What an odd piece has made large does not stay so.
  private func trim(_ buffer: inout UnsafeMutableRawBufferPointer) {
    if buffer.count > 2 * PieceDecoder.oddBytes { replace(&buffer, PieceDecoder.usualBytes) }
  }

  /// Fills `batch` with the events of a piece. Damage goes into the batch, never out of it; so does a loss, where there is
  /// no memory for all of them.
  func decode(_ piece: CPUStream.Piece, of stream: CPUStream, into batch: EventBatch) {
    batch.reset(for: piece.pageBytes)
    lossPending = false
    reserve(&input, max(1, piece.size))
    do throws(TraceError) {
      let window = UnsafeMutableRawBufferPointer(rebasing: input[..<piece.size])
      let count = try source.read(at: piece.offset, into: window)
      let bytes = UnsafeRawBufferPointer(rebasing: window[..<count])
      if stream.isCompressed {
        decodeChunks(bytes, at: piece.offset, of: stream, into: batch)
      } else {
        memory.noteRead(count)
        decodePages(bytes, at: piece.offset, isExact: true, of: stream, into: batch, &records)
      }
    } catch {
      note(error, batch)
    }
    if batch.dropUnkept() {
      let limit = "events of all CPUs that come together in at most \(memory.allowed >> 20) MiB"
      note(stream.problem(at: piece.offset, limit, "more"), batch)
    }
    trim(&input)
    trim(&output)
    if let problem = piece.problem { note(problem, batch) }
    if lossPending { appendLoss(time: batch.lastTime, count: nil, stream, batch) }
  }

  private func note(_ problem: TraceError, _ batch: EventBatch) {
    batch.note(problem)
    lossPending = true
    batch.owners = StackOwners()
  }

  private func appendLoss(time: UInt64, count: UInt64?, _ stream: CPUStream, _ batch: EventBatch) {
    batch.appendLoss(time: time, count: count, cpu: stream.cpu)
    lossPending = false
  }

  private func decodeChunks(
    _ bytes: UnsafeRawBufferPointer, at offset: UInt64, of stream: CPUStream, into batch: EventBatch
  ) {
    var position = 0
    while position + 8 <= bytes.count {
      let packed = size(bytes, position, stream)
      let unpacked = size(bytes, position + 4, stream)
      position += 8
      guard packed <= bytes.count - position else { return }
      reserve(&output, max(1, unpacked))
      let target = UnsafeMutableRawBufferPointer(rebasing: output[..<unpacked])
      let chunk = UnsafeRawBufferPointer(rebasing: bytes[position..<(position + packed)])
      if let failure = decompressor.unpack(chunk, into: target) {
        note(
          TraceError(
            .damaged, file: source.name, offset: offset + UInt64(position),
            expected: "a chunk that unpacks to \(unpacked) bytes", found: failure), batch)
      } else {
        memory.noteRead(unpacked)
        decodePages(
          UnsafeRawBufferPointer(target), at: offset + UInt64(position), isExact: false, of: stream,
          into: batch,
          &records)
      }
      if batch.isFull { return }
      position += packed
    }
  }

  private func size(_ bytes: UnsafeRawBufferPointer, _ position: Int, _ stream: CPUStream) -> Int {
    let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)
    return Int(stream.pages.bigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word))
  }

  /// - Parameter isExact: whether `offset` counts these very bytes, or is that of the chunk they came from.
  private func decodePages(
    _ bytes: UnsafeRawBufferPointer, at offset: UInt64, isExact: Bool, of stream: CPUStream,
    into batch: EventBatch, _ records: inout RecordDecoder
  ) {
    guard let base = bytes.baseAddress else { return }
    let layout = stream.pages
    let (clock, cpu) = (stream.clock, stream.cpu)
    let convert = clock.cycles != nil || clock.offset != 0
    var start = 0
    while start < bytes.count {
      let count = min(layout.pageSize, bytes.count - start)
      guard var page = RingBufferPage(base + start, count: count, layout: layout) else {
        note(
          TraceError(
            .damaged, file: source.name, offset: offset + UInt64(isExact ? start : 0),
            expected: "a page of \(layout.pageSize) bytes", found: "only \(count)"), batch)
        return
      }
      if page.lost || lossPending {
        appendLoss(time: clock.nanoseconds(page.time), count: page.lostCount, stream, batch)
      }
      if convert || layout.bigEndian {
        while let record = page.next() {
          _ = records.decode(
            base + start + record.offset, length: record.length,
            time: convert ? clock.nanoseconds(record.time) : record.time, cpu: cpu,
            into: batch)
        }
      } else {
        records.decode(&page, at: base + start, cpu: cpu, into: batch)
      }
      if let damage = page.damage {
        note(
          TraceError(
            .damaged, file: source.name, offset: offset + UInt64(isExact ? start + damage.offset : 0),
            expected: isExact ? "a sound ring-buffer page" : "sound ring-buffer pages in this chunk",
            found: damage.found), batch)
      }
      if batch.isFull { return }
      start += layout.pageSize
    }
  }
}
