import DMAModel

/// What many events of a block have in common, stored once.
struct BlockShape: Hashable {
  /// What an event does to its queue of mappings.
  enum Role: UInt8 {
    case none
    /// It adds a mapping.
    case adds
    /// It undoes one.
    case takes
    /// It names one.
    case names
  }

  /// The number of the call in archives (see `ArchiveCall`).
  var call: UInt8 = 0
  var direction: UInt8 = 3
  var flags: UInt8 = 0
  var context: UInt8 = 0
  var attributes: UInt32 = 0
  var allocation: UInt16 = 0
  var cpu: UInt16 = 0
  var pid: Int32 = 0
  /// Numbers of names in the block; 0 is none.
  var device: UInt32 = 0
  var name: UInt32 = 0
  var predictor: UInt32 = 0
  var queue: UInt32 = 0
  var role = Role.none
  /// Whether the physical address keeps its distance from the bus address; else it is expected to be 0.
  var followsAddress = false
  /// Whether the event may have a scatterlist, which its queue then is about, not its address.
  var hasList = false

  static let byteCount = 36

  init() {}

  func write(to bytes: inout ArchiveBytes) {
    bytes.put(call)
    bytes.put(direction)
    bytes.put(flags)
    bytes.put(context)
    bytes.put(attributes)
    bytes.put(allocation)
    bytes.put(cpu)
    bytes.put(pid)
    bytes.put(device)
    bytes.put(name)
    bytes.put(predictor)
    bytes.put(queue)
    bytes.put(role.rawValue)
    bytes.put(UInt8(followsAddress ? 1 : 0) | UInt8(hasList ? 2 : 0))
    bytes.put(UInt16(0))
  }

  /// - Returns: nil where something is out of range.
  init?(_ cursor: inout ByteCursor, names: Int, predictors: Int, queues: Int) throws(TraceError) {
    func number<T: FixedWidthInteger>(_ type: T.Type) throws(TraceError) -> T {
      T(truncatingIfNeeded: try cursor.number(T.bitWidth / 8, "a shape"))
    }
    call = try number(UInt8.self)
    direction = try number(UInt8.self)
    flags = try number(UInt8.self)
    context = try number(UInt8.self)
    attributes = try number(UInt32.self)
    allocation = try number(UInt16.self)
    cpu = try number(UInt16.self)
    pid = try number(Int32.self)
    device = try number(UInt32.self)
    name = try number(UInt32.self)
    predictor = try number(UInt32.self)
    queue = try number(UInt32.self)
    let role = Role(rawValue: try number(UInt8.self))
    let options = try number(UInt8.self)
    _ = try number(UInt16.self)
    followsAddress = options & 1 != 0
    hasList = options & 2 != 0
    guard let role, Int(call) < ArchiveCall.calls.count, direction <= 3, Int(device) < names,
      Int(name) < names, Int(predictor) < predictors, role == .none || Int(queue) < queues
    else { return nil }
    self.role = role
  }
}

/// What about an event was not expected, and is stored: a bit each.
struct BlockMode: OptionSet {
  let rawValue: UInt8
  /// The bus address: its distance from the predictor's last.
  static let address = BlockMode(rawValue: 1 << 0)
  /// The mapping that it names: its distance from the expected place in the queue.
  static let place = BlockMode(rawValue: 1 << 1)
  static let physicalAddress = BlockMode(rawValue: 1 << 2)
  static let size = BlockMode(rawValue: 1 << 3)
  static let value = BlockMode(rawValue: 1 << 4)
  static let stack = BlockMode(rawValue: 1 << 5)
  static let counts = BlockMode(rawValue: 1 << 6)
  /// The physical addresses of the scatterlist, which are those of no mapping.
  static let list = BlockMode(rawValue: 1 << 7)
}

/// The columns of a block.
enum BlockColumn: UInt8, CaseIterable {
  // Tables, bytes as they are.
  case names = 0
  case frames, stacks, queues, shapes
  // One number for each event.
  case shape = 8
  case mode, ticks, residual
  // One number for each event that has something unexpected.
  case time = 16
  case place, address, physicalAddress, size, value, stack, nents, ents, physicalCount, busCount
  // One number for each entry of a scatterlist.
  case listPhysical = 32
  case listBus, listLength

  static let limit = 48

  /// Whether its bytes are taken as they are.
  var isTable: Bool { rawValue < BlockColumn.shape.rawValue }
  /// Whether it has a number for each entry of a scatterlist.
  var isOfLists: Bool { rawValue >= BlockColumn.listPhysical.rawValue }

  /// Of a number: its bytes, each in a plane of its own.
  var planeLimit: Int {
    switch self {
    case .names, .frames, .stacks, .queues, .shapes, .mode, .residual: 1
    case .shape, .ticks: 2
    default: 8
    }
  }
}

/// Signed numbers by magnitude, so that small ones have small codes.
enum ZigZag {
  @inline(__always)
  static func code(_ difference: UInt64) -> UInt64 {
    difference << 1 ^ UInt64(bitPattern: Int64(bitPattern: difference) >> 63)
  }

  @inline(__always)
  static func difference(_ code: UInt64) -> UInt64 { code >> 1 ^ (0 &- (code & 1)) }
}
