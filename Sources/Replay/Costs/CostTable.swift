import DMAModel

/// What calls of one kind, from one place, by one task, for one device came to.
struct CostCell {
  var device: UInt32 = 0
  var stack: StackID = 0
  var pid: Int32 = 0
  var operation = Operation.map
  var direction = Direction.none
  var apiCalls: UInt64 = 0
  /// As if the device were not coherent.
  var maintenance = Maintenance.zero
  var bouncedBytes: UInt64 = 0
  /// Bytes that were copied if the device sits behind no IOMMU.
  var deviantBytes: UInt64 = 0
}

/// Sums by device, operation, direction, call stack and task, in an open-addressing table: one lookup a call.
struct CostTable: ~Copyable {
  /// Past so many cells, stacks and tasks are no longer told apart.
  static let limit = 1 << 18
  private var cells: UnsafeMutablePointer<CostCell>
  private var mask: Int
  private(set) var count = 0

  init() {
    mask = 255
    cells = .allocate(capacity: mask + 1)
    cells.initialize(repeating: CostCell(), count: mask + 1)
  }

  deinit { cells.deallocate() }

  /// Adds one call of the API.
  @inline(__always)
  mutating func add(
    _ device: Int, _ operation: Operation, _ event: Event, _ direction: Direction, _ maintenance: Maintenance,
    bounced: UInt64 = 0, deviant: UInt64 = 0
  ) {
    let isFull = count >= CostTable.limit
    let cell = self.cell(
      UInt32(truncatingIfNeeded: device), operation, direction, isFull ? 0 : event.stack,
      isFull ? -1 : event.pid)
    cell.pointee.apiCalls &+= 1
    cell.pointee.maintenance = cell.pointee.maintenance + maintenance
    cell.pointee.bouncedBytes &+= bounced
    cell.pointee.deviantBytes &+= deviant
  }

  @inline(__always)
  private mutating func cell(
    _ device: UInt32, _ operation: Operation, _ direction: Direction, _ stack: StackID, _ pid: Int32
  ) -> UnsafeMutablePointer<CostCell> {
    var index = CostTable.hash(device, operation, direction, stack, pid) & mask
    while cells[index].apiCalls != 0 {
      let cell = cells + index
      if cell.pointee.device == device, cell.pointee.stack == stack, cell.pointee.pid == pid,
        cell.pointee.operation == operation, cell.pointee.direction == direction
      {
        return cell
      }
      index = (index + 1) & mask
    }
    return newCell(index, device, operation, direction, stack, pid)
  }

  private mutating func newCell(
    _ free: Int, _ device: UInt32, _ operation: Operation, _ direction: Direction, _ stack: StackID,
    _ pid: Int32
  ) -> UnsafeMutablePointer<CostCell> {
    var index = free
    if count * 2 > mask {
      grow()
      index = CostTable.hash(device, operation, direction, stack, pid) & mask
      while cells[index].apiCalls != 0 { index = (index + 1) & mask }
    }
    count += 1
    cells[index] = CostCell(
      device: device, stack: stack, pid: pid, operation: operation, direction: direction)
    return cells + index
  }

  @inline(__always)
  private static func hash(
    _ device: UInt32, _ operation: Operation, _ direction: Direction, _ stack: StackID, _ pid: Int32
  ) -> Int {
    let low = UInt64(stack) << 32 | UInt64(UInt32(bitPattern: pid))
    let high = UInt64(device) << 8 | UInt64(operation.rawValue) << 4 | UInt64(direction.rawValue)
    let product = (low &* 0x9e37_79b9_7f4a_7c15) ^ (high &* 0xc2b2_ae3d_27d4_eb4f)
    return Int(truncatingIfNeeded: (product ^ (product >> 29)) & 0x7fff_ffff_ffff_ffff)
  }

  private mutating func grow() {
    let (old, oldMask) = (cells, mask)
    mask = mask * 2 + 1
    cells = .allocate(capacity: mask + 1)
    cells.initialize(repeating: CostCell(), count: mask + 1)
    for position in 0...oldMask where old[position].apiCalls != 0 {
      let cell = old[position]
      var index = CostTable.hash(cell.device, cell.operation, cell.direction, cell.stack, cell.pid) & mask
      while cells[index].apiCalls != 0 { index = (index + 1) & mask }
      cells[index] = cell
    }
    old.deallocate()
  }

  /// All cells, in an order that depends on nothing but their keys.
  func all() -> [CostCell] {
    (0...mask).filter { cells[$0].apiCalls != 0 }.map { cells[$0] }.sorted {
      ($0.device, $0.operation.rawValue, $0.direction.rawValue, $0.stack, $0.pid)
        < ($1.device, $1.operation.rawValue, $1.direction.rawValue, $1.stack, $1.pid)
    }
  }
}
