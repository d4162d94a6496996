import DMAModel

/// The names and call stacks of one block, under the numbers that the trace knows them by.
struct BlockTables {
  private(set) var names: [NameID] = []
  private(set) var stacks: [StackID] = []
  /// Capacities of the queues of mappings.
  private(set) var queues: [Int] = []
  private(set) var shapes: [BlockShape] = []

  /// How a frame is known.
  enum FrameKind: UInt8 {
    /// By its address.
    case bare = 0
    /// By its address, and by the name that symbols gave it.
    case symbol = 1
    /// By a name alone: the recording had no address.
    case recorded = 2
  }

  init(
    _ planes: BlockPlanes, _ head: BlockHead, shared: SharedTables, frameNames: FrameNames,
    symbols: ArchiveSymbols
  ) throws(TraceError) {
    names = try BlockTables.names(cursor(planes.table(.names)), shared.names)
    let frames = try BlockTables.frames(cursor(planes.table(.frames)), frameNames, symbols)
    stacks = try BlockTables.stacks(cursor(planes.table(.stacks)), frames, shared.stacks)
    queues = try BlockTables.queues(cursor(planes.table(.queues)), head)
    shapes = try BlockTables.shapes(
      cursor(planes.table(.shapes)), names: names.count, predictors: head.predictors, queues: queues.count)
  }

  private static func cut(_ expected: String, _ found: some CustomStringConvertible) -> TraceError {
    TraceError(.damaged, file: "", expected: expected, found: "\(found)")
  }

  /// The most rows of any table; of shapes and queues there are no more than events.
  private static let limit = 1 << 20
  /// The most frames of a stack; no recorder takes down more than some hundred.
  private static let frameLimit = 1 << 16
  /// After so many stacks what is remembered of them is forgotten: those of a block are not the same.
  private static let memory = 1 << 12

  /// A count that the bytes behind it can bear, `size` for each at least.
  private static func count(
    _ cursor: inout ByteCursor, size: Int, _ what: String, limit most: Int = BlockTables.limit
  ) throws(TraceError) -> Int {
    if cursor.bytes.isEmpty { return 0 }
    let count = try cursor.number(4, what)
    let limit = min(cursor.remaining / size, most)
    guard count <= UInt64(limit) else { throw cut("at most \(limit) \(what)", count) }
    return Int(count)
  }

  private static func text(_ cursor: inout ByteCursor, _ what: String) throws(TraceError) -> String {
    let length = try cursor.number(4, what)
    return String(decoding: try cursor.take(length, what), as: UTF8.self)
  }

  /// Number 0 is the empty name and not stored.
  private static func names(_ start: ByteCursor, _ table: NameTable) throws(TraceError) -> [NameID] {
    var cursor = start
    var names: [NameID] = [0]
    let count = try count(&cursor, size: 4, "names")
    names.reserveCapacity(1 + count)
    for _ in 0..<count {
      names.append(table.intern(try text(&cursor, "a name")))
    }
    return names
  }

  private static func frames(
    _ start: ByteCursor, _ frameNames: FrameNames, _ symbols: ArchiveSymbols
  ) throws(TraceError) -> [UInt64] {
    var cursor = start
    var frames: [UInt64] = []
    let count = try count(&cursor, size: 13, "frames")
    frames.reserveCapacity(count)
    for _ in 0..<count {
      let kind = FrameKind(rawValue: UInt8(truncatingIfNeeded: try cursor.number(1, "a frame")))
      let address = try cursor.number(8, "a frame")
      let name = try text(&cursor, "a frame's name")
      switch kind {
      case .bare?: frames.append(address)
      case .symbol?:
        symbols.note(name, at: address)
        frames.append(address)
      case .recorded?: frames.append(frameNames.address(name))
      case nil: throw cut("a frame of kind 0 to 2", "another")
      }
    }
    return frames
  }

  /// Number 0 is no stack and not stored.
  private static func stacks(
    _ start: ByteCursor, _ frames: [UInt64], _ table: StackTable
  ) throws(TraceError) -> [StackID] {
    var cursor = start
    var stacks: [StackID] = [0]
    var local = LocalStacks(table)
    let rows = try count(&cursor, size: 4, "stacks")
    stacks.reserveCapacity(1 + rows)
    for _ in 0..<rows {
      if stacks.count % memory == 0 { local = LocalStacks(table) }
      let length = try count(&cursor, size: 4, "frames of a stack", limit: frameLimit)
      var addresses: [UInt64] = []
      addresses.reserveCapacity(length)
      for _ in 0..<length {
        let frame = try cursor.number(4, "a frame of a stack")
        guard frame < UInt64(frames.count) else { throw cut("one of \(frames.count) frames", frame) }
        addresses.append(frames[Int(frame)])
      }
      stacks.append(addresses.withUnsafeBufferPointer { local.number($0) })
    }
    return stacks
  }

  private static func queues(_ start: ByteCursor, _ head: BlockHead) throws(TraceError) -> [Int] {
    var cursor = start
    var queues: [Int] = []
    var total = 0
    for _ in 0..<(try count(&cursor, size: 4, "queues", limit: ArchiveLayout.eventsPerBlock)) {
      let capacity = Int(try cursor.number(4, "a queue"))
      total += capacity
      guard total <= head.events else { throw cut("at most \(head.events) mappings", total) }
      queues.append(capacity)
    }
    return queues
  }

  private static func shapes(
    _ start: ByteCursor, names: Int, predictors: Int, queues: Int
  ) throws(TraceError) -> [BlockShape] {
    var cursor = start
    var shapes: [BlockShape] = []
    let count = try count(
      &cursor, size: BlockShape.byteCount, "shapes", limit: ArchiveLayout.eventsPerBlock)
    shapes.reserveCapacity(count)
    for _ in 0..<count {
      guard
        let shape = try BlockShape(&cursor, names: names, predictors: predictors, queues: queues)
      else { throw cut("a shape of numbers in range", "others") }
      shapes.append(shape)
    }
    return shapes
  }
}

private func cursor(_ bytes: [UInt8]) -> ByteCursor {
  ByteCursor(bytes, bigEndian: false, file: "", base: 0)
}
