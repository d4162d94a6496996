import CZstd

/// The columns of a block that is being written.
struct BlockColumns: Sendable {
  private(set) var numbers = [[UInt64]](repeating: [], count: Int(BlockColumn.limit))
  private(set) var tables: [(column: BlockColumn, bytes: [UInt8])] = []

  @inline(__always)
  mutating func append(_ column: BlockColumn, _ number: UInt64) {
    numbers[Int(column.rawValue)].append(number)
  }

  /// A table with its count before it; none if there is no count.
  mutating func put(_ column: BlockColumn, _ count: Int?, _ body: (inout ArchiveBytes) -> Void) {
    guard let count else { return }
    var bytes = ArchiveBytes()
    bytes.put(UInt32(truncatingIfNeeded: count))
    body(&bytes)
    tables.append((column, bytes.bytes))
  }
}

/// Packs the columns of blocks; one for each thread, since it keeps the library's working memory.
final class PlaneCompressor {
  private let level: Int32
  private let context = ZSTD_createCCtx()
  private var output: [UInt8] = []
  private var isPacked = true

  /// - Parameter level: of zstd.
  init(level: Int32) { self.level = level }

  deinit { ZSTD_freeCCtx(context) }

  /// Head, directory and planes.
  ///
  /// - Parameter isPacked: whether planes may be packed; else they are put down as they are.
  func payload(_ content: BlockContent, isPacked: Bool = true) -> [UInt8] {
    let columns = content.columns
    var rows: [BlockPlane] = []
    var packed: [UInt8] = []
    self.isPacked = isPacked
    for (column, bytes) in columns.tables { add(bytes, column, 0, &rows, &packed) }
    for column in BlockColumn.allCases where !columns.numbers[Int(column.rawValue)].isEmpty {
      let numbers = columns.numbers[Int(column.rawValue)]
      let used = numbers.reduce(0, |)
      for plane in 0..<column.planeLimit {
        let shift = UInt64(plane) * 8
        // Bytes that are zero throughout need no plane, but the first of exceptions tells their number.
        if used >> shift == 0, plane > 0 || column.rawValue < BlockColumn.time.rawValue { break }
        add(numbers.map { UInt8(truncatingIfNeeded: $0 >> shift) }, column, plane, &rows, &packed)
      }
    }
    var head = content.head
    head.planes = rows.count
    var payload = ArchiveBytes()
    head.write(to: &payload)
    for row in rows { row.write(to: &payload) }
    return payload.bytes + packed
  }

  private func add(
    _ bytes: [UInt8], _ column: BlockColumn, _ plane: Int, _ rows: inout [BlockPlane], _ packed: inout [UInt8]
  ) {
    func note(_ coding: BlockPlane.Coding, _ stored: some Collection<UInt8>) {
      rows.append(
        BlockPlane(column: column, plane: plane, coding: coding, length: bytes.count, stored: stored.count))
      packed += stored
    }
    guard isPacked else { return note(.plain, bytes) }
    if bytes.allSatisfy({ $0 == bytes[0] }) { return note(.constant, bytes.prefix(1)) }
    let bound = ZSTD_compressBound(bytes.count)
    if output.count < bound { output = [UInt8](repeating: 0, count: bound) }
    let count = ZSTD_compressCCtx(context, &output, output.count, bytes, bytes.count, level)
    if ZSTD_isError(count) != 0 || count >= bytes.count { return note(.plain, bytes) }
    note(.zstd, output.prefix(count))
  }
}
