import DMAModel

/// Turns lines into events.
struct LineDecoder: ~Copyable {
  /// What a line came to.
  enum Outcome {
    case event, undecoded, header
  }

  private let keys: JSONKeys
  private var line: JSONLine
  private let dictionary: EventDictionary
  private let recorded: Set<String>
  private let shared: SharedTables
  private let frames: FrameNames
  private var names: LocalNames
  private var stacks: LocalStacks
  private var frameBuffer: [UInt64] = []

  private let callNames = EventNames()
  private var callNumbers: LocalNames
  private(set) var plans: [CallPlan] = []
  /// Lines of each plan.
  private(set) var counts: [UInt64] = []

  private(set) var tasks = TaskNames()
  private(set) var highestCPU = 0
  /// Nanoseconds of the last line.
  private var time: UInt64 = 0
  /// Lines whose time lay before that of the line before them.
  private(set) var backwards: UInt64 = 0

  init(
    _ shared: SharedTables, _ frames: FrameNames, dictionary: EventDictionary = EventDictionary(),
    recorded: Set<String> = []
  ) {
    self.recorded = recorded
    keys = JSONKeys(dictionary)
    line = JSONLine(keys)
    (self.dictionary, self.shared) = (dictionary, shared)
    self.frames = frames
    names = LocalNames(shared.names)
    stacks = LocalStacks(shared.stacks)
    callNumbers = LocalNames(callNames.table)
  }

  /// Reads one line and puts its event, if it is one, into the batch.
  mutating func decode(
    _ text: UnsafeBufferPointer<UInt8>, into batch: EventBatch
  ) throws(JSONProblem) -> Outcome {
    try line.parse(text)
    guard let name = line[JSONKeys.call] else {
      if line[JSONKeys.trace] != nil { return .header }
      throw JSONProblem(0, "a member \"call\"", found: "none")
    }
    guard name.isString else { throw JSONProblem(Int(name.start), "the name of a call in quotes") }
    let number = Int(number(of: name))
    var event = Event()
    try takeCommon(&event)
    counts[number] &+= 1
    batch.records &+= 1
    batch.firstTime = min(batch.firstTime, event.time)
    batch.lastTime = max(batch.lastTime, event.time)
    if plans[number].isLoss {
      try takeLoss(&event, batch)
    } else {
      guard let form = form(number) else { return .undecoded }
      try take(form, &event, batch)
    }
    batch.append(event)
    return .event
  }

  /// What the line about the recording says, if the text is one.
  mutating func header(_ text: UnsafeBufferPointer<UInt8>) throws(JSONProblem) -> RecordingHeader? {
    try line.parse(text)
    guard line[JSONKeys.call] == nil, let object = line[JSONKeys.trace] else { return nil }
    guard object.kind == .object else { throw JSONProblem(Int(object.start), "an object") }
    try line.enter(object)
    return try RecordingHeader(line)
  }

  /// The number of the plan for a name, made when it is met first.
  private mutating func number(of name: JSONValue) -> UInt32 {
    guard name.kind == .string else { return plan(callNames.number(of: line.unescaped(name))) }
    let bytes = line.bytes(name)
    guard let base = bytes.baseAddress else { return plan(0) }
    return plan(callNames.kept(callNumbers.number(base, bytes.count)))
  }

  private mutating func plan(_ number: UInt32) -> UInt32 {
    while plans.count <= Int(number) {
      plans.append(CallPlan(callNames.table[UInt32(plans.count)], dictionary, keys, recorded: recorded))
      counts.append(0)
    }
    return number
  }

  /// The form of a line: that of a whole call if it has something that only the call's return can tell.
  private func form(_ number: Int) -> CallPlan.Form? {
    if let whole = plans[number].whole {
      for key in plans[number].results where line[key] != nil { return whole }
    }
    return plans[number].entry
  }

  // MARK: - Members of every line

  private mutating func takeCommon(_ event: inout Event) throws(JSONProblem) {
    time &+= 1000
    if let value = line[JSONKeys.time] {
      guard value.kind != .array, let given = TextWords.nanoseconds(line.bytes(value)) else {
        throw JSONProblem(Int(value.start), "seconds, with up to nine decimals")
      }
      if given < time &- 1000 {
        backwards &+= 1
        time &-= 1000
      } else {
        time = given
      }
    }
    event.time = time
    if let value = line[JSONKeys.cpu] {
      guard let cpu = UInt16(exactly: try number(value)) else {
        throw JSONProblem(Int(value.start), "the number of a CPU")
      }
      event.cpu = cpu
      highestCPU = max(highestCPU, Int(cpu))
    }
    try takeTask(&event)
    if let value = line[JSONKeys.context] {
      guard let (context, isProbe) = TextWords.context(line.unescaped(value)) else {
        throw JSONProblem(
          Int(value.start), "irqs_off, hardirq, softirq, nmi, preempt_off or probe, joined by |")
      }
      event.context = context
      if isProbe { event.flags.insert(.isProbe) }
    }
    if let value = line[JSONKeys.stack] { event.stack = try stack(value) }
  }

  private mutating func takeTask(_ event: inout Event) throws(JSONProblem) {
    event.pid = Recording.unknownTask
    if let value = line[JSONKeys.pid] {
      guard let pid = Int32(exactly: Int64(bitPattern: try number(value))) else {
        throw JSONProblem(Int(value.start), "the number of a task")
      }
      event.pid = pid
      if let name = line[JSONKeys.task], name.isString { tasks.note(pid, text(name)) }
    } else if let name = line[JSONKeys.task], name.isString {
      event.pid = tasks.pid(text(name))
    }
  }

  private func text(_ value: JSONValue) -> TaskNames.Text {
    value.kind == .string ? .bytes(line.bytes(value)) : .string(line.unescaped(value))
  }

  private mutating func stack(_ value: JSONValue) throws(JSONProblem) -> StackID {
    guard value.kind == .array else { throw JSONProblem(Int(value.start), "an array of frames") }
    frameBuffer.removeAll(keepingCapacity: true)
    var place = line.firstElement(of: value)
    while frameBuffer.count < 128, let element = try line.next(&place) {
      frameBuffer.append(try frame(element))
    }
    return frameBuffer.isEmpty ? 0 : frameBuffer.withUnsafeBufferPointer { stacks.number($0) }
  }

  private func frame(_ element: JSONValue) throws(JSONProblem) -> UInt64 {
    if element.kind == .integer { return element.number }
    guard element.isString else {
      throw JSONProblem(Int(element.start), "an address or the name of a function")
    }
    if element.kind == .string, let address = TextWords.number(line.bytes(element)),
      !FrameNames.isTaken(address)
    {
      return address
    }
    return frames.address(line.unescaped(element))
  }

  private func takeLoss(_ event: inout Event, _ batch: EventBatch) throws(JSONProblem) {
    event.call = .lost
    batch.lostWindows &+= 1
    batch.records &-= 1
    guard let value = line[JSONKeys.count] else {
      event.value = Event.unknownCount
      batch.lostWindowsWithoutCount &+= 1
      return
    }
    event.value = try number(value)
    batch.lostEvents &+= event.value
  }

  // MARK: - Members of a call

  private mutating func take(_ form: CallPlan.Form, _ event: inout Event, _ batch: EventBatch)
    throws(JSONProblem)
  {
    event.call = form.call
    event.flags.formUnion(form.flags)
    var met: UInt32 = 0
    var arrays = ListArrays()
    for source in form.sources {
      let bit = UInt32(1) << source.slot.rank
      guard met & bit == 0, let value = line[source.key] else { continue }
      met |= bit
      try assign(source.slot, value, &event, &arrays)
    }
    if form.hasArrays { try take(arrays, form, met, &event, batch) }
    if let conversions = form.conversions { try conversions.apply(line, &event, &names, batch) }
  }

  private mutating func assign(
    _ slot: EventDictionary.Slot, _ value: JSONValue, _ event: inout Event, _ arrays: inout ListArrays
  ) throws(JSONProblem) {
    switch slot {
    case .device: event.device = name(value)
    case .name: event.name = name(value)
    case .address:
      event.address &+= try number(value)
      event.flags.insert(.hasAddress)
    case .offset: event.address &+= try number(value)
    case .physicalAddress:
      event.physicalAddress = try number(value)
      event.flags.insert(.hasPhysicalAddress)
    case .size: event.size = try number(value)
    case .value:
      event.value = try number(value, of: event.call)
      if event.call == .free { event.flags.insert(.hasCPUAddress) }
    case .direction:
      if value.kind == .string, let direction = TextWords.direction(line.bytes(value)) {
        event.direction = direction
      } else {
        event.direction = Direction(recorded: try number(value, "a direction"))
      }
    case .attributes:
      if value.isString, let attributes = TextWords.attributes(line.unescaped(value)) {
        event.attributes = attributes
      } else {
        event.attributes = TextWords.attributeBits.attributes(
          try number(value, "DMA_ATTR_ names joined by |"))
      }
    case .allocation:
      // The bits differ from kernel to kernel: a bare number says nothing.
      if value.isString { event.allocation = TextWords.allocation(line.unescaped(value)) }
    case .forced:
      if value.kind != .no, value.kind == .yes || value.isString || value.number != 0 {
        event.flags.insert(.forced)
      }
    case .nents: event.nents = Int32(truncatingIfNeeded: try number(value, of: event.call))
    case .ents: event.ents = Int32(truncatingIfNeeded: try number(value))
    case .physicalAddresses: arrays.physical = value
    case .busAddresses: arrays.bus = value
    case .lengths: arrays.lengths = value
    }
  }

  private mutating func name(_ value: JSONValue) -> UInt32 {
    if value.kind == .escapedString { return shared.names.intern(line.unescaped(value)) }
    let bytes = line.bytes(value)
    guard let base = bytes.baseAddress else { return 0 }
    return names.number(base, bytes.count)
  }

  /// A number, of a line of `call`: the flags of declared memory may be words.
  private func number(_ value: JSONValue, of call: Call) throws(JSONProblem) -> UInt64 {
    if call == .declareMemory, value.isString, let flags = TextWords.declaration(line.unescaped(value)) {
      return flags
    }
    return try number(value)
  }

  private func number(_ value: JSONValue, _ expected: String = "an integer of 64 bits") throws(JSONProblem)
    -> UInt64
  {
    switch value.kind {
    case .integer: return value.number
    case .yes: return 1
    case .no: return 0
    case .string: if let number = TextWords.number(line.bytes(value)) { return number }
    default: break
    }
    throw JSONProblem(Int(value.start), expected)
  }

  // MARK: - Scatterlists

  private struct ListArrays {
    var physical: JSONValue?
    var bus: JSONValue?
    var lengths: JSONValue?
  }

  private func take(
    _ arrays: ListArrays, _ form: CallPlan.Form, _ met: UInt32, _ event: inout Event, _ batch: EventBatch
  ) throws(JSONProblem) {
    event.segments = UInt32(batch.segmentCount)
    let physicalCount = try append(arrays.physical, batch)
    let busStart = batch.segmentCount
    let busCount = try append(arrays.bus, batch)
    let lengthCount = try append(arrays.lengths, batch)
    guard busCount == lengthCount || busCount == 0 else {
      throw JSONProblem(
        Int(arrays.lengths?.start ?? arrays.bus?.start ?? 0),
        "as many lengths as bus addresses (\(busCount))",
        found: "\(lengthCount)")
    }
    // Lengths without bus addresses tell nothing that could be placed.
    if busCount == 0 { batch.dropSegments(from: busStart) }
    event.physicalCount = UInt16(physicalCount)
    event.busCount = UInt16(busCount)
    if met & 1 << EventDictionary.Slot.nents.rank == 0 { event.nents = Int32(physicalCount) }
    if met & 1 << EventDictionary.Slot.ents.rank == 0 { event.ents = Int32(busCount) }
  }

  /// - Returns: the number of elements.
  private func append(_ array: JSONValue?, _ batch: EventBatch) throws(JSONProblem) -> Int {
    guard let array else { return 0 }
    guard array.kind == .array else { throw JSONProblem(Int(array.start), "an array of numbers") }
    var count = 0
    var place = line.firstElement(of: array)
    while count < Int(UInt16.max), let element = try line.next(&place) {
      batch.reserveSegments(1).pointee = try number(element)
      count += 1
    }
    return count
  }
}

extension EventDictionary.Slot {
  /// Its place among all slots.
  fileprivate var rank: UInt32 {
    switch self {
    case .device: 0
    case .name: 1
    case .address: 2
    case .physicalAddress: 3
    case .size: 4
    case .value: 5
    case .direction: 6
    case .attributes: 7
    case .allocation: 8
    case .offset: 9
    case .nents: 10
    case .ents: 11
    case .physicalAddresses: 12
    case .busAddresses: 13
    case .lengths: 14
    case .forced: 15
    }
  }
}
