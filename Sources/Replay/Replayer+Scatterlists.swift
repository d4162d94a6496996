import DMAModel

// Scatterlists: `dma_direct_map_sg` (kernel/dma/direct.c) and `iommu_dma_map_sg` (drivers/iommu/dma-iommu.c), which may
// join entries: the physical addresses are those of the originals, bus addresses and lengths those of the joined.
extension Replayer {
  /// What the arrays of a scatterlist event cover. Entries beyond the event's arrays are calls of unknown size.
  private mutating func covered(
    _ event: Event, _ segments: Span<UInt64>, calls: UInt64
  ) -> (sum: Maintenance, bytes: UInt64) {
    let first = Int(event.segments) + Int(event.physicalCount)
    let count = Int(event.busCount)
    var sum = Maintenance(calls: calls)
    guard first >= 0, first + 2 * count <= segments.count else { return (sum, 0) }
    for index in 0..<count {
      let (address, length) = (segments[first + index], segments[first + count + index])
      sum.cover(platform.maintenance(address, length))
    }
    if Int(event.ents) > count {
      let known = UInt64(max(count, Int(event.physicalCount)))
      sum.unsizedCalls = calls > known ? calls &- known : min(calls, 1)
    }
    return (sum, sum.bytes)
  }

  mutating func mapList(_ event: Event, _ segments: Span<UInt64>) {
    guard event.ents > 0 else { return failList(event) }
    let device = place(event)
    let calls = UInt64(max(event.nents, event.ents))
    let (whole, bytes) = covered(event, segments, calls: calls)
    var sum = whole
    if counts { countList(device, event.direction, calls, bytes) }
    let before = footprint(device)
    var list = LiveList()
    list.device = UInt32(truncatingIfNeeded: device)
    list.pid = event.pid
    list.mappedAt = event.time
    list.stack = event.stack
    list.direction = event.direction
    list.nents = event.nents
    list.cpu = event.cpu
    list.attributes = event.attributes
    list.handle = event.address
    copyArrays(event, segments, to: &list)
    judgeList(device, event, list)
    devices[device].failedRow = 0
    examine(device, event, &list)
    if !event.attributes.isDisjoint(with: [.skipCPUSync, .mmio]) {
      sum = .zero
    } else if let address = list.busAddresses.last, let length = list.lengths.last,
      list.busAddresses.count == calls
    {
      var entry = event
      (entry.address, entry.size) = (address, length)
      noteEvidence(device, entry, .forDevice)
    }
    // The unmap covers the same memory, whatever the map was told to leave out.
    list.maintenance = whole
    account(device, .map, event, event.direction, sum, bounced: list.bouncedBytes, deviant: list.deviantBytes)
    if let loss = lastLoss, let first = list.key {
      while let old = lists.removeStale(list.device, first: first, madeBefore: loss) { forget(device, old) }
    }
    devices[device].live.mappings &+= 1
    devices[device].live.scatterlists &+= 1
    devices[device].live.bytes &+= bytes
    if list.slots > 0 { occupy(device, list.slots, event.time) }
    if devices[device].isSelected {
      live.mappings &+= 1
      live.scatterlists &+= 1
      live.bytes &+= bytes
    }
    insert(device, list)
    noteFootprint(device, event.time, before: before)
  }

  private mutating func countList(_ device: Int, _ direction: Direction, _ entries: UInt64, _ bytes: UInt64) {
    var sum = CallCounts()
    (sum.calls, sum.segments, sum.bytes) = (1, entries, bytes)
    devices[device].map += sum
    if direction != .none { devices[device].mapsByDirection[Int(direction.rawValue)] += sum }
  }

  private func copyArrays(_ event: Event, _ segments: Span<UInt64>, to list: inout LiveList) {
    let start = Int(event.segments)
    let (physical, bus) = (Int(event.physicalCount), Int(event.busCount))
    guard start >= 0, start + physical + 2 * bus <= segments.count else { return }
    list.physicalAddresses.reserveCapacity(physical)
    for index in 0..<physical { list.physicalAddresses.append(segments[start + index]) }
    list.busAddresses.reserveCapacity(bus)
    for index in 0..<bus { list.busAddresses.append(segments[start + physical + index]) }
    list.lengths.reserveCapacity(bus)
    for index in 0..<bus { list.lengths.append(segments[start + physical + bus + index]) }
  }

  /// Widths, addressing and bounces of each entry.
  private mutating func examine(_ device: Int, _ event: Event, _ list: inout LiveList) {
    let isWhole = list.physicalAddresses.count == list.busAddresses.count
    for index in list.busAddresses.indices {
      let (bus, length) = (list.busAddresses[index], list.lengths[index])
      if counts {
        devices[device].observe(address: bus, size: length)
        devices[device].observe(size: length, lines: platform.lines(bus, length))
      }
      var entry = list.entry
      (entry.address, entry.size) = (bus, length)
      judgeReach(device, event, address: bus, size: length, mask: devices[device].streamingMask)
      // Where entries were joined, an IOMMU did it, and physical addresses have no bus address of their own.
      guard isWhole else {
        judgeLimits(device, event, size: 0)
        devices[device].elsewhere &+= 1
        list.bounces.append(.deviant)
        continue
      }
      judgeLimits(device, event, size: length)
      let how = bouncing(device, event, bus, list.physicalAddresses[index], length)
      list.bounces.append(how)
      switch how {
      case .bounced:
        list.bouncedBytes &+= length
        list.slots &+= SlotUse.slots(bus, length)
      case .deviant: list.deviantBytes &+= length
      case .direct: judgeNeighbours(device, entry, event)
      }
      guard counts else { continue }
      noteBuffer(
        device, event, memory: list.physicalAddresses[index], size: length, platform.maintenance(bus, length))
    }
  }

  mutating func failList(_ event: Event) {
    let device = place(event)
    judgeFailure(device, event)
    guard counts else { return }
    devices[device].map.calls &+= 1
    devices[device].map.segments &+= UInt64(max(0, event.nents))
    devices[device].map.failed &+= 1
    account(device, .map, event, event.direction, .zero)
  }

  mutating func unmapList(_ event: Event, _ segments: Span<UInt64>) {
    let device = place(event)
    let start = Int(event.segments)
    let count = start + Int(event.physicalCount) <= segments.count ? Int(event.physicalCount) : 0
    let list = lists.remove(
      UInt32(truncatingIfNeeded: device), count: count, handle: event.address,
      physicalAddress: { segments[start + $0] }, direction: event.direction, attributes: event.attributes)
    let entries = UInt64(max(0, event.nents))
    var sum = list?.maintenance ?? Maintenance(calls: entries, unsizedCalls: entries)
    if counts {
      devices[device].unmap.calls &+= 1
      devices[device].unmap.segments &+= max(entries, sum.calls)
      devices[device].unmap.bytes &+= sum.bytes
      if list == nil { devices[device].unmap.unknown &+= 1 }
    }
    if !event.attributes.isDisjoint(with: [.skipCPUSync, .mmio]) { sum = .zero }
    var (bounced, deviant) = (UInt64(0), UInt64(0))
    if let list, copiesBack(event) {
      (bounced, deviant) = (list.bouncedBytes, list.deviantBytes)
      if counts {
        devices[device].bounce.bytesOut &+= bounced
        devices[device].deviant.bytesOut &+= deviant
      }
    }
    account(device, .unmap, event, event.direction, sum, bounced: bounced, deviant: deviant)
    var asked = event
    if count > 0 { asked.address = segments[start] }
    if let list { judgeListRelease(device, asked, of: list) } else { judgeUnknownRelease(device, asked) }
    history.note(UInt32(truncatingIfNeeded: device), asked.address, asked)
    guard let list else { return }
    // An unmap names physical addresses: of two lists of the same memory it may have been the other.
    if list.direction == .toDevice, let other = lists.find(list),
      other.busAddresses != list.busAddresses || other.lengths != list.lengths
    {
      devices[device].confusesReads = true
    }
    let before = footprint(device)
    if counts, event.time >= list.mappedAt { devices[device].lifetimes.record(event.time &- list.mappedAt) }
    forget(device, list)
    // The unmap of a list that was mapped unseen looks like one of a list that begins with the same entries.
    if isSurely(list.entry, meantBy: event.direction) { keepRest(device, list, released: count) }
    noteFootprint(device, event.time, before: before)
  }

  /// Puts a list among the live ones, and its entries where searches by bus address find them.
  private mutating func insert(_ device: Int, _ list: LiveList) {
    lists.insert(list)
    var entry = list.entry
    for index in list.busAddresses.indices {
      (entry.address, entry.size) = (list.busAddresses[index], list.lengths[index])
      let how = index < list.bounces.count ? list.bounces[index] : .direct
      (entry.isBounced, entry.isDeviant) = (how == .bounced, how == .deviant)
      if list.physicalAddresses.count == list.busAddresses.count {
        (entry.physicalAddress, entry.hasPhysicalAddress) = (list.physicalAddresses[index], true)
      }
      noteReach(devices.pointer(device), entry.address, entry.size)
      mappings.insert(entry)
    }
  }

  /// Entries of a list that an unmap with too small a count left mapped, where each entry has its own bus address.
  private mutating func keepRest(_ device: Int, _ list: LiveList, released: Int) {
    guard released > 0, released < list.physicalAddresses.count,
      list.physicalAddresses.count == list.busAddresses.count, list.busAddresses.count == Int(list.nents)
    else { return }
    var rest = list
    rest.physicalAddresses.removeFirst(released)
    rest.busAddresses.removeFirst(released)
    rest.lengths.removeFirst(released)
    rest.bounces.removeFirst(min(released, rest.bounces.count))
    rest.nents = Int32(truncatingIfNeeded: rest.busAddresses.count)
    rest.maintenance = Maintenance(calls: UInt64(rest.busAddresses.count))
    for index in rest.busAddresses.indices {
      rest.maintenance.cover(platform.maintenance(rest.busAddresses[index], rest.lengths[index]))
    }
    (rest.slots, rest.bouncedBytes, rest.deviantBytes) = (0, 0, 0)
    devices[device].live.mappings &+= 1
    devices[device].live.scatterlists &+= 1
    devices[device].live.bytes &+= rest.maintenance.bytes
    if devices[device].isSelected {
      live.mappings &+= 1
      live.scatterlists &+= 1
      live.bytes &+= rest.maintenance.bytes
    }
    insert(device, rest)
  }

  private mutating func forget(_ device: Int, _ list: LiveList) {
    for index in list.busAddresses.indices {
      let size = list.lengths[index]
      _ = mappings.removeFirst(list.device, list.busAddresses[index]) {
        $0.kind == .scatterGather && $0.size == size && $0.mappedAt == list.mappedAt
      }
    }
    decrease(&devices[device].live.mappings, by: 1)
    decrease(&devices[device].live.scatterlists, by: 1)
    decrease(&devices[device].live.bytes, by: list.maintenance.bytes)
    vacate(device, list.slots)
    guard devices[device].isSelected else { return }
    decrease(&live.mappings, by: 1)
    decrease(&live.scatterlists, by: 1)
    decrease(&live.bytes, by: list.maintenance.bytes)
  }

  mutating func syncList(_ event: Event, _ segments: Span<UInt64>, _ operation: Operation) {
    let device = place(event)
    let calls = UInt64(max(0, max(event.nents, max(event.ents, Int32(event.busCount)))))
    var (sum, bytes) = covered(event, segments, calls: calls)
    let named =
      event.busCount == 0 ? lists.find(UInt32(truncatingIfNeeded: device), handle: event.address) : nil
    if let named { (sum, bytes) = (named.maintenance, named.maintenance.bytes) }
    countSync(device, operation, bytes: bytes, segments: calls)
    var (bounced, deviant) = (UInt64(0), UInt64(0))
    let first = Int(event.segments) + Int(event.physicalCount)
    let count = Int(event.busCount)
    let isRecorded = count > 0 && first + 2 * count <= segments.count
    var found: UInt32?
    for index in 0..<(isRecorded ? count : 0) {
      let (address, size) = (segments[first + index], segments[first + count + index])
      let number = findSynced(device, address, size, event.direction)
      let copies = copyAtSync(device, operation, number, size, event.direction)
      bounced &+= copies.bounced
      deviant &+= copies.deviant
      if index == 0 { found = number }
    }
    account(device, operation, event, event.direction, sum, bounced: bounced, deviant: deviant)
    if let named { return judgeSync(device, operation, event, of: named) }
    guard isRecorded else { return }
    var asked = event
    asked.address = segments[first]
    if let found {
      noteSyncWork(
        device, operation, event, of: found, address: segments[first], size: segments[first + count], sum)
    }
    judgeSync(
      device, operation, asked, found, address: segments[first], size: segments[first + count],
      count: max(event.nents, Int32(truncatingIfNeeded: count)))
  }

  /// A sync that names a list and not its entries: judged by the list's first entry.
  private mutating func judgeSync(_ device: Int, _ operation: Operation, _ event: Event, of list: LiveList) {
    guard let address = list.busAddresses.first, let size = list.lengths.first else { return }
    let number = mappings.find(list.device, at: address) {
      $0.kind == .scatterGather && $0.mappedAt == list.mappedAt
    }
    judgeSync(
      device, operation, event, number, address: address, size: size,
      count: event.nents > 0 ? event.nents : list.nents)
  }
}
