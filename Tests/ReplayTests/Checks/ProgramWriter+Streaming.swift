import DMAModel

@testable import Replay

// Streaming mappings, scatterlists and their syncs.
extension ProgramWriter {
  private mutating func direction() -> Direction {
    // TO_DEVICE half of the time: it alone may alias.
    chance(50) ? .toDevice : chance(50) ? .fromDevice : .bidirectional
  }

  private mutating func attributes() -> Attributes {
    var attributes: Attributes = []
    if chance(10) { attributes.insert(.weakOrdering) }
    if chance(5) { attributes.insert(.privileged) }
    if chance(5) { attributes.insert(.skipCPUSync) }
    return attributes
  }

  /// Attributes for a release: maintenance may be left out at either end.
  private mutating func atRelease(_ attributes: Attributes) -> Attributes {
    chance(10) ? attributes.symmetricDifference(.skipCPUSync) : attributes
  }

  /// Memory for a mapping in this direction; nil if there is none.
  private mutating func memory(_ limit: UInt64, for thing: inout Thing) -> (physical: UInt64, size: UInt64)? {
    let sizes: [UInt64] = [64, 300, 1500, 2048, 4096, 9000, 65536]
    let wish = chance(2) ? limit : .random(in: 1...sizes.randomElement(using: &random)!, using: &random)
    let size = min(wish, limit)
    guard thing.direction == .toDevice else { return writtenMemory(size, for: &thing) }
    if chance(50), let old = read.randomElement(using: &random), old.size <= limit {
      guard chance(40) else { return old }
      let offset = UInt64.random(in: 0..<old.size, using: &random)
      return (old.physical + offset, chance(50) ? old.size - offset : 1)
    }
    let offset = UInt64.random(in: 0...(Memory.partSize - size), using: &random)
    let found = (Memory.read(.random(in: 0...1, using: &random), offset), size)
    read.append(found)
    if read.count > 12 { read.removeFirst() }
    return found
  }

  /// Lines that the device maps nowhere else.
  private mutating func writtenMemory(
    _ size: UInt64, for thing: inout Thing
  ) -> (physical: UInt64, size: UInt64)? {
    let written = program.devices[thing.device].written
    let count = Int((size + Memory.line - 1) / Memory.line)
    for _ in 0..<20 {
      var first = Int.random(in: 0...(Memory.lines - count), using: &random)
      if chance(50) { first += Memory.lines }
      // Where another device writes, or next to it.
      if chance(70), let other = self.written.randomElement(using: &random) {
        first = chance(50) ? other.lowerBound : other.upperBound
      }
      let run = first..<first + count
      guard run.upperBound <= written.count,
        run.lowerBound / Memory.lines == (run.upperBound - 1) / Memory.lines,
        !run.contains(where: { written[$0] })
      else { continue }
      for line in run { program.devices[thing.device].written[line] = true }
      thing.lines.append(run)
      self.written.append(run)
      if self.written.count > 40 { self.written.removeFirst() }
      return (Memory.written(line: first), size)
    }
    return nil
  }

  /// Where the device finds the memory.
  private mutating func translate(_ physical: UInt64, _ size: UInt64, for thing: inout Thing) -> UInt64 {
    switch program.devices[thing.device].reach {
    case .identity: return physical
    case .offset: return physical + 0x10_0000_0000
    case .iommu: return take(.iova, (physical & 4095) + size, for: &thing) + (physical & 4095)
    case .bouncing:
      guard physical + size > 1 << 32 else { return physical }
      thing.isBounced = true
      if program.machine.recordsBounces {
        emit(.swiotlbBounced, thing.device) {
          ($0.address, $0.size, $0.value) = (physical, size, 0xffff_ffff)
        }
      }
      return take(.slots, (physical & 2047) + size, for: &thing) + (physical & 2047)
    }
  }

  mutating func map(_ device: Int) {
    var thing = Thing(kind: .single, device: device)
    (thing.direction, thing.attributes) = (direction(), attributes())
    guard let (physical, size) = memory(program.devices[device].limit, for: &thing) else { return }
    let bus = translate(physical, size, for: &thing)
    (thing.physical, thing.size, thing.ranges) = ([physical], size, [bus..<bus + size])
    let failed = fails(device)
    let call = emit(.mapPage, device) {
      ($0.address, $0.size, $0.physicalAddress) = (failed ? mappingErrorAddress : bus, size, physical)
      ($0.direction, $0.attributes) = (thing.direction, thing.attributes)
      $0.flags.insert(.hasPhysicalAddress)
    }
    thing.make = call
    if program.machine.recordsChecks {
      thing.check = emit(.mappingError, device) { $0.address = failed ? mappingErrorAddress : bus }
    }
    let place = add(thing)
    guard failed else { return }
    drop(place, release: nil)
    program.things.removeLast()
  }

  mutating func mapResource(_ device: Int) {
    var thing = Thing(kind: .resource, device: device, size: 4096, direction: direction())
    let physical = take(.mmio, 4096, for: &thing)
    let isTranslated = program.devices[device].reach == .iommu
    let bus = isTranslated ? take(.iova, 4096, for: &thing) : physical
    (thing.physical, thing.ranges) = ([physical], [bus..<bus + 4096])
    if program.machine.hasPhys { thing.attributes = .mmio }
    thing.make = emit(program.machine.hasPhys ? .mapPage : .mapResource, device) {
      ($0.address, $0.size, $0.physicalAddress) = (bus, 4096, physical)
      ($0.direction, $0.attributes) = (thing.direction, thing.attributes)
      $0.flags.insert(.hasPhysicalAddress)
    }
    if program.machine.recordsChecks { thing.check = emit(.mappingError, device) { $0.address = bus } }
    add(thing)
  }

  mutating func unmap(_ place: Int) {
    let thing = program.things[place]
    let isPhys = program.machine.hasPhys || thing.kind == .single
    if program.devices[thing.device].omitsUnmaps, thing.kind == .single, !thing.isBounced, chance(50) {
      return drop(place, release: nil)
    }
    let attributes = thing.kind == .single ? atRelease(thing.attributes) : thing.attributes
    let call = emit(isPhys ? .unmapPage : .unmapResource, thing.device) {
      ($0.address, $0.size) = (thing.ranges[0].lowerBound, thing.size)
      ($0.direction, $0.attributes) = (thing.direction, attributes)
    }
    drop(place, release: call)
  }

  // MARK: Scatterlists

  mutating func mapList(_ device: Int) {
    var thing = Thing(kind: .list, device: device)
    (thing.direction, thing.attributes) = (direction(), attributes())
    let wish = chance(3) ? Int.random(in: 120...200, using: &random) : .random(in: 1...10, using: &random)
    var entries: [(physical: UInt64, size: UInt64)] = []
    for _ in 0..<wish { if let entry = memory(16 << 10, for: &thing) { entries.append(entry) } }
    guard !entries.isEmpty else { return }
    thing.physical = entries.map(\.physical)
    thing.nents = entries.count
    thing.cpuAddress = take(.handles, 192, for: &thing)
    if program.devices[device].reach == .iommu {
      join(entries, &thing)
    } else {
      for (physical, size) in entries {
        let bus = translate(physical, size, for: &thing)
        thing.ranges.append(bus..<bus + size)
      }
    }
    thing.ents = thing.ranges.count
    thing.size = entries.reduce(0) { $0 + $1.size }
    let failed = fails(device)
    if failed {
      emit(.mapScatterlistFailed, device) {
        ($0.nents, $0.direction, $0.attributes) = (Int32(thing.nents), thing.direction, thing.attributes)
      }
    } else {
      thing.make = emitList(.mapScatterlist, thing, thing.physical, thing.ranges, thing.attributes)
    }
    let place = add(thing)
    guard failed else { return }
    drop(place, release: nil)
    program.things.removeLast()
  }

  /// An IOMMU puts the entries behind one another, and may make one of several.
  private mutating func join(_ entries: [(physical: UInt64, size: UInt64)], _ thing: inout Thing) {
    let pages = entries.map { ($0.physical & 4095) + $0.size + 4095 & ~4095 }
    var bus = take(.iova, pages.reduce(0, +), for: &thing)
    let joins = chance(50)
    for (entry, room) in zip(entries, pages) {
      let start = bus + (entry.physical & 4095)
      if joins, chance(60), let last = thing.ranges.last {
        thing.ranges[thing.ranges.count - 1] = last.lowerBound..<start + entry.size
      } else {
        thing.ranges.append(start..<start + entry.size)
      }
      bus += room
    }
  }

  private mutating func emitList(
    _ call: Call, _ thing: Thing, _ physical: [UInt64], _ bus: [Range<UInt64>], _ attributes: Attributes,
    _ direction: Direction? = nil
  ) -> Int {
    let isNamed = program.machine.recordsHandles
    // Events name 128 entries at most.
    let (physical, bus) = (isNamed ? [] : physical.prefix(128), isNamed ? [] : bus.prefix(128))
    let start = UInt32(program.segments.count)
    program.segments += physical + bus.map(\.lowerBound) + bus.map { $0.upperBound - $0.lowerBound }
    return emit(call, thing.device) {
      $0.segments = start
      ($0.physicalCount, $0.busCount) = (UInt16(physical.count), UInt16(bus.count))
      $0.address = isNamed ? thing.cpuAddress : 0
      $0.nents = isNamed || call == .mapScatterlist ? Int32(thing.nents) : Int32(physical.count)
      if call == .mapScatterlist { $0.ents = Int32(thing.ents) }
      ($0.direction, $0.attributes) = (direction ?? thing.direction, attributes)
    }
  }

  mutating func unmapList(_ place: Int) {
    let thing = program.things[place]
    let attributes = atRelease(thing.attributes)
    drop(place, release: emitList(.unmapScatterlist, thing, thing.physical, [], attributes))
  }

  // MARK: Syncs

  /// Hands the thing, or a part of it, to the other side.
  mutating func sync(_ place: Int) {
    let thing = program.things[place]
    let isForCPU = !thing.isCPUs
    var direction = thing.direction
    if direction == .bidirectional, chance(50) { direction = isForCPU ? .fromDevice : .toDevice }
    switch thing.kind {
    case .single, .pages:
      let offset = chance(50) ? 0 : UInt64.random(in: 0..<thing.size, using: &random)
      let size = chance(50) ? thing.size - offset : .random(in: 1...(thing.size - offset), using: &random)
      let call = emit(isForCPU ? .syncSingleForCPU : .syncSingleForDevice, thing.device) {
        ($0.address, $0.size, $0.direction) = (thing.ranges[0].lowerBound + offset, size, direction)
      }
      program.things[place].syncs.append(call)
    case .list:
      // The entries that the joined ones leave over are empty.
      let rest = Array(repeating: UInt64.max..<UInt64.max, count: thing.nents - thing.ents)
      let call = emitList(
        isForCPU ? .syncScatterlistForCPU : .syncScatterlistForDevice, thing, [], thing.ranges + rest, [],
        direction)
      program.things[place].syncs.append(call)
    case .coherent: return syncCache(place)
    default: return
    }
    program.things[place].isCPUs.toggle()
  }
}
