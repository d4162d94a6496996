import DMAModel

/// Cuts a text into pieces that can be read apart: each but the first begins with a line that needs nothing of those before
/// it, but for the time and for stacks that come as events of their own.
final class TextPieces {
  private let source: ByteSource
  private let pieceSize: UInt64
  private var position: UInt64 = 0
  private var lines: PieceLines
  private static let windowSize = 1 << 12

  /// - Parameter pieceSize: bytes; a piece ends with the line before the first fitting one behind them.
  init(_ source: ByteSource, pieceSize: Int) {
    (self.source, self.pieceSize) = (source, UInt64(pieceSize))
    lines = PieceLines(source, lineLimit: TextReader.lineLimit, readSize: TextPieces.windowSize)
  }

  /// Where the next piece lies in the input; nil at the end.
  func next() -> Range<UInt64>? {
    guard position < source.size else { return nil }
    let start = position
    position = end(behind: start)
    return start..<position
  }

  /// The first beginning of a line from the usual end of a piece on before which it can be cut.
  private func end(behind start: UInt64) -> UInt64 {
    let wanted = start + pieceSize
    guard wanted < source.size else { return source.size }
    // The line to which the byte before belongs is the piece's.
    lines.move(to: wanted - 1..<source.size)
    do throws(TraceError) {
      while let line = try lines.next() {
        if line.start >= wanted, let text = line.text, TextDecoder.beginsAnew(text) { return line.start }
      }
    } catch {
      // Whoever reads the piece meets the same.
    }
    return source.size
  }
}

/// What a piece of text comes to.
final class TextProduct: @unchecked Sendable {
  let batch = EventBatch()
  fileprivate(set) var range: Range<UInt64> = 0..<0
  fileprivate(set) var facts = TextFacts()
  /// The first time that a line tells, and the latest up to the end of the piece.
  fileprivate(set) var firstTime: UInt64?
  fileprivate(set) var lastTime: UInt64 = 0
  /// Events at the beginning, before the first line that tells a time.
  fileprivate(set) var untimed = 0
  /// Stacks of events in the pieces before, by CPU.
  fileprivate(set) var leadingStacks: [(cpu: Int, stack: StackID)] = []
  /// The last event of each CPU, as `TextDecoder` has it.
  fileprivate(set) var lastEvents: [Int] = []
  /// Lines of which nothing is known, and what is to be said of the first of them.
  fileprivate(set) var unknown: UInt64 = 0
  fileprivate(set) var problems: [String] = []
  /// Why the piece could not be read to its end.
  fileprivate(set) var failure: TraceError?

  fileprivate func reset(_ range: Range<UInt64>) {
    self.range = range
    batch.reset()
    (unknown, problems, failure) = (0, [], nil)
  }

  /// Gives an event the stack that the next pieces began with; false if this piece has no event of the CPU.
  func take(_ stack: StackID, cpu: Int) -> Bool {
    guard cpu < lastEvents.count, lastEvents[cpu] != TextDecoder.none else { return false }
    if lastEvents[cpu] >= 0 { batch.events[lastEvents[cpu]].stack = stack }
    lastEvents[cpu] = TextDecoder.taken
    return true
  }

  /// Events before the first line that tells a time have that of the pieces before.
  func setUntimed(_ time: UInt64) {
    for index in 0..<min(untimed, batch.count) { batch.events[index].time = time }
  }
}

/// Reads pieces of a text.
final class TextPieceWorker: PieceWorker {
  private let source: ByteSource
  private var decoder: TextDecoder
  private var lines: PieceLines

  init(_ source: ByteSource, _ tables: TextTables) {
    self.source = source
    decoder = TextDecoder(tables, isOfPieces: true)
    lines = PieceLines(source, lineLimit: TextReader.lineLimit)
  }

  func work(_ piece: Range<UInt64>, reusing reused: TextProduct?) -> TextProduct {
    let product = reused ?? TextProduct()
    read(piece, after: 0, into: product)
    return product
  }

  /// - Parameter time: the latest time before the piece, as far as it is known.
  func read(_ piece: Range<UInt64>, after time: UInt64, into product: TextProduct) {
    product.reset(piece)
    decoder.begin(after: time)
    lines.move(to: piece)
    do throws(TraceError) {
      try TextPieceWorker.read(&lines, &decoder, product, source.name)
    } catch {
      product.failure = error
    }
    decoder.leave(product)
  }

  private static func read(
    _ lines: inout PieceLines, _ decoder: inout TextDecoder, _ product: TextProduct, _ file: String
  ) throws(TraceError) {
    let batch = product.batch
    while let line = try lines.next() {
      var outcome = TextDecoder.Outcome.unknown
      if let text = line.text { outcome = decoder.decode(text, isCut: line.isCut, into: batch) }
      guard outcome == .unknown else { continue }
      product.unknown &+= 1
      if product.unknown <= TextReader.problemLimit {
        product.problems.append(TextReader.problem(line, file: file))
      }
    }
  }
}

extension TextDecoder {
  /// Ends a piece and puts down what it has come to beside its events.
  fileprivate mutating func leave(_ product: TextProduct) {
    endStack(product.batch)
    stackOwner = .nobody
    product.facts = takeFacts()
    (product.firstTime, product.lastTime, product.untimed) = (firstTime, time, untimed)
    (product.leadingStacks, product.lastEvents) = (leadingStacks, lastEvents)
  }
}
