/// What a block holds, before it is packed.
struct BlockContent: Sendable {
  var head: BlockHead
  var columns: BlockColumns
}

/// Packs blocks on all processors while further ones are put together, and gives them back in their order.
///
/// Only a few are there at a time. Whoever would have to wait packs one himself.
final class BlockPacker: @unchecked Sendable {
  private enum State {
    case waiting
    case packing
    case packed([UInt8])
  }

  private struct Slot {
    var content: BlockContent
    var state = State.waiting
  }

  private let monitor = Monitor()
  private var slots: [Slot] = []
  /// Number of the first slot, counted from the first block.
  private var first = 0
  private var isCancelled = false
  private let level: Int32
  private let own: PlaneCompressor
  private let workers = min(3, availableProcessors() - 1)
  /// Of the blocks that were given back: bytes of their payloads, and of their tables.
  private var storedBytes = 0
  private var tableBytes = 0

  /// - Parameter level: of zstd.
  init(level: Int32) {
    self.level = level
    own = PlaneCompressor(level: level)
  }

  /// Blocks that there may be before one has to be taken.
  var depth: Int { workers + 1 }

  /// Runs `body` with worker threads beside it.
  func run<R>(_ body: () throws -> R) rethrows -> R {
    let threads = WorkerThreads(workers) { [self] in work(PlaneCompressor(level: level)) }
    defer {
      monitor.lock()
      isCancelled = true
      monitor.wakeAll()
      monitor.unlock()
      threads.join()
    }
    return try body()
  }

  private func work(_ compressor: PlaneCompressor) {
    monitor.lock()
    while !isCancelled {
      if !packNext(with: compressor) { monitor.wait() }
    }
    monitor.unlock()
  }

  /// Packs the first block that waits; false if none does. The lock is held before and after, not during.
  private func packNext(with compressor: PlaneCompressor) -> Bool {
    let waiting = slots.firstIndex { if case .waiting = $0.state { true } else { false } }
    guard let waiting else { return false }
    let (number, content) = (first + waiting, slots[waiting].content)
    slots[waiting].state = .packing
    monitor.unlock()
    let payload = compressor.payload(content)
    monitor.lock()
    slots[number - first].state = .packed(payload)
    monitor.wakeAll()
    return true
  }

  func put(_ content: BlockContent) {
    monitor.lock()
    slots.append(Slot(content: content))
    monitor.wakeAll()
    monitor.unlock()
  }

  /// The first block, as soon as it is packed; nil once there are no more than so many.
  func next(keeping most: Int) -> (head: BlockHead, payload: [UInt8])? {
    monitor.lock()
    defer { monitor.unlock() }
    while let slot = slots.first {
      if case .packed(let payload) = slot.state {
        slots.removeFirst()
        first += 1
        return (slot.content.head, credible(payload, slot.content))
      }
      if slots.count <= most { return nil }
      if !packNext(with: own) { monitor.wait() }
    }
    return nil
  }

  /// What packs too well is not believed (long call stacks that differ in one frame); as it is, it is.
  private func credible(_ packed: [UInt8], _ content: BlockContent) -> [UInt8] {
    let payload = isCredible(packed) ? packed : own.payload(content, isPacked: false)
    storedBytes += payload.count
    tableBytes += payload.withUnsafeBytes { BlockNeed($0) }?.tables ?? 0
    return payload
  }

  /// Whether a reader takes the payload as one more block: it bounds the memory that blocks need by the bytes as stored.
  private func isCredible(_ payload: [UInt8]) -> Bool {
    guard let need = payload.withUnsafeBytes({ BlockNeed($0) }) else { return false }
    return need.bytes <= BlockNeed.limit(stored: payload.count)
      && need.tables <= ArchiveLayout.unpackedLimit(from: payload.count)
      && tableBytes + need.tables <= ArchiveLayout.tablesLimit(from: storedBytes + payload.count)
  }
}
