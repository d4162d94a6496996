import DMAModel

/// Decodes the blocks of an archive ahead of the reader, on all processors, and within bounds.
///
/// Whoever has time (a worker, or the reader itself when it would have to wait) takes the next block. Only so many are
/// ahead of the reader, so memory does not grow with the length of the archive.
final class BlockPipeline: @unchecked Sendable {
  private enum Slot {
    case decoding
    case ready(EventBatch)
  }

  private let monitor = Monitor()
  private let source: ByteSource
  private let blocks: [ArchiveSections.Section]
  private let makeDecoder: @Sendable () -> BlockDecoder
  private let ownDecoder: BlockDecoder
  /// Blocks that are claimed and not yet given to the reader, in order.
  private var slots: [Slot] = []
  private var claimed = 0
  private var given = 0
  private var free: [EventBatch] = []
  private var waitingBytes = 0
  private var isCancelled = false
  private static let depth = 6
  private static let waitingLimit = 24 << 20

  init(
    _ source: ByteSource, _ blocks: [ArchiveSections.Section],
    makeDecoder: @escaping @Sendable () -> BlockDecoder
  ) {
    (self.source, self.blocks, self.makeDecoder) = (source, blocks, makeDecoder)
    ownDecoder = makeDecoder()
  }

  /// Arrays cannot hold noncopyable threads.
  private final class WorkerBox {
    private var thread: WorkerThread?
    init(_ thread: consuming WorkerThread) { self.thread = consume thread }
    func join() { thread.take()?.join() }
  }

  /// Runs `body` with worker threads beside it.
  func run<R>(workers: Int, _ body: () throws -> R) rethrows -> R {
    var threads: [WorkerBox] = []
    for _ in 0..<min(workers, BlockPipeline.depth - 1) {
      if let worker = WorkerThread({ [self] in work(makeDecoder()) }) { threads.append(WorkerBox(worker)) }
    }
    defer {
      monitor.lock()
      isCancelled = true
      monitor.wakeAll()
      monitor.unlock()
      for thread in threads { thread.join() }
    }
    return try body()
  }

  /// How many blocks have been taken for decoding.
  var blocksClaimed: Int {
    monitor.lock()
    defer { monitor.unlock() }
    return claimed
  }

  /// The number of the next block and memory for its events; nil if enough are ahead, or none is left. The lock is held.
  private func claim() -> (number: Int, batch: EventBatch)? {
    guard claimed < blocks.count, slots.count < BlockPipeline.depth,
      slots.isEmpty || waitingBytes < BlockPipeline.waitingLimit
    else { return nil }
    slots.append(.decoding)
    claimed += 1
    return (claimed - 1, free.popLast() ?? EventBatch())
  }

  /// Decodes a claimed block. The lock is held before and after, not during.
  private func carryOut(_ claim: (number: Int, batch: EventBatch), with decoder: BlockDecoder) {
    monitor.unlock()
    decode(blocks[claim.number], with: decoder, into: claim.batch)
    monitor.lock()
    slots[claim.number - given] = .ready(claim.batch)
    waitingBytes += claim.batch.bytes
    monitor.wakeAll()
  }

  /// What is wrong with a block goes into the batch, which has no events then.
  private func decode(
    _ block: ArchiveSections.Section, with decoder: BlockDecoder, into batch: EventBatch
  ) {
    do throws(TraceError) {
      let payload = try source.payload(at: block.offset, .events)
      var fault: BlockFault?
      payload.withUnsafeBytes { bytes in
        do throws(BlockFault) { try decoder.decode(bytes, into: batch) } catch { fault = error }
      }
      if let fault {
        throw TraceError(
          .damaged, file: source.name, offset: block.offset, expected: fault.expected, found: fault.found)
      }
    } catch {
      batch.reset()
      batch.problems.append(error)
    }
  }

  private func work(_ decoder: BlockDecoder) {
    monitor.lock()
    while !isCancelled {
      if let claim = claim() { carryOut(claim, with: decoder) } else { monitor.wait() }
    }
    monitor.unlock()
  }

  /// The events of the next block; nil after the last. Give the batch back with `recycle`.
  func next() -> EventBatch? {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      switch slots.first {
      case .ready(let batch)?:
        slots.removeFirst()
        given += 1
        waitingBytes -= batch.bytes
        monitor.wakeAll()
        return batch
      case nil where claimed == blocks.count: return nil
      default:
        // Nothing ready: decode rather than wait.
        if let claim = claim() { carryOut(claim, with: ownDecoder) } else { monitor.wait() }
      }
    }
  }

  func recycle(_ batch: EventBatch) {
    // What one odd block has made large does not stay so.
    if batch.isOversized { return }
    monitor.lock()
    free.append(batch)
    monitor.unlock()
  }
}
