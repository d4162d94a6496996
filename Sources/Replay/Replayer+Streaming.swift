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
  /// only what happens seldom may do. So it is with all that is asked of each single map and unmap: what is seldom is a
  /// function of its own.
  mutating func map(_ event: UnsafePointer<Event>, _ upcoming: UnsafePointer<Upcoming>) {
    let device = upcoming.pointee.device
    let state = devices.pointer(device)
    let address = event.pointee.address
    guard !isMappingError(address) else { return failMap(device, event.pointee) }
    let hasPhysical = namesMemory(event)
    let memory = memory(event)
    var how = Bouncing.direct
    if hasPhysical, !isPlainlyDirect(state, address, memory) {
      how = bouncing(device, event.pointee, address, memory, event.pointee.size)
    }
    let isMaintained = isMaintained(event)
    if record.seen > 0, isMaintained { noteEvidence(device, event.pointee, .forDevice) }
    if counts {
      if isMaintained {
        let again = avoidable.buffers.isRepeated(upcoming.pointee.print)
        state.pointee.observe(size: event.pointee.size, lines: tally(device, .map, event, again: again))
      } else {
        countUnmaintainedMap(device, event.pointee, memory: isResource(event) ? nil : memory)
      }
      if how != .direct { accountCopies(device, .map, event.pointee, how) }
    }
    if state.pointee.isLimited { judgeLimits(device, event.pointee) }
    state.pointee.failedRow = 0
    addMapping(state, event, upcoming, how, judgesNeighbours: how == .direct && hasPhysical)
  }

  @inline(__always)
  private func isResource(_ event: UnsafePointer<Event>) -> Bool {
    event.pointee.call == .mapResource || event.pointee.attributes.contains(.mmio)
  }

  /// Whether a map says where its buffer is in memory.
  @inline(__always)
  private func namesMemory(_ event: UnsafePointer<Event>) -> Bool {
    event.pointee.flags.contains(.hasPhysicalAddress) && !isResource(event)
  }

  /// Where the buffer of a map is, as far as is known: else its bus address.
  @inline(__always)
  func memory(_ event: UnsafePointer<Event>) -> UInt64 {
    namesMemory(event) ? event.pointee.physicalAddress : event.pointee.address
  }

  private mutating func failMap(_ device: Int, _ event: Event) {
    if counts {
      devices[device].map.calls &+= 1
      devices[device].map.segments &+= 1
    }
    judgeFailure(device, event)
    // What was to bounce for another reason than the mask failed for want of slots.
    let cause = requests.take(UInt32(truncatingIfNeeded: device), event.size) { $0 == event.physicalAddress }
    guard counts else { return }
    devices[device].map.failed &+= 1
    if cause == nil || cause == .mask { devices[device].failedBytes &+= event.size }
    account(device, .map, event, event.direction, .zero)
  }

  /// - Parameter memory: nil for a resource, which is no buffer.
  private mutating func countUnmaintainedMap(_ device: Int, _ event: Event, memory: UInt64?) {
    let cover = platform.maintenance(event.address, event.size)
    var sum = CallCounts()
    (sum.calls, sum.segments, sum.bytes) = (1, 1, event.size)
    devices[device].map += sum
    if event.direction != .none { devices[device].mapsByDirection[Int(event.direction.rawValue)] += sum }
    devices[device].observe(size: event.size, lines: cover.lines)
    account(device, .map, event, event.direction, .zero)
    if let memory { noteBuffer(device, event, memory: memory, size: event.size, cover) }
  }

  private mutating func accountCopies(_ device: Int, _ operation: Operation, _ event: Event, _ how: Bouncing)
  {
    accountCopies(
      device, operation, event, bounced: how == .bounced ? event.size : 0,
      deviant: how == .deviant ? event.size : 0)
  }

  /// Puts a mapping among the live ones, in place of what it shows to be gone.
  @inline(__always)
  private mutating func addMapping(
    _ state: UnsafeMutablePointer<DeviceState>, _ event: UnsafePointer<Event>,
    _ upcoming: UnsafePointer<Upcoming>, _ how: Bouncing, judgesNeighbours: Bool
  ) {
    let device = upcoming.pointee.device
    let (address, size, time) = (event.pointee.address, event.pointee.size, event.pointee.time)
    let place = UInt32(truncatingIfNeeded: device)
    mappings.reserveSlot()
    let key = MappingTable.key(place, address)
    var index = mappings.slot(key, hash: upcoming.pointee.hash)
    let meetsStale = meet(device, event, slot: index, judgesNeighbours: judgesNeighbours)
    guard event.pointee.flags.contains(.hasAddress) else {
      state.pointee.hasUntracked = true
      return
    }
    let isInView = isInView(time)
    if isInView {
      goTo(time)
      openSlice(device)
    }
    if meetsStale {
      removeStale(device, address, kind: event.pointee.call == .mapResource ? .resource : .single)
      index = mappings.slot(key)
    }
    if mayOmitUnmap, mappings.slots[index].head != MappingTable.none {
      replace(device, event.pointee, how)
      index = mappings.slot(key)
    }
    mappings.insert(event, device: device, how, key: key, slot: index)
    if counts { state.pointee.observe(address: address, size: size) }
    noteReach(state, address, size)
    state.pointee.live.mappings &+= 1
    state.pointee.live.bytes &+= size
    if how == .bounced { occupy(device, SlotUse.slots(address, size), time) }
    if state.pointee.isSelected {
      live.mappings &+= 1
      live.bytes &+= size
    }
    if isInView { noteMapped(state, how) }
  }

  /// Judges the mapping against those that are live around it.
  ///
  /// - Returns: whether one at its address may be gone.
  @inline(__always)
  private mutating func meet(
    _ device: Int, _ event: UnsafePointer<Event>, slot index: Int, judgesNeighbours: Bool
  ) -> Bool {
    let (address, size) = (event.pointee.address, event.pointee.size)
    let place = UInt32(truncatingIfNeeded: device)
    let isJudged = judgesNeighbours && self.judgesNeighbours(event.pointee.attributes)
    let around = isJudged ? neighbourhood(device, address, size, event.pointee.direction) : nil
    var meeting = MappingTable.Meeting()
    if mappings.slots[index].head != MappingTable.none {
      meeting = mappings.meeting(
        place, address, kind: event.pointee.call == .mapResource ? .resource : .single, around: around,
        loss: lastLoss ?? 0, slot: index)
    }
    guard isJudged else { return meeting.meetsStale }
    if let around, meeting.neighbour == MappingTable.none, !devices.pointer(device).pointee.presumedCoherent {
      meeting.neighbour = farNeighbour(device, around)
    }
    let endsApart = endsApart(device, address, size, event.pointee.direction)
    if meeting.neighbour != MappingTable.none || endsApart {
      judgeNeighbours(device, event, meeting.neighbour, endsApart)
    }
    return meeting.meetsStale
  }

  private mutating func judgeNeighbours(
    _ device: Int, _ event: UnsafePointer<Event>, _ neighbour: UInt32, _ endsApart: Bool
  ) {
    var new = MappingTable.Place(event, device: device, .direct, next: MappingTable.none)
    judge(device, event.pointee, LiveEntry(&new, further: MappingTable.Further()), neighbour, endsApart)
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
  mutating func unmap(_ event: UnsafePointer<Event>, _ upcoming: UnsafePointer<Upcoming>) {
    let device = upcoming.pointee.device
    let state = devices.pointer(device)
    let (address, direction) = (event.pointee.address, event.pointee.direction)
    let kind = event.pointee.call == .unmapResource ? LiveMapping.Kind.resource : .single
    let place = UInt32(truncatingIfNeeded: device)
    let number = mappings.remove(
      place, address, size: event.pointee.size, direction: direction, kind: kind,
      attributes: event.pointee.attributes,
      slot: mappings.slot(MappingTable.key(place, address), hash: upcoming.pointee.hash))
    let isKnown = number != MappingTable.none
    let isMaintained = isMaintained(event)
    if record.seen > 0, isMaintained { noteEvidence(device, event.pointee, .forCPU) }
    if counts {
      if isMaintained {
        _ = tally(device, .unmap, event, again: false)
      } else {
        countUnmaintainedUnmap(device, event.pointee)
      }
      if !isKnown { state.pointee.unmap.unknown &+= 1 }
    }
    if isKnown {
      let place = mappings.places + Int(number)
      if place.pointee.isDisplaced { copyAtUnmap(device, event.pointee, number) }
      if isMaintained, direction != .toDevice, direction == .bidirectional || place.pointee.isSynced, counts {
        noteRelease(device, event.pointee, of: number)
      }
      judgeUnmap(device, event, number, kind)
    } else {
      judgeUnknownRelease(device, event.pointee)
    }
    history.note(place, address, event)
    guard isKnown else { return }
    let (time, mappedAt) = (event.pointee.time, mappings.places[Int(number)].mappedAt)
    if counts, time >= mappedAt { state.pointee.lifetimes.record(time &- mappedAt) }
    guard isInView(time) else { return forget(device, number) }
    goTo(time)
    openSlice(device)
    forget(device, number)
    noteUnmapped(state)
  }

  private mutating func countUnmaintainedUnmap(_ device: Int, _ event: Event) {
    devices[device].unmap.calls &+= 1
    devices[device].unmap.segments &+= 1
    devices[device].unmap.bytes &+= event.size
    account(device, .unmap, event, event.direction, .zero)
  }

  private mutating func copyAtUnmap(_ device: Int, _ event: Event, _ number: UInt32) {
    guard counts, copiesBack(event) else { return }
    let isBounced = mappings.places[Int(number)].isBounced
    if isBounced {
      devices[device].bounce.bytesOut &+= event.size
    } else {
      devices[device].deviant.bytesOut &+= event.size
    }
    accountCopies(device, .unmap, event, isBounced ? .bounced : .deviant)
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
