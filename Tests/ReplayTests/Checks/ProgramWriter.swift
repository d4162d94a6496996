import DMAModel

@testable import Replay

/// Writes a `LegalProgram`, call by call.
struct ProgramWriter {
  typealias Thing = LegalProgram.Thing
  var program: LegalProgram
  var random: SplitMix64
  private var time: UInt64 = 1_000_000
  /// Memory that was mapped lately: it is often mapped again, by whatever device.
  var read: [(physical: UInt64, size: UInt64)] = []
  var written: [Range<Int>] = []
  private var slots = RangeSource(base: 0x4000_0000, unit: 2048)
  private var memory = RangeSource(base: 0x9000_0000, unit: 4096)
  private var cpu = RangeSource(base: 0xffff_8000_0000_0000, unit: 4096)
  private var mmio = RangeSource(base: 0xa000_0000, unit: 4096)
  private var handles = RangeSource(base: 0xffff_0000_1000_0000, unit: 192)

  init(program: LegalProgram, random: SplitMix64) { (self.program, self.random) = (program, random) }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  /// One call, or a few that belong together.
  mutating func step() {
    let device = Int.random(in: program.devices.indices, using: &random)
    guard program.devices[device].isBound else { return bind(device) }
    let owned = program.devices[device].owned
    if Int.random(in: 0..<400, using: &random) == 0 { return unbind(device) }
    if owned.count > 30, chance(70) { return release(owned.randomElement(using: &random)!) }
    if program.devices[device].listsOnly { return chance(60) ? mapList(device) : use(owned) }
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<20: map(device)
    case 20..<23: mapResource(device)
    case 23..<33: mapList(device)
    case 33..<39: allocate(device)
    case 39..<43: allocatePages(device)
    case 43..<46: createPool(device)
    case 46..<60: allocateBlock(device)
    default: use(owned)
    }
  }

  /// A sync or a release of something live.
  private mutating func use(_ owned: [Int]) {
    guard let thing = owned.randomElement(using: &random) else { return }
    if chance(60) { sync(thing) } else { release(thing) }
  }

  mutating func finish() {
    for device in program.devices.indices where program.devices[device].isBound { unbind(device) }
  }

  @discardableResult
  mutating func emit(_ call: Call, _ device: Int, _ change: (inout Event) -> Void = { _ in }) -> Int {
    var event = Event()
    event.call = call
    event.device = program.names.intern(program.devices[device].name)
    // Now and then there is a pause.
    time += chance(3) ? .random(in: 0...20_000_000, using: &random) : .random(in: 10...30_000, using: &random)
    event.time = time
    event.pid = Int32(device + 100)
    event.cpu = UInt16.random(in: 0..<4, using: &random)
    event.flags = [.hasAddress]
    change(&event)
    program.events.append(event)
    return program.events.count - 1
  }

  // MARK: Drivers

  private mutating func bind(_ device: Int) {
    let (mask, limit) = (program.devices[device].mask, program.devices[device].limit)
    program.devices[device].isBound = true
    if program.machine.recordsBinding { emit(.driverBound, device) }
    if chance(30) { setMask(.setMask, device, .max, result: -5) }
    setMask(.setMaskAndCoherent, device, mask, result: 0)
    if chance(30) { emit(.getRequiredMask, device) { ($0.value, $0.flags) = (0x1_ffff_ffff, .isReturn) } }
    if chance(50) { emit(.maxMappingSize, device) { ($0.value, $0.flags) = (limit, .isReturn) } }
  }

  private mutating func setMask(_ call: Call, _ device: Int, _ mask: UInt64, result: Int64) {
    emit(call, device) { ($0.value, $0.flags) = (mask, .isEntry) }
    let isNamed = chance(50)
    emit(call, device) {
      ($0.value, $0.flags) = (UInt64(bitPattern: result), .isReturn)
      if !isNamed { $0.device = 0 }
    }
  }

  private mutating func unbind(_ device: Int) {
    let owned = program.devices[device].owned.shuffled(using: &random)
    for thing in owned where program.things[thing].kind != .pool { release(thing) }
    for thing in owned where program.things[thing].kind == .pool { release(thing) }
    if program.machine.recordsBinding { emit(.driverUnbound, device) }
    program.devices[device].isBound = false
    for index in program.things.indices.reversed() where program.things[index].device == device {
      if program.things[index].end != .max { continue }
      program.things[index].end = program.events.count
    }
  }

  // MARK: Things

  @discardableResult
  mutating func add(_ thing: Thing, isOwned: Bool = true) -> Int {
    program.things.append(thing)
    let place = program.things.count - 1
    program.things[place].number = place
    if isOwned { program.devices[thing.device].owned.append(place) }
    return place
  }

  mutating func take(_ source: LegalProgram.Held.Source, _ size: UInt64, for thing: inout Thing) -> UInt64 {
    let (start, units) =
      switch source {
      case .iova: program.devices[thing.device].iovas.take(size)
      case .slots: slots.take(size)
      case .memory: memory.take(size)
      case .cpu: cpu.take(size)
      case .mmio: mmio.take(size)
      case .handles: handles.take(size)
      }
    thing.held.append(LegalProgram.Held(source: source, start: start, units: units))
    return start
  }

  /// Takes a thing out of the live ones; what it occupied is free.
  mutating func drop(_ place: Int, release: Int?) {
    let thing = program.things[place]
    program.things[place].release = release
    if let release { program.things[place].end = release }
    program.devices[thing.device].owned.removeAll { $0 == place }
    for run in thing.lines { for line in run { program.devices[thing.device].written[line] = false } }
    for held in thing.held {
      switch held.source {
      case .iova: program.devices[thing.device].iovas.give(held.start, units: held.units)
      case .slots: slots.give(held.start, units: held.units)
      case .memory: memory.give(held.start, units: held.units)
      case .cpu: cpu.give(held.start, units: held.units)
      case .mmio: mmio.give(held.start, units: held.units)
      case .handles: handles.give(held.start, units: held.units)
      }
    }
  }

  mutating func release(_ place: Int) {
    switch program.things[place].kind {
    case .single, .resource: unmap(place)
    case .list: unmapList(place)
    case .coherent, .pages, .table: free(place)
    case .block: freeBlock(place)
    case .pool: destroyPool(place)
    }
  }

  /// Whether a map may fail now: a burst of failures is worth a finding.
  mutating func fails(_ device: Int) -> Bool {
    let state = program.devices[device]
    guard !state.hasFailed, time > state.lastFailure + 15_000_000, chance(10) else {
      program.devices[device].hasFailed = false
      return false
    }
    program.devices[device].hasFailed = true
    program.devices[device].lastFailure = time
    return true
  }
}
