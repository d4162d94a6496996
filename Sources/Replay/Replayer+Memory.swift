import DMAModel

// Coherent and non-coherent memory: `dma_direct_alloc` (kernel/dma/direct.c), `iommu_dma_alloc`.
extension Replayer {
  private func kind(_ call: Call) -> LiveMapping.Kind {
    call == .allocatePages || call == .freePages || call == .allocateScatterTable || call == .freeScatterTable
      ? .pages : .coherent
  }

  mutating func allocate(_ event: Event) {
    let device = place(event)
    let failed =
      event.call == .allocateScatterTableFailed || isMappingError(event.address)
      || (event.call != .allocateScatterTable && event.value == 0 && event.address == 0)
    if counts {
      devices[device].allocate.calls &+= 1
      if failed {
        devices[device].allocate.failed &+= 1
      } else {
        devices[device].allocate.bytes &+= event.size
        if event.call == .allocate, event.size < hints.pageSize / 2 {
          devices[device].smallAllocations.calls &+= 1
          devices[device].smallAllocations.bytes &+= event.size
        }
      }
    }
    judgeAllocation(device, event)
    guard !failed else { return account(device, .allocate, event, .bidirectional, .zero) }
    let pass = preparation(device, event)
    account(device, .allocate, event, .bidirectional, pass)
    if record.steps.contains(.prepare), pass.calls > 0 {
      if record.takePreparation(event) {
        devices[device].prepared &+= 1
      } else {
        devices[device].unprepared &+= 1
      }
    }
    var entry = LiveEntry()
    entry.device = UInt32(truncatingIfNeeded: device)
    entry.pid = event.pid
    entry.address = event.address
    entry.size = event.size
    entry.mappedAt = event.time
    entry.stack = event.stack
    entry.kind = kind(event.call)
    entry.direction = entry.kind == .coherent ? .bidirectional : event.direction
    entry.origin = event.call
    entry.cpu = event.cpu
    entry.attributes = event.attributes
    entry.cpuAddress = event.value
    guard event.flags.contains(.hasAddress) else {
      devices[device].hasUntracked = true
      return
    }
    judgeReach(device, event, address: event.address, size: event.size, mask: devices[device].coherentMask)
    addBlock(device, entry)
    judgeSmallBlock(device, event)
    if entry.kind == .pages || event.attributes.contains(.nonConsistent), event.value != 0 {
      noncoherentBlocks.insert(entry.device, event.value, event.size)
    }
  }

  /// The pass over new memory: over whole pages; none for memory from the atomic pool, which was prepared when the
  /// pool was filled, and none for memory that stays cached (`dma_alloc_pages`).
  private mutating func preparation(_ device: Int, _ event: Event) -> Maintenance {
    let fromAtomicPool = event.allocation.contains(.recorded) && !event.allocation.contains(.mayBlock)
    guard !fromAtomicPool, event.call == .allocate || event.call == .allocateScatterTable else {
      return .zero
    }
    // Without an IOMMU `dma_alloc_noncontiguous` is served by `dma_alloc_pages`.
    let isTranslated =
      iommu.iommuMaps > 0
      || devices[device].atOffset &+ devices[device].elsewhere > devices[device].identical
    guard event.call == .allocate || isTranslated else { return .zero }
    let page = hints.pageSize
    let (raised, overflow) = event.size.addingReportingOverflow(page &- 1)
    let size = overflow ? event.size : raised & ~(page &- 1)
    return platform.maintenance(0, size)
  }

  mutating func free(_ event: Event) {
    let device = place(event)
    if counts { devices[device].free.calls &+= 1 }
    judgeFreeing(device, event)
    // A free of a null pointer is legal and does nothing, whatever the handle still holds.
    guard event.value != 0 || (event.address != 0 && !event.flags.contains(.hasCPUAddress)) else { return }
    let number = mappings.remove(
      UInt32(truncatingIfNeeded: device), event.address, size: event.size, direction: .bidirectional,
      kind: kind(event.call), attributes: event.attributes)
    if counts {
      devices[device].countedEvents &+= 1
      devices[device].free.bytes &+= event.size
      if number == MappingTable.none { devices[device].free.unknown &+= 1 }
    }
    var entry: LiveEntry?
    if number != MappingTable.none { entry = mappings[number] }
    if let entry { judgeRelease(device, event, of: entry) } else { judgeUnknownRelease(device, event) }
    history.note(UInt32(truncatingIfNeeded: device), event.address, event)
    guard let entry else { return }
    if entry.cpuAddress != 0, entry.kind == .pages || entry.attributes.contains(.nonConsistent) {
      noncoherentBlocks.remove(entry.device, entry.cpuAddress)
    }
    if entry.origin == .allocate, entry.size < hints.pageSize / 2, devices[device].smallBlocks > 0 {
      devices[device].smallBlocks &-= 1
    }
    let before = footprint(device)
    forget(device, number)
    noteFootprint(device, event.time, before: before)
  }
}
