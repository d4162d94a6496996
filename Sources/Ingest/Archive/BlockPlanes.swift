import CZstd

/// The columns of one block, unpacked. One for each thread, since it keeps memory from block to block.
///
/// An unsafe core: what is handed out is valid until the next `unpack`, and as long as it says.
final class BlockPlanes {
  private let zstd = ZSTD_createDCtx()
  private var memory: UnsafeMutableRawBufferPointer
  private var places = [Int](repeating: 0, count: Int(BlockColumn.limit) * 8)
  /// −1 for planes that are not there.
  private var lengths = [Int](repeating: -1, count: Int(BlockColumn.limit) * 8)
  private var numbers: UnsafeMutableBufferPointer<UInt64>
  /// What stands for the planes of a column that has one number for each event, and is not there.
  private let zeros: UnsafeMutablePointer<UInt8>

  init() {
    memory = .allocate(byteCount: 1 << 16, alignment: 16)
    numbers = .allocate(capacity: 1 << 12)
    zeros = .allocate(capacity: ArchiveLayout.eventsPerBlock)
    zeros.initialize(repeating: 0, count: ArchiveLayout.eventsPerBlock)
  }

  /// Whether it holds much more memory than the blocks of a usual archive need.
  var isOversized: Bool { memory.count > 1 << 20 || numbers.count > 1 << 16 }

  deinit {
    ZSTD_freeDCtx(zstd)
    memory.deallocate()
    numbers.deallocate()
    zeros.deallocate()
  }

  /// Unpacks all planes that the directory behind the head lists.
  func unpack(_ payload: UnsafeRawBufferPointer, _ head: BlockHead) throws(BlockFault) {
    let rows = BlockPlane.rows(payload, head)
    let total = try total(rows, head, packed: payload.count)
    if memory.count < total {
      memory.deallocate()
      memory = .allocate(byteCount: total + total / 4, alignment: 16)
    }
    var source = BlockHead.byteCount + head.planes * BlockPlane.byteCount
    var target = 0
    for plane in rows {
      guard plane.stored <= payload.count - source else {
        throw BlockFault(
          expected: "\(plane.stored) bytes of a plane", found: "only \(payload.count - source)")
      }
      let packed = UnsafeRawBufferPointer(rebasing: payload[source..<(source + plane.stored)])
      source += plane.stored
      guard BlockColumn(rawValue: plane.column) != nil else { continue }
      let index = Int(plane.column) * 8 + Int(plane.plane)
      try unpack(
        plane, packed, into: UnsafeMutableRawBufferPointer(rebasing: memory[target..<(target + plane.length)])
      )
      places[index] = target
      target += plane.length
    }
    try combineAll()
  }

  /// The bytes of all planes, once it is clear that no column has more than the events and lists of the block can bear, and
  /// tables no more than the packed bytes make credible.
  private func total(_ rows: [BlockPlane], _ head: BlockHead, packed: Int) throws(BlockFault) -> Int {
    for index in lengths.indices { lengths[index] = -1 }
    var (total, tables) = (0, 0)
    for plane in rows {
      // Columns that this version does not know are passed over.
      guard let column = BlockColumn(rawValue: plane.column) else { continue }
      let index = Int(plane.column) * 8 + Int(plane.plane)
      guard Int(plane.plane) < column.planeLimit, lengths[index] < 0 else {
        throw BlockFault(expected: "a plane of a column, each once", found: "plane \(plane.plane)")
      }
      lengths[index] = plane.length
      total += plane.length
      if column.isTable {
        tables += plane.length
      } else {
        let limit = column.isOfLists ? head.segments : head.events
        guard plane.length <= limit else {
          throw BlockFault(expected: "at most \(limit) numbers in \(column)", found: "\(plane.length)")
        }
      }
    }
    let limit = ArchiveLayout.unpackedLimit(from: packed)
    guard tables <= limit else {
      throw BlockFault(
        expected: "at most \(limit) bytes of tables in a block of \(packed)", found: "\(tables) bytes")
    }
    let lists = BlockPlanes.numeric.filter(\.isOfLists).reduce(0) { $0 + count($1) }
    guard lists <= head.segments else {
      throw BlockFault(expected: "at most \(head.segments) numbers of lists", found: "\(lists)")
    }
    let (need, most) = (BlockNeed(head, rows).bytes, BlockNeed.limit(stored: packed))
    guard need <= most else {
      throw BlockFault(
        expected: "a block of \(packed) bytes that takes at most \(most) to decode", found: "one of \(need)")
    }
    return total
  }

  /// How many numbers a column of several planes has.
  private func count(_ column: BlockColumn) -> Int {
    let first = Int(column.rawValue) * 8
    return max(0, lengths[first..<(first + 8)].max() ?? 0)
  }

  private func unpack(
    _ plane: BlockPlane, _ packed: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(BlockFault) {
    switch BlockPlane.Coding(rawValue: plane.coding) {
    case .plain?:
      guard packed.count == output.count else {
        throw BlockFault(expected: "\(output.count) bytes of a plane", found: "\(packed.count)")
      }
      output.copyMemory(from: packed)
    case .constant?:
      guard packed.count == 1 else {
        throw BlockFault(expected: "one byte of a constant plane", found: "\(packed.count)")
      }
      output.initializeMemory(as: UInt8.self, repeating: packed[0])
    case .zstd?:
      let count = ZSTD_decompressDCtx(
        zstd, output.baseAddress, output.count, packed.baseAddress, packed.count)
      guard count == output.count else {
        let found = ZSTD_isError(count) != 0 ? String(cString: ZSTD_getErrorName(count)) : "\(count)"
        throw BlockFault(expected: "a plane that unpacks to \(output.count) bytes", found: found)
      }
    case nil:
      throw BlockFault(expected: "a coding of planes from 0 to 2", found: "\(plane.coding)")
    }
  }

  /// The bytes of a table; empty if it is not there.
  func table(_ column: BlockColumn) -> [UInt8] {
    let index = Int(column.rawValue) * 8
    guard lengths[index] > 0 else { return [] }
    return Array(memory[places[index]..<(places[index] + lengths[index])])
  }

  /// One byte for each event; zeros if the plane is not there.
  func bytes(_ column: BlockColumn, plane: Int = 0, count: Int) throws(BlockFault) -> UnsafePointer<UInt8> {
    let index = Int(column.rawValue) * 8 + plane
    guard lengths[index] >= 0, let base = memory.baseAddress else { return UnsafePointer(zeros) }
    guard lengths[index] == count else {
      throw BlockFault(expected: "\(count) bytes in \(column)", found: "\(lengths[index])")
    }
    return UnsafePointer((base + places[index]).assumingMemoryBound(to: UInt8.self))
  }

  // MARK: - Numbers of several bytes

  private static let numeric = BlockColumn.allCases.filter { $0.planeLimit == 8 }
  private var starts = [Int](repeating: 0, count: Int(BlockColumn.limit))
  private var counts = [Int](repeating: 0, count: Int(BlockColumn.limit))

  /// Puts the bytes of all numbers together.
  private func combineAll() throws(BlockFault) {
    var usedNumbers = 0
    makeRoom(BlockPlanes.numeric.reduce(0) { $0 + count($1) })
    for column in BlockPlanes.numeric {
      let first = Int(column.rawValue) * 8
      let count = count(column)
      (starts[Int(column.rawValue)], counts[Int(column.rawValue)]) = (usedNumbers, count)
      guard count > 0 else { continue }
      let output = numbers.baseAddress.map { $0 + usedNumbers } ?? numbers.baseAddress
      guard let output, let base = memory.baseAddress else { continue }
      output.initialize(repeating: 0, count: count)
      for plane in 0..<8 where lengths[first + plane] >= 0 {
        guard lengths[first + plane] == count else {
          throw BlockFault(expected: "\(count) bytes in \(column)", found: "\(lengths[first + plane])")
        }
        let bytes = (base + places[first + plane]).assumingMemoryBound(to: UInt8.self)
        let shift = UInt64(plane) * 8
        for index in 0..<count { output[index] |= UInt64(bytes[index]) &<< shift }
      }
      usedNumbers += count
    }
  }

  private func makeRoom(_ count: Int) {
    if numbers.count >= count { return }
    numbers.deallocate()
    numbers = .allocate(capacity: count + count / 4)
  }

  /// Numbers that are taken one after another.
  struct Numbers {
    private var next: UnsafePointer<UInt64>?
    private var left: Int
    /// Whether more were asked for than there are.
    private(set) var isShort = false

    init(_ start: UnsafePointer<UInt64>?, count: Int) { (next, left) = (start, count) }

    /// The next number; 0 if there is none.
    @inline(__always)
    mutating func take() -> UInt64 {
      guard left > 0, let place = next else {
        isShort = true
        return 0
      }
      left &-= 1
      next = place + 1
      return place.pointee
    }
  }

  func numbers(_ column: BlockColumn) -> Numbers {
    let number = Int(column.rawValue)
    return Numbers(numbers.baseAddress.map { UnsafePointer($0 + starts[number]) }, count: counts[number])
  }
}
