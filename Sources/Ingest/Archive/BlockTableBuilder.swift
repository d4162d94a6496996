import DMAModel

/// A frame of a call stack as an archive has it.
struct ArchivedFrame {
  var kind: BlockTables.FrameKind
  var address: UInt64
  var name: String
}

/// Gathers what the events of a block have in common, and numbers it.
struct BlockTableBuilder {
  private let names: NameTable
  private let stacks: StackTable
  private let frame: (UInt64) -> ArchivedFrame
  private(set) var shapes: [BlockShape] = []
  private var shapeNumbers: [BlockShape: UInt16] = [:]
  private var last: (shape: BlockShape, number: UInt16)?
  private var predictorNumbers: [PredictorKey: UInt32] = [:]
  private var queueNumbers: [QueueKey: UInt32] = [:]
  /// Mappings in each queue.
  private(set) var queues: [Int] = []
  private var nameNumbers: [NameID: UInt32] = [:]
  private var nameList: [NameID] = []
  private var stackNumbers: [StackID: UInt32] = [:]
  private var stackList: [StackID] = []

  private struct PredictorKey: Hashable {
    var call: UInt8
    var direction: UInt8
    var flags: UInt8
    var device: NameID
    var name: NameID
  }

  private struct QueueKey: Hashable {
    var family: Family
    var device: NameID
    var direction: UInt8
  }

  /// Mappings that are undone by calls of the same family.
  private enum Family { case streaming, lists, memory, pages, tables, iommu }

  init(names: NameTable, stacks: StackTable, frame: @escaping (UInt64) -> ArchivedFrame) {
    (self.names, self.stacks, self.frame) = (names, stacks, frame)
  }

  var predictors: Int { predictorNumbers.count }

  mutating func reset() {
    shapes.removeAll(keepingCapacity: true)
    shapeNumbers.removeAll(keepingCapacity: true)
    last = nil
    predictorNumbers.removeAll(keepingCapacity: true)
    queueNumbers.removeAll(keepingCapacity: true)
    queues.removeAll(keepingCapacity: true)
    nameNumbers.removeAll(keepingCapacity: true)
    nameList.removeAll(keepingCapacity: true)
    stackNumbers.removeAll(keepingCapacity: true)
    stackList.removeAll(keepingCapacity: true)
  }

  /// The number of an event's shape; a mapping that it makes has room in its queue.
  mutating func shape(_ event: Event) -> UInt16 {
    var shape = BlockShape()
    shape.call = ArchiveCall.number(event.call)
    shape.direction = event.direction.rawValue
    (shape.flags, shape.context) = (event.flags.rawValue, event.context.rawValue)
    (shape.attributes, shape.allocation) = (event.attributes.rawValue, event.allocation.rawValue)
    (shape.cpu, shape.pid) = (event.cpu, event.pid)
    (shape.device, shape.name) = (event.device, event.name)
    shape.followsAddress = event.flags.contains(.hasPhysicalAddress) || event.physicalAddress != 0
    shape.hasList = event.physicalCount > 0 || event.busCount > 0
    // Until here a shape has the trace's own numbers of names: what a block calls them is told when it is written.
    let number: UInt16
    if let last, last.shape == shape {
      number = last.number
    } else if let known = shapeNumbers[shape] {
      number = known
      last = (shape, known)
    } else {
      number = UInt16(truncatingIfNeeded: shapes.count)
      shapeNumbers[shape] = number
      last = (shape, number)
      shapes.append(complete(shape, event.call))
    }
    if shapes[Int(number)].role == .adds { queues[Int(shapes[Int(number)].queue)] += 1 }
    _ = stack(adding: event.stack)
    return number
  }

  private mutating func complete(_ shape: BlockShape, _ call: Call) -> BlockShape {
    var shape = shape
    let key = PredictorKey(
      call: shape.call, direction: shape.direction, flags: shape.flags, device: shape.device, name: shape.name
    )
    shape.predictor = predictorNumbers[key] ?? UInt32(truncatingIfNeeded: predictorNumbers.count)
    predictorNumbers[key] = shape.predictor
    if let (role, family) = BlockTableBuilder.role(call), family != .lists || shape.hasList {
      shape.role = role
      let isMemory = family == .memory || family == .pages || family == .tables || family == .iommu
      let key = QueueKey(
        family: family, device: shape.device, direction: isMemory ? 3 : shape.direction)
      shape.queue = queueNumbers[key] ?? UInt32(truncatingIfNeeded: queues.count)
      if Int(shape.queue) == queues.count { queues.append(0) }
      queueNumbers[key] = shape.queue
    }
    (shape.device, shape.name) = (number(shape.device), number(shape.name))
    return shape
  }

  private static func role(_ call: Call) -> (BlockShape.Role, Family)? {
    switch call {
    case .mapPage, .mapResource: (.adds, .streaming)
    case .unmapPage, .unmapResource: (.takes, .streaming)
    case .syncSingleForCPU, .syncSingleForDevice: (.names, .streaming)
    case .mapScatterlist: (.adds, .lists)
    case .unmapScatterlist: (.takes, .lists)
    case .allocate: (.adds, .memory)
    case .free: (.takes, .memory)
    case .allocatePages: (.adds, .pages)
    case .freePages: (.takes, .pages)
    case .allocateScatterTable: (.adds, .tables)
    case .freeScatterTable: (.takes, .tables)
    case .iommuMap: (.adds, .iommu)
    case .iommuUnmap: (.takes, .iommu)
    default: nil
    }
  }

  private mutating func number(_ name: NameID) -> UInt32 {
    if name == 0 { return 0 }
    if let known = nameNumbers[name] { return known }
    nameList.append(name)
    nameNumbers[name] = UInt32(truncatingIfNeeded: nameList.count)
    return UInt32(truncatingIfNeeded: nameList.count)
  }

  private mutating func stack(adding stack: StackID) -> UInt32 {
    if stack == 0 { return 0 }
    if let known = stackNumbers[stack] { return known }
    stackList.append(stack)
    stackNumbers[stack] = UInt32(truncatingIfNeeded: stackList.count)
    return UInt32(truncatingIfNeeded: stackList.count)
  }

  /// The number of a stack that an event with a shape has.
  func stack(_ stack: StackID) -> UInt32 { stack == 0 ? 0 : stackNumbers[stack] ?? 0 }

  func write(to columns: inout BlockColumns) {
    columns.put(.names, nameList.isEmpty ? nil : nameList.count) { bytes in
      for name in nameList { bytes.put(names[name]) }
    }
    var frames: [UInt64: UInt32] = [:]
    var frameList: [UInt64] = []
    columns.put(.stacks, stackList.isEmpty ? nil : stackList.count) { bytes in
      for stack in stackList {
        let addresses = stacks[stack]
        bytes.put(UInt32(truncatingIfNeeded: addresses.count))
        for address in addresses {
          let number = frames[address] ?? UInt32(truncatingIfNeeded: frameList.count)
          if Int(number) == frameList.count {
            frameList.append(address)
            frames[address] = number
          }
          bytes.put(number)
        }
      }
    }
    columns.put(.frames, frameList.isEmpty ? nil : frameList.count) { bytes in
      for address in frameList {
        let frame = frame(address)
        bytes.put(frame.kind.rawValue)
        bytes.put(frame.address)
        bytes.put(frame.name)
      }
    }
    columns.put(.queues, queues.isEmpty ? nil : queues.count) { bytes in
      for queue in queues { bytes.put(UInt32(truncatingIfNeeded: queue)) }
    }
    columns.put(.shapes, shapes.count) { bytes in
      for shape in shapes { shape.write(to: &bytes) }
    }
  }
}
