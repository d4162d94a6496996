import DMAModel

/// The memory that a block takes while it is decoded, as its head and its directory tell before any of it is unpacked:
/// some hundred bytes may promise tens of mebibytes.
struct BlockNeed {
  /// Bytes, of the events included.
  private(set) var bytes = 0
  /// Bytes of tables, unpacked; what they hold is kept as long as the trace is.
  private(set) var tables = 0

  /// What blocks may take that are decoded or wait for the reader: three or four usual ones.
  static let limit = 24 << 20
  /// What one block may take. 65,536 events with lists and stacks take two thirds of `limit`.
  static func limit(stored: Int) -> Int { limit + 16 * stored }

  /// The most bytes of a payload that a head and a directory take.
  static let prefix = BlockHead.byteCount + Int(BlockColumn.limit) * 8 * BlockPlane.byteCount
  /// What is made of each byte of a table, which is copied beside.
  private static func perByte(_ table: BlockColumn) -> Int {
    switch table {
    case .shapes: 6
    case .queues: 9
    default: 2
    }
  }

  /// Nothing.
  init() {}

  init(_ head: BlockHead, _ rows: [BlockPlane]) {
    var counts = [Int](repeating: 0, count: Int(BlockColumn.limit))
    for row in rows {
      guard let column = BlockColumn(rawValue: row.column) else { continue }
      bytes += row.length
      if column.isTable {
        tables += row.length
        bytes += row.length * BlockNeed.perByte(column)
      }
      if column.planeLimit == 8 {
        counts[Int(row.column)] = max(counts[Int(row.column)], row.length)
      }
    }
    bytes += counts.reduce(0, +) * MemoryLayout<UInt64>.stride
    bytes += head.predictors * MemoryLayout<BlockPrediction.Predictor>.stride
    bytes += head.events * (MemoryLayout<BlockPrediction.Entry>.stride + 1)
    bytes += BlockNeed.ofBatch(events: head.events, segments: head.segments)
  }

  /// - Parameter payload: its first bytes, `prefix` of them or all.
  /// - Returns: nil where they are no head.
  init?(_ payload: UnsafeRawBufferPointer) {
    guard let head = BlockHead(payload) else { return nil }
    self.init(head, BlockPlane.rows(payload, head))
  }

  /// Batches grow twofold.
  private static func ofBatch(events: Int, segments: Int) -> Int {
    func room(_ count: Int) -> Int { 1 << (Int.bitWidth - max(0, count - 1).leadingZeroBitCount) }
    return room(events) * MemoryLayout<Event>.stride + room(segments) * MemoryLayout<UInt64>.stride
  }
}
