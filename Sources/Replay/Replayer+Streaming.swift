import DMAModel

// Single mappings and their syncs: `dma_direct_map_phys`, `dma_direct_unmap_phys`, `dma_direct_sync_single_for_*`
// (kernel/dma/direct.h) and their twins in drivers/iommu/dma-iommu.c.
extension Replayer {
  /// Whether the architecture is asked to maintain caches for a map or unmap at all.
  @inline(__always)
  private func isMaintained(_ event: Event) -> Bool {
    event.call != .mapResource && event.call != .unmapResource
      && event.attributes.isDisjoint(with: [.skipCPUSync, .mmio])
  }

  @inline(__always)
  mutating func map(_ event: Event) {
    let device = place(event)
    let state = devices.pointer(device)
    let direction = event.direction
    if counts {
      state.pointee.map.calls &+= 1
      state.pointee.map.segments &+= 1
    }
    guard !isMappingError(event.address) else { return failMap(device, event) }
    let cover = platform.maintenance(event.address, event.size)
    if counts {
      state.pointee.countMap(direction, event.size)
      state.pointee.observe(size: event.size, lines: cover.lines)
    }
    let isResource = event.call == .mapResource || event.attributes.contains(.mmio)
    let hasPhysical = event.flags.contains(.hasPhysicalAddress) && !isResource
    let how =
      hasPhysical ? bouncing(device, event, event.address, event.physicalAddress, event.size) : .direct

    let isMaintained = isMaintained(event)
    if isMaintained { noteEvidence(device, event, .forDevice) }
    account(
      device, .map, event, direction, isMaintained ? cover : .zero, bounced: how == .bounced ? event.size : 0,
      deviant: how == .deviant ? event.size : 0)

    var entry = LiveEntry()
    entry.device = UInt32(truncatingIfNeeded: device)
    entry.pid = event.pid
    entry.address = event.address
    entry.size = event.size
    entry.physicalAddress = event.physicalAddress
    entry.hasPhysicalAddress = event.flags.contains(.hasPhysicalAddress)
    entry.mappedAt = event.time
    entry.stack = event.stack
    entry.kind = event.call == .mapResource ? .resource : .single
    entry.direction = direction
    entry.isBounced = how == .bounced
    entry.isDeviant = how == .deviant
    entry.origin = event.call
    entry.cpu = event.cpu
    entry.attributes = event.attributes
    judgeReach(device, event, address: event.address, size: event.size, mask: state.pointee.streamingMask)
    judgeLimits(device, event, size: event.size)
    state.pointee.failedRow = 0
    if !isResource {
      let memory = hasPhysical ? event.physicalAddress : event.address
      noteBuffer(device, event, memory: memory, size: event.size, cover)
    }
    if how == .direct, hasPhysical { judgeNeighbours(device, entry, event) }
    guard event.flags.contains(.hasAddress) else {
      state.pointee.hasUntracked = true
      return
    }
    addLive(device, entry)
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

  /// Puts an entry among the live ones, in place of what it shows to be gone.
  @inline(__always)
  mutating func addLive(_ device: Int, _ entry: LiveEntry) {
    let before = footprint(device)
    if let loss = lastLoss {
      // All of them: one that stayed would be taken for this one at its unmap.
      while let old = mappings.removeStale(entry.device, entry.address, kind: entry.kind, madeBefore: loss) {
        forget(device, old)
      }
    }
    if mayOmitUnmap, devices[device].presumedCoherent, entry.kind == .single, !entry.isBounced,
      let old = mappings.removeFirst(
        entry.device, entry.address,
        where: {
          $0.kind == .single && !$0.isDisplaced && $0.size == entry.size && $0.direction == entry.direction
        })
    {
      forget(device, old)
      if entry.direction == .toDevice { devices[device].confusesReads = true }
    }
    mappings.insert(entry)
    remember(device, entry)
    noteFootprint(device, entry.mappedAt, before: before)
  }

  @inline(__always)
  private mutating func remember(_ device: Int, _ entry: LiveEntry) {
    let state = devices.pointer(device)
    let selected = state.pointee.isSelected
    if counts { state.pointee.observe(address: entry.address, size: entry.size) }
    noteReach(device, entry)
    if entry.kind == .coherent || entry.kind == .pages {
      state.pointee.live.coherentBlocks &+= 1
      state.pointee.live.coherentBytes &+= entry.size
      if selected {
        live.coherentBlocks &+= 1
        live.coherentBytes &+= entry.size
      }
      return
    }
    state.pointee.live.mappings &+= 1
    state.pointee.live.bytes &+= entry.size
    if entry.isBounced { occupy(device, SlotUse.slots(entry.address, entry.size), entry.mappedAt) }
    if selected {
      live.mappings &+= 1
      live.bytes &+= entry.size
    }
  }

  @inline(__always)
  func noteReach(_ device: Int, _ entry: LiveEntry) {
    let pages = Int(truncatingIfNeeded: min(((entry.address & 0xfff) &+ entry.size) >> 12, 1 << 20))
    if pages > devices[device].reach { devices[device].reach = pages }
  }

  /// Takes an entry that is gone out of the footprint.
  @inline(__always)
  mutating func forget(_ device: Int, _ number: UInt32) {
    let (state, entry) = (devices.pointer(device), mappings.places + Int(number))
    let (size, selected) = (entry.pointee.size, state.pointee.isSelected)
    if entry.pointee.kind == .coherent || entry.pointee.kind == .pages {
      decrease(&state.pointee.live.coherentBlocks, by: 1)
      decrease(&state.pointee.live.coherentBytes, by: size)
      if selected {
        decrease(&live.coherentBlocks, by: 1)
        decrease(&live.coherentBytes, by: size)
      }
      return
    }
    decrease(&state.pointee.live.mappings, by: 1)
    decrease(&state.pointee.live.bytes, by: size)
    if entry.pointee.isBounced { vacate(device, SlotUse.slots(entry.pointee.address, size)) }
    if selected {
      decrease(&live.mappings, by: 1)
      decrease(&live.bytes, by: size)
    }
  }

  @inline(__always)
  mutating func unmap(_ event: Event) {
    let device = place(event)
    let state = devices.pointer(device)
    let kind = event.call == .unmapResource ? LiveMapping.Kind.resource : .single
    let number = mappings.remove(
      UInt32(truncatingIfNeeded: device), event.address, size: event.size, direction: event.direction,
      kind: kind, attributes: event.attributes)
    if counts {
      state.pointee.unmap.calls &+= 1
      state.pointee.unmap.segments &+= 1
      state.pointee.unmap.bytes &+= event.size
      if number == nil { state.pointee.unmap.unknown &+= 1 }
    }
    var sum = Maintenance.zero
    if isMaintained(event) {
      sum = platform.maintenance(event.address, event.size)
      noteEvidence(device, event, .forCPU)
    }
    let copies = copyAtUnmap(device, event, number)
    account(device, .unmap, event, event.direction, sum, bounced: copies.bounced, deviant: copies.deviant)
    if let number, sum.calls > 0 { noteRelease(device, event, of: number, sum) }
    if let number { judgeUnmap(device, event, number, kind) } else { judgeUnknownRelease(device, event) }
    history.note(UInt32(truncatingIfNeeded: device), event.address, event)
    guard let number else { return }
    let mappedAt = mappings.places[Int(number)].mappedAt
    let before = footprint(device)
    if counts, event.time >= mappedAt { state.pointee.lifetimes.record(event.time &- mappedAt) }
    forget(device, number)
    noteFootprint(device, event.time, before: before)
  }

  @inline(__always)
  private mutating func copyAtUnmap(
    _ device: Int, _ event: Event, _ number: UInt32?
  ) -> (bounced: UInt64, deviant: UInt64) {
    guard let number, mappings.places[Int(number)].isDisplaced, copiesBack(event) else { return (0, 0) }
    if mappings.places[Int(number)].isBounced {
      if counts { devices[device].bounce.bytesOut &+= event.size }
      return (event.size, 0)
    }
    if counts { devices[device].deviant.bytesOut &+= event.size }
    return (0, event.size)
  }

  /// Judges an unmap that is not the mirror of its map, or whose mapping has a history.
  @inline(__always)
  private mutating func judgeUnmap(
    _ device: Int, _ event: Event, _ number: UInt32, _ kind: LiveMapping.Kind
  ) {
    let place = mappings.places[Int(number)]
    let isMirror =
      place.size == event.size && place.direction == event.direction && place.kind == kind
      && place.attributes == event.attributes && !place.isSynced
    if isMirror && firstResultCheck == nil { return }
    let entry = mappings[number]
    judgeRelease(device, event, of: entry)
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
  @inline(__always)
  mutating func noteEvidence(_ device: Int, _ event: Event, _ step: MaintenanceStep) {
    guard record.seen > 0 else { return }
    if record.take(event, step, isTranslated: devices[device].identical == 0) {
      devices[device].maintained &+= 1
    } else {
      devices[device].unmaintained &+= 1
    }
  }
}
