import DMAModel

@testable import Replay

// Coherent memory, pages, pools.
extension ProgramWriter {
  /// New memory, where the CPU and the device see it.
  private mutating func place(_ thing: inout Thing) {
    let isTranslated = program.devices[thing.device].reach == .iommu
    let bus = take(isTranslated ? .iova : .memory, thing.size, for: &thing)
    thing.cpuAddress = take(.cpu, thing.size, for: &thing)
    thing.ranges = [bus..<bus + thing.size]
  }

  /// Flags that may sleep, or a place where nothing may.
  private mutating func allocation() -> (AllocationFlags, Event.Context) {
    chance(80) ? ([.recorded, .mayBlock], []) : ([.recorded], chance(50) ? .softIRQ : .irqsOff)
  }

  mutating func allocate(_ device: Int) {
    let size: UInt64 = .random(in: 1...(chance(50) ? 1000 : 40000), using: &random)
    var thing = Thing(kind: .coherent, device: device, size: size)
    if chance(10) { thing.attributes = .writeCombine }
    if program.machine.hasCacheSync, chance(30) { thing.attributes = .nonConsistent }
    let how = allocation()
    guard !chance(3) else {
      emit(.allocate, device) { ($0.size, $0.allocation, $0.context) = (size, how.0, how.1) }
      return
    }
    addMemory(&thing, .allocate, how)
  }

  @discardableResult
  private mutating func addMemory(
    _ thing: inout Thing, _ call: Call, _ how: (AllocationFlags, Event.Context), isOwned: Bool = true
  ) -> Int {
    place(&thing)
    let made = thing
    thing.make = emit(call, thing.device) {
      ($0.address, $0.size, $0.value) = (made.ranges[0].lowerBound, made.size, made.cpuAddress)
      ($0.attributes, $0.direction) = (made.attributes, made.direction)
      ($0.allocation, $0.context) = how
      if made.kind == .table { $0.value = 0 }
    }
    return add(thing, isOwned: isOwned)
  }

  mutating func allocatePages(_ device: Int) {
    let kind = chance(70) ? Thing.Kind.pages : .table
    let size = 4096 * UInt64.random(in: 1...5, using: &random)
    let direction = Direction.transfers.randomElement(using: &random)!
    var thing = Thing(kind: kind, device: device, size: size, direction: direction)
    addMemory(&thing, kind == .pages ? .allocatePages : .allocateScatterTable, allocation())
  }

  mutating func free(_ place: Int) {
    let thing = program.things[place]
    let call: Call =
      switch thing.kind {
      case .pages: .freePages
      case .table: .freeScatterTable
      default: .free
      }
    let isSoft = chance(20)
    let release = emit(call, thing.device) {
      ($0.address, $0.size, $0.value) = (thing.ranges[0].lowerBound, thing.size, thing.cpuAddress)
      ($0.attributes, $0.direction) = (thing.attributes, thing.direction)
      if isSoft { $0.context = .softIRQ }
      if thing.kind == .table { $0.value = 0 }
    }
    drop(place, release: release)
  }

  /// `dma_cache_sync` of a part of memory that stays cached.
  mutating func syncCache(_ place: Int) {
    let thing = program.things[place]
    guard thing.attributes.contains(.nonConsistent) else { return }
    let offset = UInt64.random(in: 0..<thing.size, using: &random)
    let size = UInt64.random(in: 1...(thing.size - offset), using: &random)
    let call = emit(.cacheSync, thing.device) {
      ($0.value, $0.size, $0.direction) = (thing.cpuAddress + offset, size, .toDevice)
    }
    program.things[place].syncs.append(call)
  }

  // MARK: Pools

  mutating func createPool(_ device: Int) {
    guard pools(device).count < 3 else { return }
    let alignment = UInt64(1) << UInt64.random(in: 3...7, using: &random)
    let size = alignment * .random(in: 1...5, using: &random)
    var thing = Thing(kind: .pool, device: device, size: size)
    let boundary = chance(50) ? 0 : UInt64(1024)
    let name = program.names.intern("pool \(program.things.count)")
    thing.cpuAddress = take(.handles, 192, for: &thing)
    let handle = thing.cpuAddress
    thing.make = emit(.poolCreate, device) {
      ($0.name, $0.size, $0.physicalAddress, $0.value) = (name, size, alignment, boundary)
      $0.flags = [.isEntry, .hasPhysicalAddress]
    }
    emit(.poolCreate, device) { ($0.address, $0.flags) = (handle, [.isReturn, .hasAddress]) }
    add(thing)
  }

  func pools(_ device: Int) -> [Int] {
    program.devices[device].owned.filter { program.things[$0].kind == .pool }
  }

  mutating func allocateBlock(_ device: Int) {
    guard let pool = pools(device).randomElement(using: &random) else { return }
    let handle = program.things[pool].cpuAddress
    let how = allocation()
    let make = emit(.poolAllocate, device) {
      ($0.address, $0.allocation, $0.context) = (handle, how.0, how.1)
      $0.flags.insert(.isEntry)
    }
    if program.things[pool].free.isEmpty { addPage(to: pool, how) }
    let number = Int.random(in: program.things[pool].free.indices, using: &random)
    let block = chance(3) ? (cpu: 0, bus: 0) : program.things[pool].free.remove(at: number)
    let end = emit(.poolAllocate, device) {
      ($0.address, $0.value, $0.physicalAddress) = (handle, block.cpu, block.bus)
      $0.flags.formUnion([.isReturn, .hasPhysicalAddress])
    }
    guard block.cpu != 0 else { return }
    program.things[pool].inUse += 1
    let size = program.things[pool].size
    var thing = Thing(kind: .block, device: device, ranges: [block.bus..<block.bus + size], size: size)
    (thing.cpuAddress, thing.pool, thing.make, thing.check) = (block.cpu, pool, make, end)
    add(thing)
  }

  /// A pool takes its blocks from pages of coherent memory.
  private mutating func addPage(to pool: Int, _ how: (AllocationFlags, Event.Context)) {
    var page = Thing(kind: .coherent, device: program.things[pool].device, size: 4096, pool: pool)
    let number = addMemory(&page, .allocate, how, isOwned: false)
    program.things[pool].pagesOfPool.append(number)
    let size = program.things[pool].size
    for offset in stride(from: 0, through: 4096 - size, by: UInt64.Stride(size))
    where offset / 1024 == (offset + size - 1) / 1024 {
      let block = (page.cpuAddress + offset, page.ranges[0].lowerBound + offset)
      program.things[pool].free.append(block)
    }
  }

  mutating func freeBlock(_ place: Int) {
    let thing = program.things[place]
    guard let pool = thing.pool else { return }
    let handle = program.things[pool].cpuAddress
    let call = emit(.poolFree, thing.device) {
      ($0.address, $0.value, $0.physicalAddress) = (handle, thing.cpuAddress, thing.ranges[0].lowerBound)
      $0.flags.formUnion([.isEntry, .hasPhysicalAddress])
    }
    program.things[pool].inUse -= 1
    program.things[pool].free.append((thing.cpuAddress, thing.ranges[0].lowerBound))
    drop(place, release: call)
  }

  mutating func destroyPool(_ place: Int) {
    let thing = program.things[place]
    guard thing.inUse == 0 else { return }
    let call = emit(.poolDestroy, thing.device) {
      $0.address = thing.cpuAddress
      $0.flags.insert(.isEntry)
    }
    for page in thing.pagesOfPool { free(page) }
    emit(.poolDestroy, thing.device) {
      $0.address = thing.cpuAddress
      $0.flags.insert(.isReturn)
    }
    drop(place, release: call)
  }
}
