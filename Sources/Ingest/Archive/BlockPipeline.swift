import DMAModel

/// Decodes the blocks of an archive ahead of the reader, on all processors, and within bounds.
///
/// Whoever has time (a worker, or the reader itself when it would have to wait) takes the next block. Only so many are
/// ahead of the reader as have room in memory, by what each says it needs: it grows neither with the length of the archive nor
/// with the number of processors.
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
  /// Bytes of the blocks that are being decoded, of those that wait for the reader, and of memory for further ones.
  private var decodingBytes = 0
  private var waitingBytes = 0
  private var freeBytes = 0
  /// Of the blocks that were taken, as stored and their tables.
  private var storedBytes = 0
  private var tableBytes = 0
  private var next: Ahead?
  private var isCancelled = false
  private static let depth = 6
  private static let workerLimit = 3

  /// A block, and what it says it needs.
  private struct Ahead {
    var number: Int
    var need: BlockNeed
    /// What is wrong with it, if that is known already.
    var fault: BlockFault?
  }

  init(
    _ source: ByteSource, _ blocks: [ArchiveSections.Section],
    makeDecoder: @escaping @Sendable () -> BlockDecoder
  ) {
    (self.source, self.blocks, self.makeDecoder) = (source, blocks, makeDecoder)
    ownDecoder = makeDecoder()
  }

  /// Runs `body` with worker threads beside it.
  func run<R>(workers: Int, _ body: () throws -> R) rethrows -> R {
    let threads = WorkerThreads(min(workers, BlockPipeline.workerLimit)) { [self] in work(makeDecoder()) }
    defer {
      monitor.lock()
      isCancelled = true
      monitor.wakeAll()
      monitor.unlock()
      threads.join()
    }
    return try body()
  }

  /// How many blocks have been taken for decoding.
  var blocksClaimed: Int {
    monitor.lock()
    defer { monitor.unlock() }
    return claimed
  }

  /// Looks at the next block. The lock is held.
  private func lookAhead() -> Ahead? {
    if let next { return next }
    guard claimed < blocks.count else { return nil }
    let block = blocks[claimed]
    var ahead = Ahead(number: claimed, need: source.need(of: block) ?? BlockNeed())
    storedBytes += Int(clamping: min(block.end, source.size) - min(block.offset, source.size))
    // Names and stacks of all blocks are kept.
    let limit = ArchiveLayout.tablesLimit(from: storedBytes)
    let (total, overflow) = tableBytes.addingReportingOverflow(ahead.need.tables)
    if overflow || total > limit {
      ahead.need = BlockNeed()
      ahead.fault = BlockFault(
        expected: "at most \(limit) bytes of tables in \(storedBytes) of blocks", found: "more")
    } else {
      tableBytes = total
    }
    next = ahead
    return ahead
  }

  private struct Claim {
    var block: Ahead
    var batch: EventBatch
  }

  /// The next block and memory for its events; nil if enough are ahead, or none is left. The lock is held.
  private func claim() -> Claim? {
    guard slots.count < BlockPipeline.depth, let block = lookAhead() else { return nil }
    let needed = decodingBytes + waitingBytes + block.need.bytes
    // One that needs more than there is goes alone.
    guard slots.isEmpty || needed <= BlockNeed.limit else { return nil }
    while needed + freeBytes > BlockNeed.limit, let batch = free.popLast() { freeBytes -= batch.bytes }
    next = nil
    slots.append(.decoding)
    claimed += 1
    decodingBytes += block.need.bytes
    let batch = free.popLast()
    freeBytes -= batch?.bytes ?? 0
    return Claim(block: block, batch: batch ?? EventBatch())
  }

  /// Decodes a claimed block. The lock is held before and after, not during.
  private func carryOut(_ claim: Claim, with decoder: BlockDecoder) {
    monitor.unlock()
    decode(claim, with: decoder)
    monitor.lock()
    slots[claim.block.number - given] = .ready(claim.batch)
    decodingBytes -= claim.block.need.bytes
    waitingBytes += claim.batch.bytes
    monitor.wakeAll()
  }

  /// What is wrong with a block goes into the batch, which has no events then.
  private func decode(_ claim: Claim, with decoder: BlockDecoder) {
    let (block, batch) = (blocks[claim.block.number], claim.batch)
    do throws(TraceError) {
      var fault = claim.block.fault
      if fault == nil {
        let payload = try source.payload(of: block)
        payload.withUnsafeBytes { bytes in
          do throws(BlockFault) { try decoder.decode(bytes, into: batch) } catch { fault = error }
        }
      }
      if let fault {
        throw TraceError(
          .damaged, file: source.name, offset: block.offset, expected: fault.expected, found: fault.found)
      }
    } catch {
      batch.reset()
      batch.note(error)
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
  func nextBatch() -> EventBatch? {
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
    freeBytes += batch.bytes
    monitor.unlock()
  }
}
