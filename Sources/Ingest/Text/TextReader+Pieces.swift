import DMAModel

/// Reading a text in pieces, several at a time.
///
/// The events, and all that is said of the text, are those of reading it line after line: what a piece cannot know, since it
/// comes before, is settled here, piece after piece.
struct TextJoin: ~Copyable {
  private var time: UInt64 = 0
  /// Pieces whose events may still get a stack. They are held until so many events have come behind them.
  private var held: [TextProduct] = []
  private var heldEvents = 0
  private static let heldLimit = 8
  private static let eventsBehind = 4096

  /// Joins the next piece to those before.
  ///
  /// - Parameter own: reads the piece again if its times are not all behind those of the pieces before.
  mutating func add(_ product: TextProduct, _ own: TextPieceWorker) {
    if let first = product.firstTime, first < time { own.read(product.range, after: time, into: product) }
    product.setUntimed(time)
    time = max(time, product.lastTime)
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
    of file: ByteSource, pieceSize: Int = TextReader.pieceSize,
    workers: Int = min(8, availableProcessors() - 1),
    _ body: (Span<Event>, Span<UInt64>) -> Bool
  ) {
    let tables = tables
    let pieces = TextPieces(file, pieceSize: pieceSize)
    let pipeline = PiecePipeline<TextPieceWorker>(depth: TextReader.depth, nextPiece: pieces.next) {
      TextPieceWorker(file, tables)
    }
    var join = TextJoin()
    var failure: TraceError?
    pipeline.run(workers: workers) { own in
      while failure == nil, let product = pipeline.next() {
        join.add(product, own)
        add(product)
        failure = product.failure
        while let settled = join.takeSettled(isAtEnd: false) {
          guard give(settled, pipeline, body) else { return }
        }
      }
      while let settled = join.takeSettled(isAtEnd: true) {
        guard give(settled, pipeline, body) else { return }
      }
    }
    if let failure { result.problems.append(failure.details) }
  }

  /// Adds what the next piece has told beside its events.
  private func add(_ product: TextProduct) {
    decoder.add(product.facts)
    let room = UInt64(TextReader.problemLimit) - min(unknown, UInt64(TextReader.problemLimit))
    result.problems += product.problems.prefix(Int(room))
    unknown &+= product.unknown
  }

  /// - Returns: whether more events are wanted.
  private func give(
    _ product: TextProduct, _ pipeline: PiecePipeline<TextPieceWorker>,
    _ body: (Span<Event>, Span<UInt64>) -> Bool
  ) -> Bool {
    piecesEnd = product.range.upperBound
    let isWanted = handOver(product.batch, body)
    // What one odd piece has made large does not stay so.
    if !product.batch.isOversized { pipeline.recycle(product) }
    return isWanted
  }
}
