import DMAModel

/// Decodes the streams of a recording ahead of the reader, on all processors, and within bounds.
///
/// Each stream has a short row of batches. Whoever has time (a worker, or the reader itself when it would have to
/// wait) claims the next piece of the stream with the fewest batches ahead and decodes it. The rows are bounded, so
/// memory does not grow with the length of the trace, and a slow reader holds the workers back.
final class Pipeline: @unchecked Sendable {
  private enum Slot {
    case decoding
    /// With where it came from.
    case ready(EventBatch, CPUStream.Piece)
  }

  private struct Row {
    let stream: CPUStream
    var slots: [Slot] = []
    /// Number of the first slot, counted from the stream's beginning.
    var first = 0
    var isClaimedOut = false
  }

  private let monitor = Monitor()
  private var rows: [Row]
  private var free: [EventBatch] = []
  private var isCancelled = false
  private let depth: Int
  /// Bytes of the batches that wait to be read, and of what those that are being decoded may come to, and how many of both
  /// there may be before nobody decodes ahead: many processors take no more memory than few.
  private var waitingBytes = 0
  private var decodingBytes = 0
  private static let aheadLimit = 32 << 20
  /// No record of a ring buffer is shorter.
  private static let shortestRecord = 8
  /// Bytes of the batches that are free, and how many there may be.
  private var freeBytes = 0
  private static let freeLimit = 8 << 20
  /// What all batches take: the reader needs one or two of each stream, however many there are.
  private let memory: EventMemory
  private let chunksInPiece: Int
  private let pageBytesInPiece: Int
  private let makeDecoder: @Sendable () -> PieceDecoder
  private var counts: [UInt64]
  private let ownDecoder: PieceDecoder

  /// - Parameters:
  ///   - memory: what all batches may take, the decoders' own.
  ///   - makeDecoder: called once on each thread.
  init(
    _ streams: [CPUStream], countSlots: Int, memory: EventMemory,
    makeDecoder: @escaping @Sendable () -> PieceDecoder
  ) {
    self.memory = memory
    rows = streams.map { Row(stream: $0) }
    // Few streams get long pieces; many share about the same memory.
    depth = streams.count <= 8 ? 4 : 2
    chunksInPiece = streams.count <= 16 ? 6 : 1
    pageBytesInPiece = max(1 << 12, (1 << 17) / max(1, streams.count / 8))
    self.makeDecoder = makeDecoder
    ownDecoder = makeDecoder()
    counts = [UInt64](repeating: 0, count: countSlots)
  }

  /// Runs `body` with worker threads beside it.
  func run<R>(workers: Int, _ body: () throws -> R) rethrows -> R {
    let threads = WorkerThreads(workers) { [self] in work(makeDecoder()) }
    defer {
      monitor.lock()
      isCancelled = true
      monitor.wakeAll()
      monitor.unlock()
      threads.join()
      add(ownDecoder.takeCounts())
      subtractUnread()
    }
    return try body()
  }

  /// Records met in what was read, by index in the event catalogue; complete once `run` has returned.
  var recordCounts: [UInt64] { counts }

  /// Bytes of the file that were handed out for decoding.
  var bytesClaimed: UInt64 {
    monitor.lock()
    defer { monitor.unlock() }
    return rows.reduce(0) { $0 &+ $1.stream.bytesClaimed }
  }

  /// Takes back the counts of what was decoded ahead of a reader that stopped before the end: how much that is depends on how
  /// busy the processors were. To decode these few pieces once more costs less than counts for each batch.
  private func subtractUnread() {
    free.removeAll()
    for row in rows {
      for slot in row.slots {
        guard case .ready(let batch, let piece) = slot else { continue }
        ownDecoder.decode(piece, of: row.stream, into: batch)
      }
    }
    let unread = ownDecoder.takeCounts()
    for index in unread.indices where index < counts.count { counts[index] &-= unread[index] }
  }

  private func add(_ more: [UInt64]) {
    for index in more.indices where index < counts.count { counts[index] &+= more[index] }
  }

  private struct Claim {
    var row: Int
    var number: Int
    var piece: CPUStream.Piece
    var batch: EventBatch

    /// The most bytes of events that there can be in its pages.
    var most: Int { piece.pageBytes / Pipeline.shortestRecord * MemoryLayout<Event>.stride }
  }

  /// The next piece of `row`, or of the row with the fewest batches ahead; nil if all rows are full or done.
  /// The lock is held.
  private func claim(row wanted: Int? = nil) -> Claim? {
    while true {
      var best: Int?
      if let wanted {
        best = rows[wanted].isClaimedOut ? nil : wanted
      } else if waitingBytes + decodingBytes < Pipeline.aheadLimit {
        for index in rows.indices where !rows[index].isClaimedOut && rows[index].slots.count < depth {
          if best == nil || rows[index].slots.count < rows[best ?? 0].slots.count { best = index }
        }
      }
      guard let row = best else { return nil }
      guard let piece = rows[row].stream.claim(chunks: chunksInPiece, pageBytes: pageBytesInPiece)
      else {
        rows[row].isClaimedOut = true
        monitor.wakeAll()
        if wanted != nil { return nil }
        continue
      }
      rows[row].slots.append(.decoding)
      let number = rows[row].first + rows[row].slots.count - 1
      let claim = Claim(row: row, number: number, piece: piece, batch: freeBatch())
      decodingBytes += claim.most
      return claim
    }
  }

  /// The lock is held.
  private func freeBatch() -> EventBatch {
    guard let batch = free.popLast() else { return EventBatch(memory: memory) }
    freeBytes -= batch.bytes
    return batch
  }

  /// Decodes a claimed piece. The lock is held before and after, not during.
  private func carryOut(_ claim: Claim, with decoder: PieceDecoder) {
    let stream = rows[claim.row].stream
    monitor.unlock()
    decoder.decode(claim.piece, of: stream, into: claim.batch)
    monitor.lock()
    rows[claim.row].slots[claim.number - rows[claim.row].first] = .ready(claim.batch, claim.piece)
    decodingBytes -= claim.most
    waitingBytes += claim.batch.bytes
    monitor.wakeAll()
  }

  private func work(_ decoder: PieceDecoder) {
    monitor.lock()
    while !isCancelled {
      if let claim = claim() { carryOut(claim, with: decoder) } else { monitor.wait() }
    }
    add(decoder.takeCounts())
    monitor.unlock()
  }

  /// The next batch of a stream, in order; nil after the last. Give it back with `recycle`.
  func nextBatch(of row: Int) -> EventBatch? {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      if case .ready(let batch, _)? = rows[row].slots.first {
        rows[row].slots.removeFirst()
        waitingBytes -= batch.bytes
        rows[row].first += 1
        monitor.wakeAll()
        return batch
      }
      if rows[row].slots.isEmpty && rows[row].isClaimedOut { return nil }
      // Nothing ready: decode rather than wait.
      if let claim = rows[row].slots.isEmpty ? claim(row: row) : claim() {
        carryOut(claim, with: ownDecoder)
      } else if !(rows[row].slots.isEmpty) {
        if case .decoding? = rows[row].slots.first { monitor.wait() }
      }
    }
  }

  func recycle(_ batch: EventBatch) {
    monitor.lock()
    // What one odd piece has made large does not stay so.
    if !batch.isOversized, freeBytes + batch.bytes <= Pipeline.freeLimit {
      free.append(batch)
      freeBytes += batch.bytes
    }
    monitor.unlock()
  }
}
