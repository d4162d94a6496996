import DMAModel

/// The tables that all reader threads of a recording share.
final class SharedTables: Sendable {
  let names = NameTable()
  let stacks = StackTable()
  let functions: GraphedFunctions

  /// - Parameter symbols: reads the recording's saved symbols; called at most once, when they are needed.
  init(symbols: @escaping @Sendable () -> KernelSymbols? = { nil }) { functions = GraphedFunctions(symbols) }
}

/// Turns raw event records into `Event`s. One for each reader thread.
///
/// The unsafe core of ingest: `decode` gets a record whose bounds the page walk has proven, checks its length once
/// against the plan, and every array and string against the record.
struct RecordDecoder: ~Copyable {
  let bigEndian: Bool
  private let longSize: Int
  private let common: EventCatalog.CommonFields
  // Own copies in plain memory: several threads that count references to shared arrays, record by record, spend
  // half their time on it.
  let indexByID: UnsafeMutablePointer<UInt16>
  private let plans: UnsafeMutablePointer<EventPlan>
  let plainPlans: UnsafeMutablePointer<PlainPlan>
  /// The meanings of attribute bits, 64 a plan: indexed in a plan, all of them would be copied first.
  let meanings: UnsafeMutablePointer<UInt32>
  /// A record that is shorter lacks what every record begins with.
  let commonLength: Int
  let counts: UnsafeMutablePointer<UInt64>
  private let planCount: Int
  private let conversions: [RecordConversions]
  var names: LocalNames
  private var stacks: LocalStacks
  /// The frames of the stack that is being read.
  private let frames: UnsafeMutablePointer<UInt64>
  private static let frameLimit = 128
  private let functions: GraphedFunctions
  /// The addresses of the functions whose durations count; nil until the first duration is met.
  private var calls: [UInt64: Call]?

  init(_ catalog: EventCatalog, bigEndian: Bool, shared: SharedTables) {
    self.bigEndian = bigEndian
    longSize = catalog.longSize
    common = catalog.common
    planCount = catalog.plans.count
    conversions = catalog.conversions
    indexByID = .allocate(capacity: catalog.indexByID.count)
    _ = UnsafeMutableBufferPointer(start: indexByID, count: catalog.indexByID.count)
      .initialize(from: catalog.indexByID)
    plans = .allocate(capacity: planCount)
    _ = UnsafeMutableBufferPointer(start: plans, count: planCount).initialize(from: catalog.plans)
    plainPlans = .allocate(capacity: planCount)
    for (index, plan) in catalog.plans.enumerated() {
      (plainPlans + index).initialize(to: PlainPlan(plan, bigEndian: bigEndian, catalog.common))
    }
    commonLength = catalog.common.length
    meanings = .allocate(capacity: 64 * planCount)
    for (index, plan) in catalog.plans.enumerated() {
      for bit in 0..<64 {
        (meanings + (64 * index + bit)).initialize(to: plan.attributeMap.meanings[bit])
      }
    }
    counts = .allocate(capacity: planCount)
    counts.initialize(repeating: 0, count: planCount)
    names = LocalNames(shared.names)
    stacks = LocalStacks(shared.stacks)
    functions = shared.functions
    frames = .allocate(capacity: RecordDecoder.frameLimit)
  }

  deinit {
    indexByID.deallocate()
    plans.deinitialize(count: planCount)
    plans.deallocate()
    plainPlans.deallocate()
    counts.deallocate()
    meanings.deallocate()
    frames.deallocate()
  }

  /// Records met since the last call, by index in the catalogue.
  func takeCounts() -> [UInt64] {
    let result = Array(UnsafeBufferPointer(start: counts, count: planCount))
    counts.update(repeating: 0, count: planCount)
    return result
  }

  @inline(__always)
  private func load<T: FixedWidthInteger>(_ base: UnsafeRawPointer, _ offset: Int, as type: T.Type) -> T {
    let value = base.loadUnaligned(fromByteOffset: offset, as: T.self)
    return bigEndian ? T(bigEndian: value) : T(littleEndian: value)
  }

  @inline(__always)
  private func number(_ field: EventPlan.Number, _ base: UnsafeRawPointer) -> UInt64 {
    if field.offset < 0 { return 0 }
    let offset = Int(field.offset)
    switch field.width {
    case 8: return load(base, offset, as: UInt64.self)
    case 4:
      let value = load(base, offset, as: UInt32.self)
      return field.isSigned ? UInt64(bitPattern: Int64(Int32(bitPattern: value))) : UInt64(value)
    case 2:
      let value = load(base, offset, as: UInt16.self)
      return field.isSigned ? UInt64(bitPattern: Int64(Int16(bitPattern: value))) : UInt64(value)
    default:
      let value = load(base, offset, as: UInt8.self)
      return field.isSigned ? UInt64(bitPattern: Int64(Int8(bitPattern: value))) : UInt64(value)
    }
  }

  /// The same where the record goes on for 8 bytes from the field's beginning, whatever its width: one load, and no
  /// question how wide it is.
  @inline(__always)
  private func wideNumber(_ field: EventPlan.Number, _ base: UnsafeRawPointer) -> UInt64 {
    if field.offset < 0 { return 0 }
    let word = base.loadUnaligned(fromByteOffset: Int(field.offset), as: UInt64.self)
    let spare = UInt64(field.spareBits)
    let top = bigEndian ? UInt64(bigEndian: word) : UInt64(littleEndian: word) &<< spare
    return field.isSigned ? UInt64(bitPattern: Int64(bitPattern: top) &>> Int64(spare)) : top &>> spare
  }

  /// Start and length in bytes of an array or string; nil if it does not lie within the record.
  @inline(__always)
  private func range(
    _ location: EventPlan.Location, _ base: UnsafeRawPointer, _ length: Int
  ) -> (start: Int, count: Int)? {
    if location.offset < 0 { return nil }
    let word = load(base, Int(location.offset), as: UInt32.self)
    let start = Int(word & 0xffff) + Int(location.base)
    let count = Int(word >> 16)
    return start + count <= length ? (start, count) : nil
  }

  /// Decodes one record into the batch.
  ///
  /// - Parameters:
  ///   - base: the record's first byte (`common_type`); `length` bytes from there are readable.
  /// - Returns: whether this record became the batch's last event.
  @inline(__always)
  mutating func decode(
    _ base: UnsafeRawPointer, length: Int, time: UInt64, cpu: UInt16, into batch: EventBatch
  ) -> Bool {
    guard length >= commonLength else {
      batch.skippedRecords &+= 1
      return false
    }
    let index = Int(indexByID[Int(load(base, common.type, as: UInt16.self))])
    counts[index] &+= 1
    batch.records &+= 1
    if time < batch.firstTime { batch.firstTime = time }
    if time > batch.lastTime { batch.lastTime = time }
    let plain = UnsafePointer(plainPlans + index)
    if length >= plain.pointee.length {
      batch.owners.note(batch.count)
      let event = plainEvent(plain, base, length, time, cpu, meanings + 64 * index)
      batch.room().initialize(to: event)
      batch.appendRoom()
      return true
    }
    let plan = UnsafePointer(plans + index)
    if plan.pointee.kind == .stack {
      attachStack(base, length, Int(plan.pointee.frames), to: batch)
      return false
    }
    let number = batch.count
    let isEvent =
      switch plan.pointee.kind {
      case .undecoded, .stack: false
      case .event: decodeEvent(plan, base, length, time, cpu, into: batch)
      case .functionExit: decodeDuration(plan, base, length, time, cpu, into: batch)
      }
    batch.owners.note(isEvent ? number : StackOwners.other)
    return isEvent
  }

  /// The return of a function from the function graph, if it is one of those that count.
  private mutating func decodeDuration(
    _ plan: UnsafePointer<EventPlan>, _ base: UnsafeRawPointer, _ length: Int, _ time: UInt64, _ cpu: UInt16,
    into batch: EventBatch
  ) -> Bool {
    guard length >= plan.pointee.minimumLength else {
      batch.skippedRecords &+= 1
      return false
    }
    let known = calls ?? functions.calls
    calls = known
    guard let call = known[number(plan.pointee.value, base)] else { return false }
    var event = Event()
    (event.time, event.cpu, event.call, event.flags) = (time, cpu, call, plan.pointee.flags)
    event.pid = Int32(bitPattern: load(base, common.pid, as: UInt32.self))
    let (start, end) = (number(plan.pointee.address, base), number(plan.pointee.size, base))
    event.value = end > start ? end &- start : 0
    batch.append(event)
    return true
  }

  @inline(__always)
  private mutating func decodeEvent(
    _ plan: UnsafePointer<EventPlan>, _ base: UnsafeRawPointer, _ length: Int, _ time: UInt64, _ cpu: UInt16,
    into batch: EventBatch
  ) -> Bool {
    guard length >= plan.pointee.minimumLength else {
      batch.skippedRecords &+= 1
      return false
    }
    let event = batch.room()
    event.initialize(to: Event())
    event.pointee.time = time
    event.pointee.cpu = cpu
    event.pointee.call = plan.pointee.call
    event.pointee.flags = plan.pointee.flags
    event.pointee.pid = Int32(bitPattern: load(base, common.pid, as: UInt32.self))
    event.pointee.context = RecordDecoder.context(
      load(base, common.flags, as: UInt8.self), preemption: load(base, common.preemption, as: UInt8.self))
    if length >= plan.pointee.wideLength {
      decodeNumbers(plan, to: event) { wideNumber($0, base) }
    } else {
      decodeNumbers(plan, to: event) { number($0, base) }
    }
    if let (start, count) = range(plan.pointee.device, base, length) {
      event.pointee.device = names.number((base + start).assumingMemoryBound(to: UInt8.self), count)
    }
    if let (start, count) = range(plan.pointee.name, base, length) {
      event.pointee.name = names.number((base + start).assumingMemoryBound(to: UInt8.self), count)
    }
    if plan.pointee.isOfList { decodeArrays(plan, base, length, &event.pointee, batch) }
    if plan.pointee.conversion >= 0 {
      conversions[Int(plan.pointee.conversion)].apply(
        base, length, bigEndian: bigEndian, &event.pointee, &names, batch)
    }
    batch.appendRoom()
    return true
  }

  @inline(__always)
  private func decodeNumbers(
    _ plan: UnsafePointer<EventPlan>, to event: UnsafeMutablePointer<Event>,
    _ number: (EventPlan.Number) -> UInt64
  ) {
    event.pointee.address = number(plan.pointee.address)
    event.pointee.physicalAddress = number(plan.pointee.physicalAddress)
    event.pointee.size = number(plan.pointee.size)
    if plan.pointee.direction.offset >= 0 {
      event.pointee.direction = Direction(recorded: number(plan.pointee.direction))
    }
    if plan.pointee.attributes.offset >= 0 {
      event.pointee.attributes = AttributeMap.attributes(
        number(plan.pointee.attributes), meanings + 64 * (UnsafeMutablePointer(mutating: plan) - plans))
    }
    guard plan.pointee.hasFurtherNumbers else { return }
    event.pointee.value = number(plan.pointee.value)
    event.pointee.address &+= number(plan.pointee.addressOffset)
    if plan.pointee.allocation.offset >= 0 {
      event.pointee.allocation = plan.pointee.allocationMap.flags(number(plan.pointee.allocation))
    }
    if number(plan.pointee.forced) != 0 { event.pointee.flags.insert(.forced) }
  }

  /// The `TRACE_FLAG_*` bits of common_flags (include/linux/trace_events.h) and the low nibble of the preempt count.
  @inline(__always)
  static func context(_ flags: UInt8, preemption: UInt8) -> Event.Context {
    var result: UInt8 = flags & 0x01
    result |= (flags & 0x18) >> 2
    result |= (flags & 0x40) >> 3
    if preemption & 0x0f != 0 { result |= 0x10 }
    return Event.Context(rawValue: result)
  }

  private func decodeArrays(
    _ plan: UnsafePointer<EventPlan>, _ base: UnsafeRawPointer, _ length: Int, _ event: inout Event,
    _ batch: EventBatch
  ) {
    let physical = range(plan.pointee.physicalAddresses, base, length) ?? (0, 0)
    let bus = range(plan.pointee.busAddresses, base, length) ?? (0, 0)
    let lengths = range(plan.pointee.lengths, base, length) ?? (0, 0)
    var physicalCount = physical.count / 8
    var busCount = min(bus.count / 8, lengths.count / 4)
    // Some kernels record all 128 slots of the arrays, filled or not: the full counts bound them.
    if plan.pointee.nents.offset >= 0 {
      event.nents = Int32(truncatingIfNeeded: number(plan.pointee.nents, base))
      physicalCount = min(physicalCount, max(0, Int(event.nents)))
    } else {
      event.nents = Int32(physicalCount)
    }
    if plan.pointee.ents.offset >= 0 {
      event.ents = Int32(truncatingIfNeeded: number(plan.pointee.ents, base))
      busCount = min(busCount, max(0, Int(event.ents)))
    } else {
      event.ents = Int32(busCount)
    }
    event.segments = UInt32(batch.segmentCount)
    event.physicalCount = UInt16(physicalCount)
    event.busCount = UInt16(busCount)
    let target = batch.reserveSegments(physicalCount + 2 * busCount)
    for index in 0..<physicalCount {
      target[index] = load(base, physical.start + 8 * index, as: UInt64.self)
    }
    for index in 0..<busCount {
      target[physicalCount + index] = load(base, bus.start + 8 * index, as: UInt64.self)
      target[physicalCount + busCount + index] = UInt64(
        load(base, lengths.start + 4 * index, as: UInt32.self))
    }
  }

  /// The call chain of the batch's last event.
  mutating func attach(_ frames: [UInt64], to batch: EventBatch) {
    guard !frames.isEmpty, batch.count > 0 else { return }
    batch.events[batch.count - 1].stack = frames.withUnsafeBufferPointer { stacks.number($0) }
  }

  private mutating func attachStack(
    _ base: UnsafeRawPointer, _ length: Int, _ start: Int, to batch: EventBatch
  ) {
    guard length > start else { return }
    let count =
      longSize == 8
      ? readFrames(base + start, length - start, as: UInt64.self)
      : readFrames(base + start, length - start, as: UInt32.self)
    guard count > 0 else { return }
    let stack = UnsafeBufferPointer(start: frames, count: count)
    if let (number, wasInterrupted) = batch.owners.take() {
      let event = batch.events + number
      let pid = Int32(bitPattern: load(base, common.pid, as: UInt32.self))
      guard !wasInterrupted || (event.pointee.pid == pid && event.pointee.stack == 0) else { return }
      event.pointee.stack = stacks.number(stack)
    } else if batch.records == 1, batch.count == 0 {
      batch.leadingStack = stacks.number(stack)
    }
  }

  /// Reads frames as wide as the kernel's `long` and returns how many there are. Zero and all ones end the list.
  @inline(__always)
  private func readFrames<Frame: FixedWidthInteger & UnsignedInteger>(
    _ base: UnsafeRawPointer, _ length: Int, as type: Frame.Type
  ) -> Int {
    let width = MemoryLayout<Frame>.size
    let most = min(length / width, RecordDecoder.frameLimit)
    var count = 0
    while count < most {
      let frame = load(base, count * width, as: type)
      if frame == 0 || frame == .max { break }
      frames[count] = UInt64(frame)
      count &+= 1
    }
    return count
  }
}
