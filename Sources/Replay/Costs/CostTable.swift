import DMAModel

/// What calls of one kind, from one place, by one task, for one device came to.
struct CostCell {
  /// What it is the sum of, packed, so that two comparisons tell. A cell in use has a key that is not 0.
  struct Key: Equatable {
    var low: UInt64 = 0
    var high: UInt64 = 0

    init() {}

    @inline(__always)
    init(_ device: UInt32, _ operation: Operation, _ direction: Direction, _ stack: StackID, _ pid: Int32) {
      low = UInt64(stack) << 32 | UInt64(UInt32(bitPattern: pid))
      high =
        1 << 63 | UInt64(device) << 16 | UInt64(operation.rawValue) << 8 | UInt64(direction.rawValue)
    }

    @inline(__always)
    var isUsed: Bool { high != 0 }

    var device: UInt32 { UInt32(truncatingIfNeeded: high >> 16) }
    var stack: StackID { StackID(truncatingIfNeeded: low >> 32) }
    var pid: Int32 { Int32(truncatingIfNeeded: low) }
    var operation: Operation { Operation(rawValue: UInt8(truncatingIfNeeded: high >> 8)) ?? .map }
    var direction: Direction { Direction(rawValue: UInt8(truncatingIfNeeded: high)) ?? .none }

    /// The same for all stacks and tasks.
    fileprivate var withoutCaller: Key { Key(device, operation, direction, 0, -1) }

    fileprivate var recentPlace: Int {
      Int(truncatingIfNeeded: (high >> 16 & 15) << 5 | (high >> 8 & 7) << 2 | high & 3)
    }

    @inline(__always)
    var hash: Int {
      let product = (low &* 0x9e37_79b9_7f4a_7c15) ^ (high &* 0xc2b2_ae3d_27d4_eb4f)
      return Int(truncatingIfNeeded: (product ^ (product >> 29)) & 0x7fff_ffff_ffff_ffff)
    }
  }

  var key = Key()
  var apiCalls: UInt64 = 0
  /// As if the device were not coherent.
  var maintenance = Maintenance.zero
  var bouncedBytes: UInt64 = 0
  /// Bytes that were copied if the device sits behind no IOMMU.
  var deviantBytes: UInt64 = 0
  /// Of maps: those of a buffer that was mapped before, with the maintenance of one of its two ends.
  var recycledCalls: UInt64 = 0
  var recycled = Maintenance.zero
  /// Of maps: those that cover lines too many, and these lines.
  var misalignedCalls: UInt64 = 0
  var misalignedLines: UInt64 = 0

  var device: UInt32 { key.device }
  var stack: StackID { key.stack }
  var pid: Int32 { key.pid }
  var operation: Operation { key.operation }
  var direction: Direction { key.direction }
}

/// Sums by device, operation, direction, call stack and task, in an open-addressing table: one lookup a call.
struct CostTable: ~Copyable {
  /// Past so many cells, stacks and tasks are no longer told apart.
  static let limit = 1 << 18
  private var cells: UnsafeMutablePointer<CostCell>
  private var mask: Int
  private(set) var count = 0
  /// Where the cell was that was met last, by device, operation and direction: mostly it is the one that is wanted.
  private let recent: UnsafeMutablePointer<UInt32>
  private static let recentCount = 512

  init() {
    mask = 255
    cells = .allocate(capacity: mask + 1)
    cells.initialize(repeating: CostCell(), count: mask + 1)
    recent = .allocate(capacity: CostTable.recentCount)
    recent.initialize(repeating: 0, count: CostTable.recentCount)
  }

  deinit {
    cells.deallocate()
    recent.deallocate()
  }

  /// Adds one call of the API.
  mutating func add(
    _ device: Int, _ operation: Operation, _ event: Event, _ direction: Direction, _ maintenance: Maintenance,
    bounced: UInt64 = 0, deviant: UInt64 = 0
  ) {
    let cell = cell(device, operation, event, direction)
    cell.pointee.apiCalls &+= 1
    cell.pointee.maintenance = cell.pointee.maintenance + maintenance
    cell.pointee.bouncedBytes &+= bounced
    cell.pointee.deviantBytes &+= deviant
  }

  /// The cell of a call, by address; it holds until the next call of this or of `add`.
  mutating func cell(
    _ device: Int, _ operation: Operation, _ event: Event, _ direction: Direction
  ) -> UnsafeMutablePointer<CostCell> {
    cell(CostCell.Key(UInt32(truncatingIfNeeded: device), operation, direction, event.stack, event.pid))
  }

  /// The same of a call with this key.
  mutating func cell(_ wanted: CostCell.Key) -> UnsafeMutablePointer<CostCell> {
    let key = count >= CostTable.limit ? wanted.withoutCaller : wanted
    let place = key.recentPlace
    var index = Int(recent[place])
    if cells[index].key != key {
      index = find(key)
      recent[place] = UInt32(truncatingIfNeeded: index)
    }
    return cells + index
  }

  private mutating func find(_ key: CostCell.Key) -> Int {
    let index = slot(key)
    if cells[index].key == key { return index }
    return newCell(key, at: index)
  }

  /// Where a cell is, or would go.
  private func slot(_ key: CostCell.Key) -> Int {
    var index = key.hash & mask
    while cells[index].key.isUsed && cells[index].key != key { index = (index + 1) & mask }
    return index
  }

  private mutating func newCell(_ key: CostCell.Key, at free: Int) -> Int {
    var index = free
    if count * 2 > mask {
      grow()
      index = slot(key)
    }
    count += 1
    cells[index] = CostCell(key: key)
    return index
  }

  private mutating func grow() {
    let (old, oldMask) = (cells, mask)
    mask = mask * 2 + 1
    cells = .allocate(capacity: mask + 1)
    cells.initialize(repeating: CostCell(), count: mask + 1)
    for position in 0...oldMask where old[position].key.isUsed {
      cells[slot(old[position].key)] = old[position]
    }
    old.deallocate()
  }

  /// All cells, in an order that depends on nothing but their keys.
  func all() -> [CostCell] {
    (0...mask).filter { cells[$0].key.isUsed }.map { cells[$0] }.sorted {
      ($0.device, $0.operation.rawValue, $0.direction.rawValue, $0.stack, $0.pid)
        < ($1.device, $1.operation.rawValue, $1.direction.rawValue, $1.stack, $1.pid)
    }
  }
}
