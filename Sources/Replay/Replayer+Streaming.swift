import DMAModel

// Single mappings and their syncs: `dma_direct_map_phys`, `dma_direct_unmap_phys`, `dma_direct_sync_single_for_*`
// (kernel/dma/direct.h) and their twins in drivers/iommu/dma-iommu.c.
extension Replayer {
  /// Whether the architecture is asked to maintain caches for a map or unmap at all.
  @inline(__always)
  private func isMaintained(_ event: UnsafePointer<Event>) -> Bool {
    event.pointee.call != .mapResource && event.pointee.call != .unmapResource
      && event.pointee.attributes.isDisjoint(with: [.skipCPUSync, .mmio])
  }

  /// `dma_map_page` and its kin.
  ///
  /// Fields are read through the address where they are needed; an event that is passed on by value is copied, which
  /// only what happens seldom may do.
  mutating func map(_ event: UnsafePointer<Event>) {
    let device = place(event)
    let state = devices.pointer(device)
    let (address, size, direction) = (event.pointee.address, event.pointee.size, event.pointee.direction)
    if counts {
      state.pointee.map.calls &+= 1
      state.pointee.map.segments &+= 1
    }
    guard !isMappingError(address) else { return failMap(device, event.pointee) }
    let cover = platform.maintenance(address, size)
    if counts {
      state.pointee.countMap(direction, size)
      state.pointee.observe(size: size, lines: cover.lines)
    }
    let isResource = event.pointee.call == .mapResource || event.pointee.attributes.contains(.mmio)
    let hasPhysical = event.pointee.flags.contains(.hasPhysicalAddress) && !isResource
    let memory = hasPhysical ? event.pointee.physicalAddress : address
    var how = Bouncing.direct
    if hasPhysical, !isPlainlyDirect(state, address, memory) {
      how = bouncing(device, event.pointee, address, memory, size)
    }
    let isMaintained = isMaintained(event)
    if isMaintained, record.seen > 0 { noteEvidence(device, event.pointee, .forDevice) }
    account(
      device, .map, event.pointee, direction, isMaintained ? cover : .zero,
      bounced: how == .bounced ? size : 0, deviant: how == .deviant ? size : 0)
    if counts, !isResource {
      let cell = costs.cell(device, .map, event.pointee, direction)
      noteBuffer(cell, device, memory: memory, size: size, direction, event.pointee.attributes, cover)
    }
    if state.pointee.isLimited { judgeLimits(device, event.pointee) }
    state.pointee.failedRow = 0
    if how == .direct, hasPhysical { judgeNeighbours(device, event) }
    guard event.pointee.flags.contains(.hasAddress) else {
      state.pointee.hasUntracked = true
      return
    }
    addMapping(device, event, how)
  }

  private mutating func failMap(_ device: Int, _ event: Event) {
    judgeFailure(device, event)
    // What was to bounce for another reason than the mask failed for want of slots.
    let cause = requests.take(UInt32(truncatingIfNeeded: device), event.size) { $0 == event.physicalAddress }
    guard counts else { return }
    devices[device].map.failed &+= 1
    if cause == nil || cause == .mask { devices[device].failedBytes &+= event.size }
    account(device, .map, event, event.direction, .zero)
  }

  /// Puts a mapping among the live ones, in place of what it shows to be gone.
  @inline(__always)
  private mutating func addMapping(_ device: Int, _ event: UnsafePointer<Event>, _ how: Bouncing) {
    let state = devices.pointer(device)
    let (address, size) = (event.pointee.address, event.pointee.size)
    let before = footprint(device)
    if lastLoss != nil {
      removeStale(device, address, kind: event.pointee.call == .mapResource ? .resource : .single)
    }
    if mayOmitUnmap { replace(device, event.pointee, how) }
    mappings.insert(LiveEntry(event, device: device, how))
    if counts { state.pointee.observe(address: address, size: size) }
    noteReach(device, address, size)
    state.pointee.live.mappings &+= 1
    state.pointee.live.bytes &+= size
    if how == .bounced { occupy(device, SlotUse.slots(address, size), event.pointee.time) }
    if state.pointee.isSelected {
      live.mappings &+= 1
      live.bytes &+= size
    }
    noteMapped(device, event.pointee.time, before: before)
  }

  /// Where drivers may leave out an unmap, a mapping like this one at the same address is gone.
  private mutating func replace(_ device: Int, _ event: Event, _ how: Bouncing) {
    guard devices[device].presumedCoherent, event.call != .mapResource, how != .bounced,
      let old = mappings.removeFirst(
        UInt32(truncatingIfNeeded: device), event.address,
        where: {
          $0.kind == .single && !$0.isDisplaced && $0.size == event.size && $0.direction == event.direction
        })
    else { return }
    forget(device, old)
    if event.direction == .toDevice { devices[device].confusesReads = true }
  }

  /// `dma_unmap_page` and its kin.
  mutating func unmap(_ event: UnsafePointer<Event>) {
    let device = place(event)
    let state = devices.pointer(device)
    let (address, size, direction) = (event.pointee.address, event.pointee.size, event.pointee.direction)
    let kind = event.pointee.call == .unmapResource ? LiveMapping.Kind.resource : .single
    let number = mappings.remove(
      UInt32(truncatingIfNeeded: device), address, size: size, direction: direction, kind: kind,
      attributes: event.pointee.attributes)
    if counts {
      state.pointee.unmap.calls &+= 1
      state.pointee.unmap.segments &+= 1
      state.pointee.unmap.bytes &+= size
      if number == nil { state.pointee.unmap.unknown &+= 1 }
    }
    var sum = Maintenance.zero
    if isMaintained(event) {
      sum = platform.maintenance(address, size)
      if record.seen > 0 { noteEvidence(device, event.pointee, .forCPU) }
    }
    var copies = (bounced: UInt64(0), deviant: UInt64(0))
    if let number, mappings.places[Int(number)].isDisplaced { copies = copyAtUnmap(device, event, number) }
    account(
      device, .unmap, event.pointee, direction, sum, bounced: copies.bounced, deviant: copies.deviant)
    if let number {
      if sum.calls > 0, direction != .toDevice { noteRelease(device, event.pointee, of: number, sum) }
      judgeUnmap(device, event, number, kind)
    } else {
      judgeUnknownRelease(device, event.pointee)
    }
    history.note(UInt32(truncatingIfNeeded: device), address, event)
    guard let number else { return }
    let (time, mappedAt) = (event.pointee.time, mappings.places[Int(number)].mappedAt)
    let before = footprint(device)
    if counts, time >= mappedAt { state.pointee.lifetimes.record(time &- mappedAt) }
    forget(device, number)
    noteUnmapped(device, time, before: before)
  }

  private mutating func copyAtUnmap(
    _ device: Int, _ event: UnsafePointer<Event>, _ number: UInt32
  ) -> (bounced: UInt64, deviant: UInt64) {
    guard copiesBack(event.pointee) else { return (0, 0) }
    let size = event.pointee.size
    if mappings.places[Int(number)].isBounced {
      if counts { devices[device].bounce.bytesOut &+= size }
      return (size, 0)
    }
    if counts { devices[device].deviant.bytesOut &+= size }
    return (0, size)
  }

  /// Judges an unmap that is not the mirror of its map, or whose mapping has a history.
  @inline(__always)
  private mutating func judgeUnmap(
    _ device: Int, _ event: UnsafePointer<Event>, _ number: UInt32, _ kind: LiveMapping.Kind
  ) {
    let place = mappings.places + Int(number)
    let isMirror =
      place.pointee.size == event.pointee.size && place.pointee.direction == event.pointee.direction
      && place.pointee.kind == kind && place.pointee.attributes == event.pointee.attributes
      && !place.pointee.isSynced
    if isMirror && firstResultCheck == nil { return }
    judgeRelease(device, event.pointee, of: mappings[number])
  }

  /// Whether an unmap copies a bounce buffer back (`swiotlb_tbl_unmap_single`).
  @inline(__always)
  func copiesBack(_ event: Event) -> Bool {
    (event.direction == .fromDevice || event.direction == .bidirectional)
      && !event.attributes.contains(.skipCPUSync)
  }

  mutating func sync(_ event: Event, _ operation: Operation) {
    let device = place(event)
    countSync(device, operation, bytes: event.size, segments: 1)
    noteEvidence(device, event, operation.step)
    let sum = platform.maintenance(event.address, event.size)
    let number = findSynced(device, event.address, event.size, event.direction)
    let copies = copyAtSync(device, operation, number, event.size, event.direction)
    account(device, operation, event, event.direction, sum, bounced: copies.bounced, deviant: copies.deviant)
    if let number {
      noteSyncWork(device, operation, event, of: number, address: event.address, size: event.size, sum)
    }
    judgeSync(device, operation, event, number, address: event.address, size: event.size)
  }

  /// The live entry that a synced range lies in.
  func findSynced(_ device: Int, _ address: UInt64, _ size: UInt64, _ direction: Direction) -> UInt32? {
    mappings.find(
      UInt32(truncatingIfNeeded: device), containing: address, size: size, direction: direction,
      reach: devices[device].reach)
  }

  mutating func countSync(_ device: Int, _ operation: Operation, bytes: UInt64, segments: UInt64) {
    if skipsCoherentSyncs, devices[device].streamingMask != nil, !devices[device].everBounced {
      devices[device].syncsAfterMask &+= 1
    }
    guard counts else { return }
    var sum = CallCounts()
    sum.calls = 1
    sum.segments = segments
    sum.bytes = bytes
    if operation == .syncForCPU {
      devices[device].syncForCPU += sum
    } else {
      devices[device].syncForDevice += sum
    }
  }

  /// Bytes that a sync copies between a bounced mapping and its original (`__swiotlb_sync_single_for_*`).
  mutating func copyAtSync(
    _ device: Int, _ operation: Operation, _ number: UInt32?, _ size: UInt64, _ direction: Direction
  ) -> (bounced: UInt64, deviant: UInt64) {
    let wanted: Direction = operation == .syncForCPU ? .fromDevice : .toDevice
    guard direction == wanted || direction == .bidirectional, let number else { return (0, 0) }
    let entry = mappings[number]
    guard entry.isBounced || entry.isDeviant else { return (0, 0) }
    if counts {
      if operation == .syncForCPU {
        if entry.isBounced {
          devices[device].bounce.bytesOut &+= size
        } else {
          devices[device].deviant.bytesOut &+= size
        }
      } else {
        if entry.isBounced {
          devices[device].bounce.bytesIn &+= size
        } else {
          devices[device].deviant.bytesIn &+= size
        }
      }
    }
    return entry.isBounced ? (size, 0) : (0, size)
  }

  /// Whether the kernel's own maintenance follows this device's calls, where it was recorded.
  mutating func noteEvidence(_ device: Int, _ event: Event, _ step: MaintenanceStep) {
    guard record.seen > 0 else { return }
    if record.take(event, step, isTranslated: devices[device].identical == 0) {
      devices[device].maintained &+= 1
    } else {
      devices[device].unmaintained &+= 1
    }
  }
}
