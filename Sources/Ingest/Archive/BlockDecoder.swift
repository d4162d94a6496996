import DMAModel

/// Turns blocks of an archive into events. One for each thread.
///
/// An unsafe core: every number from the block is checked before it chooses a place in memory.
final class BlockDecoder {
  private let shared: SharedTables
  private let frameNames: FrameNames
  private let symbols: ArchiveSymbols
  private var planes = BlockPlanes()
  private var prediction = BlockPrediction()
  private var templates: [Template] = []

  /// A shape, ready to be copied.
  private struct Template {
    var event: Event
    var predictor: Int
    var queue: Int
    var role: BlockShape.Role
    var followsAddress: Bool
    var hasList: Bool
  }

  init(shared: SharedTables, frameNames: FrameNames, symbols: ArchiveSymbols) {
    (self.shared, self.frameNames, self.symbols) = (shared, frameNames, symbols)
  }

  /// Fills `batch` with the events of a block; leaves it empty if there is anything wrong.
  ///
  /// - Throws: `BlockFault` if the block is not sound.
  func decode(_ payload: UnsafeRawBufferPointer, into batch: EventBatch) throws(BlockFault) {
    batch.reset()
    defer { giveBack() }
    guard let head = BlockHead(payload) else {
      throw BlockFault(expected: "the head of a block", found: "numbers out of range")
    }
    try planes.unpack(payload, head)
    let tables: BlockTables
    do throws(TraceError) {
      tables = try BlockTables(
        planes, head, shared: shared, frameNames: frameNames, symbols: symbols)
    } catch {
      throw BlockFault(expected: error.expected, found: error.found)
    }
    prediction.reset(predictors: head.predictors, queues: tables.queues)
    templates.removeAll(keepingCapacity: true)
    templates.reserveCapacity(tables.shapes.count)
    for shape in tables.shapes { templates.append(template(shape, tables)) }
    do throws(BlockFault) {
      try fill(batch, head, tables.stacks)
    } catch {
      batch.reset()
      throw error
    }
  }

  /// What one odd block has made large does not stay so.
  private func giveBack() {
    if planes.isOversized { planes = BlockPlanes() }
    if prediction.isOversized { prediction = BlockPrediction() }
    if templates.capacity > 1 << 12 { templates = [] }
  }

  private func template(_ shape: BlockShape, _ tables: BlockTables) -> Template {
    var event = Event()
    event.call = ArchiveCall.calls[Int(shape.call)]
    event.direction = Direction(recorded: UInt64(shape.direction))
    event.flags = Event.Flags(rawValue: shape.flags)
    event.context = Event.Context(rawValue: shape.context)
    event.attributes = Attributes(rawValue: shape.attributes)
    event.allocation = AllocationFlags(rawValue: shape.allocation)
    (event.cpu, event.pid) = (shape.cpu, shape.pid)
    (event.device, event.name) = (tables.names[Int(shape.device)], tables.names[Int(shape.name)])
    return Template(
      event: event, predictor: Int(shape.predictor), queue: Int(shape.queue), role: shape.role,
      followsAddress: shape.followsAddress, hasList: shape.hasList)
  }

  private func fill(_ batch: EventBatch, _ head: BlockHead, _ stacks: [StackID]) throws(BlockFault) {
    let events = batch.makeRoom(head.events)
    let segments = batch.reserveSegments(head.segments)
    var columns = try Columns(planes, head)
    let isSound = templates.withUnsafeBufferPointer { templates in
      stacks.withUnsafeBufferPointer { stacks in
        BlockDecoder.run(
          &columns, prediction, templates, stacks, count: head.events, into: events,
          segments: UnsafeMutableBufferPointer(start: segments, count: head.segments))
      }
    }
    guard isSound, !columns.isShort else {
      throw BlockFault(expected: "numbers that name what is in the block", found: "others")
    }
    batch.take(head.events)
  }

  /// What the loop reads.
  private struct Columns {
    var clock: BlockClock
    let shapes: UnsafePointer<UInt8>
    let highShapes: UnsafePointer<UInt8>
    let modes: UnsafePointer<UInt8>
    var places, addresses, physicalAddresses, sizes, values, stacks: BlockPlanes.Numbers
    var nents, ents, physicalCounts, busCounts: BlockPlanes.Numbers
    var listPhysical, listBus, listLengths: BlockPlanes.Numbers

    init(_ planes: BlockPlanes, _ head: BlockHead) throws(BlockFault) {
      clock = try BlockClock(planes, head)
      shapes = try planes.bytes(.shape, count: head.events)
      highShapes = try planes.bytes(.shape, plane: 1, count: head.events)
      modes = try planes.bytes(.mode, count: head.events)
      (places, addresses) = (planes.numbers(.place), planes.numbers(.address))
      (physicalAddresses, sizes) = (planes.numbers(.physicalAddress), planes.numbers(.size))
      (values, stacks) = (planes.numbers(.value), planes.numbers(.stack))
      (nents, ents) = (planes.numbers(.nents), planes.numbers(.ents))
      (physicalCounts, busCounts) = (planes.numbers(.physicalCount), planes.numbers(.busCount))
      (listPhysical, listBus) = (planes.numbers(.listPhysical), planes.numbers(.listBus))
      listLengths = planes.numbers(.listLength)
    }

    var isShort: Bool {
      clock.isShort || places.isShort || addresses.isShort || physicalAddresses.isShort || sizes.isShort
        || values.isShort || stacks.isShort || nents.isShort || ents.isShort || physicalCounts.isShort
        || busCounts.isShort || listPhysical.isShort || listBus.isShort || listLengths.isShort
    }
  }

  /// Makes all events.
  /// - Returns: whether every number was in range.
  private static func run(
    _ columns: inout Columns, _ prediction: BlockPrediction, _ templates: UnsafeBufferPointer<Template>,
    _ stacks: UnsafeBufferPointer<StackID>, count: Int, into events: UnsafeMutablePointer<Event>,
    segments: UnsafeMutableBufferPointer<UInt64>
  ) -> Bool {
    guard let table = templates.baseAddress else { return false }
    var usedSegments = 0
    for index in 0..<count {
      let shape = Int(columns.shapes[index]) | Int(columns.highShapes[index]) &<< 8
      guard shape < templates.count else { return false }
      let template = table + shape
      let event = events + index
      event.initialize(to: template.pointee.event)
      event.pointee.time = columns.clock.next(index)
      let mode = BlockMode(rawValue: columns.modes[index])
      let predictor = prediction.predictors + template.pointee.predictor
      guard address(&columns, prediction, template, predictor, mode, event) else { return false }
      if mode.rawValue > BlockMode.value.rawValue &- 1 || template.pointee.hasList {
        guard rest(&columns, predictor, mode, event, stacks) else { return false }
        if template.pointee.hasList {
          guard
            list(&columns, prediction, template, predictor, mode, event, segments, &usedSegments)
          else { return false }
        }
      } else {
        event.pointee.value = predictor.pointee.value
        event.pointee.stack = stacks[Int(predictor.pointee.stack)]
        (event.pointee.nents, event.pointee.ents) = (predictor.pointee.nents, predictor.pointee.ents)
      }
    }
    return true
  }

  /// The bus address, the physical address and the size.
  @inline(__always)
  private static func address(
    _ columns: inout Columns, _ prediction: BlockPrediction, _ template: UnsafePointer<Template>,
    _ predictor: UnsafeMutablePointer<BlockPrediction.Predictor>, _ mode: BlockMode,
    _ event: UnsafeMutablePointer<Event>
  ) -> Bool {
    let last = predictor.pointee.address
    var address = last &+ predictor.pointee.step
    var size = predictor.pointee.size
    let role = template.pointee.role
    if role.rawValue >= BlockShape.Role.takes.rawValue, !template.pointee.hasList {
      let queue = template.pointee.queue
      // What is expected is looked for in any case: both sides have to pass over the same mappings.
      var place = prediction.expected(predictor, queue)
      if mode.contains(.address) {
        place = nil
      } else if mode.contains(.place) {
        let distance = ZigZag.difference(columns.places.take())
        place = Int(truncatingIfNeeded: UInt64(predictor.pointee.cursor) &+ distance)
      }
      if let place {
        guard place >= 0, place < prediction.queues[queue].count else { return false }
        let entry = prediction.name(place, of: queue, predictor, take: role == .takes)
        (address, size) = (entry.address, entry.size)
      }
    }
    if mode.contains(.address) {
      address = last &+ ZigZag.difference(columns.addresses.take())
    }
    if mode.contains(.size) { size = columns.sizes.take() }
    predictor.pointee.step = address &- last
    predictor.pointee.address = address
    predictor.pointee.size = size
    event.pointee.address = address
    event.pointee.size = size
    if template.pointee.followsAddress || mode.contains(.physicalAddress) {
      var physical = address &+ predictor.pointee.difference
      if mode.contains(.physicalAddress) {
        physical =
          predictor.pointee.physicalAddress &+ ZigZag.difference(columns.physicalAddresses.take())
      }
      predictor.pointee.difference = physical &- address
      predictor.pointee.physicalAddress = physical
      event.pointee.physicalAddress = physical
    }
    if role == .adds, !template.pointee.hasList {
      return prediction.push(.init(address: address, size: size), to: template.pointee.queue)
    }
    return true
  }

  /// The value, the stack and the counts.
  private static func rest(
    _ columns: inout Columns, _ predictor: UnsafeMutablePointer<BlockPrediction.Predictor>,
    _ mode: BlockMode, _ event: UnsafeMutablePointer<Event>, _ stacks: UnsafeBufferPointer<StackID>
  ) -> Bool {
    if mode.contains(.value) {
      predictor.pointee.value = predictor.pointee.value &+ ZigZag.difference(columns.values.take())
    }
    event.pointee.value = predictor.pointee.value
    if mode.contains(.stack) {
      let stack = columns.stacks.take()
      guard stack < UInt64(stacks.count) else { return false }
      predictor.pointee.stack = UInt32(truncatingIfNeeded: stack)
    }
    event.pointee.stack = stacks[Int(predictor.pointee.stack)]
    if mode.contains(.counts) {
      predictor.pointee.nents = Int32(truncatingIfNeeded: ZigZag.difference(columns.nents.take()))
      predictor.pointee.ents = Int32(truncatingIfNeeded: ZigZag.difference(columns.ents.take()))
      predictor.pointee.physicalCount = UInt16(truncatingIfNeeded: columns.physicalCounts.take())
      predictor.pointee.busCount = UInt16(truncatingIfNeeded: columns.busCounts.take())
    }
    event.pointee.nents = predictor.pointee.nents
    event.pointee.ents = predictor.pointee.ents
    return true
  }

  /// The scatterlist.
  private static func list(
    _ columns: inout Columns, _ prediction: BlockPrediction, _ template: UnsafePointer<Template>,
    _ predictor: UnsafeMutablePointer<BlockPrediction.Predictor>, _ mode: BlockMode,
    _ event: UnsafeMutablePointer<Event>, _ segments: UnsafeMutableBufferPointer<UInt64>, _ used: inout Int
  ) -> Bool {
    let (physical, bus) = (Int(predictor.pointee.physicalCount), Int(predictor.pointee.busCount))
    if physical &+ bus == 0 { return true }
    let start = used
    guard physical &+ 2 &* bus <= segments.count &- start, let base = segments.baseAddress else {
      return false
    }
    used = start &+ physical &+ 2 &* bus
    event.pointee.segments = UInt32(truncatingIfNeeded: start)
    (event.pointee.physicalCount, event.pointee.busCount) = (
      predictor.pointee.physicalCount, predictor.pointee.busCount
    )
    let list = base + start
    let role = template.pointee.role
    var place: Int?
    if physical > 0, role.rawValue >= BlockShape.Role.takes.rawValue {
      place = prediction.expected(predictor, template.pointee.queue)
    }
    if physical > 0, role.rawValue >= BlockShape.Role.takes.rawValue, !mode.contains(.list) {
      let queue = template.pointee.queue
      if mode.contains(.place) {
        let distance = ZigZag.difference(columns.places.take())
        place = Int(truncatingIfNeeded: UInt64(predictor.pointee.cursor) &+ distance)
      }
      guard let place, place >= 0, place < prediction.queues[queue].count else { return false }
      let entry = prediction.name(place, of: queue, predictor, take: role == .takes)
      guard entry.size == UInt64(physical), entry.address <= UInt64(start),
        physical <= start &- Int(entry.address)
      else { return false }
      list.update(from: base + Int(truncatingIfNeeded: entry.address), count: physical)
    } else {
      var last = predictor.pointee.physicalAddress
      for index in 0..<physical {
        last = last &+ ZigZag.difference(columns.listPhysical.take())
        list[index] = last
      }
      predictor.pointee.physicalAddress = last
    }
    var address: UInt64 = 0
    for index in 0..<bus {
      let distance = predictor.pointee.difference &+ ZigZag.difference(columns.listBus.take())
      predictor.pointee.difference = distance
      address = (index < physical ? list[index] : address) &+ distance
      list[physical &+ index] = address
      list[physical &+ bus &+ index] = columns.listLengths.take()
    }
    guard physical > 0, role == .adds else { return true }
    return prediction.push(
      .init(address: UInt64(start), size: UInt64(physical)), to: template.pointee.queue)
  }
}
