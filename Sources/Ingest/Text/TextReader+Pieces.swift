import DMAModel

/// Reading a text in pieces, several at a time.
///
/// The events, and all that is said of the text, are those of reading it line after line: what a piece cannot know, since it
/// comes before, is settled here, piece after piece.
struct TextJoin: ~Copyable {
  /// What the pieces have told.
  var totals: TextDecoder
  private(set) var unknown: UInt64 = 0
  private(set) var problems: [String] = []
  private var time: UInt64 = 0
  /// Pieces whose events may still get a stack. They are held until so many events have come behind them.
  private var held: [TextProduct] = []
  private var heldEvents = 0
  private static let heldLimit = 8
  private static let eventsBehind = 4096

  init(_ tables: TextTables) { totals = TextDecoder(tables) }

  /// Joins the next piece to those before.
  ///
  /// - Parameter own: reads the piece again if its times are not all behind those of the pieces before.
  mutating func add(_ product: TextProduct, _ own: TextPieceWorker) {
    if let first = product.firstTime, first < time { own.read(product.range, after: time, into: product) }
    product.setUntimed(time)
    time = max(time, product.lastTime)
    totals.add(product.facts)
    for problem in product.problems where problems.count < TextReader.problemLimit {
      problems.append(problem)
    }
    unknown &+= product.unknown
    for (cpu, stack) in product.leadingStacks {
      for before in held.reversed() where before.take(stack, cpu: cpu) { break }
    }
    held.append(product)
    heldEvents += product.batch.count
  }

  /// The oldest piece, if nothing that comes can be for its events.
  mutating func takeSettled(isAtEnd: Bool) -> TextProduct? {
    guard let first = held.first else { return nil }
    let behind = heldEvents - first.batch.count
    guard
      isAtEnd || first.batch.count == 0 || held.count > TextJoin.heldLimit || behind >= TextJoin.eventsBehind
    else { return nil }
    heldEvents = behind
    return held.removeFirst()
  }
}

extension TextReader {
  /// A shorter text is read line after line.
  static let pieceSize = 1 << 18
  private static let depth = 6

  func forEachRunOfPieces(
    pieceSize: Int = TextReader.pieceSize, workers: Int = min(8, availableProcessors() - 1),
    _ body: (Span<Event>, Span<UInt64>) -> Bool
  ) {
    let (source, tables) = (source, TextTables(shared, frameNames ?? FrameNames()))
    let pieces = TextPieces(source, pieceSize: pieceSize)
    let pipeline = PiecePipeline<TextPieceWorker>(depth: TextReader.depth, nextPiece: pieces.next) {
      TextPieceWorker(source, tables)
    }
    var join = TextJoin(tables)
    var failure: TraceError?
    pipeline.run(workers: workers) { own in
      while failure == nil, let product = pipeline.next() {
        join.add(product, own)
        failure = product.failure
        while let settled = join.takeSettled(isAtEnd: false) {
          guard give(settled, pipeline, body) else { return }
        }
      }
      while let settled = join.takeSettled(isAtEnd: true) {
        guard give(settled, pipeline, body) else { return }
      }
    }
    result.problems += join.problems
    if let failure { result.problems.append(failure.details) }
    finish(join.totals, join.unknown)
  }

  /// - Returns: whether more events are wanted.
  private func give(
    _ product: TextProduct, _ pipeline: PiecePipeline<TextPieceWorker>,
    _ body: (Span<Event>, Span<UInt64>) -> Bool
  ) -> Bool {
    bytesRead = product.range.upperBound
    let isWanted = result.handOver(product.batch, body)
    // What one odd piece has made large does not stay so.
    if !product.batch.isOversized { pipeline.recycle(product) }
    return isWanted
  }
}
