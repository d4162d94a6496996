/// Makes something of the pieces of an input, one worker a thread.
protocol PieceWorker: AnyObject, SendableMetatype {
  associatedtype Piece: Sendable
  associatedtype Product: AnyObject & Sendable

  /// What a piece comes to.
  ///
  /// - Parameter reused: a product that is needed no more.
  func work(_ piece: Piece, reusing reused: Product?) -> Product
}

/// Works the pieces of an input ahead of its reader, on all processors, and hands the products out in the order of the pieces.
///
/// Whoever has time (a worker, or the reader itself when it would have to wait) takes the next piece. No more than `depth` are
/// ahead, so memory does not grow with the input, and a slow reader holds the workers back.
final class PiecePipeline<Worker: PieceWorker>: @unchecked Sendable {
  private enum Slot {
    case working
    case ready(Worker.Product)
  }

  private let monitor = Monitor()
  private var slots: [Slot] = []
  /// Number of the first slot, counted from the input's beginning.
  private var first = 0
  private var isClaimedOut = false
  private var isCancelled = false
  private var free: [Worker.Product] = []
  private let depth: Int
  private let nextPiece: () -> Worker.Piece?
  private let makeWorker: @Sendable () -> Worker
  private let ownWorker: Worker

  /// - Parameters:
  ///   - nextPiece: the pieces in order, nil after the last; called by one thread at a time.
  ///   - makeWorker: called once on each thread.
  init(
    depth: Int, nextPiece: @escaping () -> Worker.Piece?, makeWorker: @escaping @Sendable () -> Worker
  ) {
    (self.depth, self.nextPiece, self.makeWorker) = (depth, nextPiece, makeWorker)
    ownWorker = makeWorker()
  }

  /// Runs `body` with worker threads beside it.
  func run(workers: Int, _ body: (_ own: Worker) -> Void) {
    let threads = WorkerThreads(workers) { [self] in work(with: makeWorker()) }
    body(ownWorker)
    monitor.lock()
    isCancelled = true
    monitor.wakeAll()
    monitor.unlock()
    threads.join()
  }

  private func work(with worker: Worker) {
    monitor.lock()
    while !isCancelled {
      if !workNext(with: worker) { monitor.wait() }
    }
    monitor.unlock()
  }

  /// Works the next piece; false if there is none, or enough are ahead. The lock is held before and after, not during.
  private func workNext(with worker: Worker) -> Bool {
    guard !isClaimedOut, slots.count < depth else { return false }
    guard let piece = nextPiece() else {
      isClaimedOut = true
      monitor.wakeAll()
      return false
    }
    let number = first + slots.count
    slots.append(.working)
    let reused = free.popLast()
    monitor.unlock()
    let product = worker.work(piece, reusing: reused)
    monitor.lock()
    slots[number - first] = .ready(product)
    monitor.wakeAll()
    return true
  }

  /// The next product, in order; nil after the last.
  func next() -> Worker.Product? {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      if case .ready(let product)? = slots.first {
        slots.removeFirst()
        first += 1
        monitor.wakeAll()
        return product
      }
      if slots.isEmpty && isClaimedOut { return nil }
      // Nothing ready: work rather than wait.
      if !workNext(with: ownWorker), !slots.isEmpty, case .working? = slots.first { monitor.wait() }
    }
  }

  /// Gives a product back that is needed no more.
  func recycle(_ product: Worker.Product) {
    monitor.lock()
    if free.count < depth { free.append(product) }
    monitor.unlock()
  }
}
