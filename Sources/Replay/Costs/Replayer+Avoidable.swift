import DMAModel

/// What was met of work that could be avoided, by call.
struct AvoidableWork: ~Copyable {
  var buffers = BufferHistory()
  /// Unmaps, with what they maintain again.
  var doubled = CostTable()
  /// Unmaps of BIDIRECTIONAL memory that nobody synced.
  var bidirectional = CostTable()
  var redundant = CostTable()
  var whole = CostTable()
}

extension Replayer {
  /// A sync of less than this is not worth cutting.
  private static let wholeSyncLimit: UInt64 = 1024

  /// A buffer that is mapped: where it is in memory, if that is known, and what maintenance covers of it at its bus
  /// address.
  mutating func noteBuffer(
    _ device: Int, _ event: Event, memory: UInt64, size: UInt64, _ cover: Maintenance
  ) {
    let cell = costs.cell(device, .map, event, event.direction)
    let isMaintained = event.attributes.isDisjoint(with: [.skipCPUSync, .mmio])
    if avoidable.buffers.isRepeated(device, memory, size, event.direction) {
      cell.pointee.recycledCalls &+= 1
      cell.pointee.recycled =
        cell.pointee.recycled + (isMaintained ? cover : Maintenance(calls: 1, bytes: size))
    }
    let needed = platform.lines(0, size)
    if isMaintained, cover.lines > needed {
      cell.pointee.misalignedCalls &+= 1
      cell.pointee.misalignedLines &+= cover.lines &- needed
    }
  }

  /// A counted unmap, with maintenance, of a mapping that the device may have written to.
  mutating func noteRelease(_ device: Int, _ event: Event, of number: UInt32) {
    if mappings.places[Int(number)].isSynced {
      noteDouble(device, event, of: mappings[number])
    } else if event.direction == .bidirectional {
      let sum = platform.maintenance(event.address, event.size)
      avoidable.bidirectional.add(device, .unmap, event, event.direction, sum)
    }
  }

  private mutating func noteDouble(_ device: Int, _ event: Event, of entry: LiveEntry) {
    guard entry.syncs.owner == .cpu else { return }
    let (start, size) = (event.address &+ UInt64(entry.syncs.offset), UInt64(entry.syncs.size))
    var sum = platform.maintenance(start, min(size, event.size))
    if size < event.size { sum.calls = 0 }
    avoidable.doubled.add(device, .unmap, event, event.direction, sum)
  }

  /// A sync of a range, or of a list that begins with it, before it is noted with its mapping.
  @inline(__always)
  mutating func noteSyncWork(
    _ device: Int, _ operation: Operation, _ event: Event, of number: UInt32, address: UInt64, size: UInt64,
    _ sum: Maintenance
  ) {
    guard counts else { return }
    let entry = mappings[number]
    let owner: SyncHistory.Owner = operation == .syncForCPU ? .cpu : .device
    if entry.syncs.owner == owner, UInt64(entry.syncs.offset) == address &- entry.address,
      UInt64(entry.syncs.size) == size
    {
      avoidable.redundant.add(device, operation, event, event.direction, sum)
    } else if size == entry.size, size >= Replayer.wholeSyncLimit {
      avoidable.whole.add(device, operation, event, event.direction, sum)
    }
  }

  // MARK: - At the end

  /// Everything that could be saved, in no order.
  func avoidableProfiles(
    _ cells: [CostCell], _ devices: [DeviceProfile], _ verdicts: [Verdict], _ sites: CallSites
  ) -> [Avoidable] {
    var rows = AvoidableRows(sites: sites)
    for cell in cells { rows.count(cell) }
    add(cells.compactMap(\.ofRecycled), as: .recycle, verdicts, to: &rows)
    add(cells.compactMap(\.ofMisaligned), as: .alignment, verdicts, to: &rows)
    add(avoidable.doubled.all(), as: .doubleMaintenance, verdicts, to: &rows)
    add(avoidable.bidirectional.all(), as: .bidirectional, verdicts, to: &rows)
    add(avoidable.redundant.all(), as: .redundantSync, verdicts, to: &rows)
    add(avoidable.whole.all(), as: .wholeSync, verdicts, to: &rows)
    var result = rows.all(named: self)
    for device in devices { result += ofDevice(device) }
    return result.filter(\.savesAnything)
  }

  /// Takes from the devices and the totals what buffers that stay mapped would save at the most.
  func recycle(_ assumption: WhatIf, _ profile: inout Profile) {
    for row in profile.avoidable where row.kind == .recycle && assumption.concerns(row.device) {
      guard let index = profile.devices.firstIndex(where: { $0.name == row.device }) else { continue }
      profile.devices[index].work -= row.work
      decrease(&profile.devices[index].iotlbInvalidations, by: row.iotlbInvalidations)
    }
    profile.totals.work = profile.devices.reduce(into: CacheWork()) { $0 += $1.work }
    profile.totals.iotlbInvalidations = profile.devices.reduce(0) { $0 &+ $1.iotlbInvalidations }
    profile.applyPrices()
  }

  private func add(
    _ cells: [CostCell], as kind: Avoidable.Kind, _ verdicts: [Verdict], to rows: inout AvoidableRows
  ) {
    for cell in cells where devices[Int(cell.device)].isSelected {
      let verdict = verdicts[Int(cell.device)]
      let sum = verdict.isCoherent ? .zero : cell.maintenance
      var work = CacheWork()
      switch kind {
      case .recycle:
        // The device's and the CPU's share of the buffer still have to be synced; what the unmap does beyond that is saved.
        work = platform.work(sum, .forCPU, cell.direction)
      case .alignment:
        work += platform.work(Maintenance(lines: sum.lines), .forDevice, cell.direction)
        work += platform.work(Maintenance(lines: sum.lines), .forCPU, cell.direction)
      default: work = platform.work(sum, cell.operation.step, cell.direction)
      }
      rows.add(kind, cell, work, iotlb: kind == .recycle && verdict.addressing == .iommu ? cell.apiCalls : 0)
    }
  }

  /// What is known of a device as a whole.
  private func ofDevice(_ device: DeviceProfile) -> [Avoidable] {
    var result: [Avoidable] = []
    if device.bounce.mask > 0 {
      var row = Avoidable()
      (row.kind, row.device) = (.maskBounce, device.name)
      (row.calls, row.ofCalls) = (device.bounce.mask, max(device.bounce.requests, device.bounce.mappings))
      row.bouncedBytes = device.bounce.bytesIn &+ device.bounce.bytesOut
      // Which bytes were copied for which cause is not told apart.
      row.isUpperBound = device.bounce.mask < row.ofCalls
      result.append(row)
    }
    if device.smallAllocations.calls > 0 {
      var row = Avoidable()
      (row.kind, row.device) = (.smallCoherent, device.name)
      (row.calls, row.ofCalls) = (device.smallAllocations.calls, device.allocate.calls)
      let pages = device.smallAllocations.calls &* hints.pageSize
      row.memoryBytes = pages &- min(pages, device.smallAllocations.bytes)
      result.append(row)
    }
    return result
  }
}

extension CostCell {
  /// The maps of buffers that were mapped before.
  fileprivate var ofRecycled: CostCell? {
    recycledCalls > 0 ? CostCell(key: key, apiCalls: recycledCalls, maintenance: recycled) : nil
  }

  /// The maps that cover lines too many.
  fileprivate var ofMisaligned: CostCell? {
    guard misalignedCalls > 0 else { return nil }
    return CostCell(
      key: key, apiCalls: misalignedCalls,
      maintenance: Maintenance(calls: misalignedCalls, lines: misalignedLines))
  }
}

extension Avoidable {
  /// Kinds of which the recording does not show how much is needed.
  static let upperBounds: Set<Kind> = [.recycle, .wholeSync, .bidirectional]

  var savesAnything: Bool {
    work.calls > 0 || work.lines > 0 || bouncedBytes > 0 || iotlbInvalidations > 0 || memoryBytes > 0
  }
}

/// Rows by kind, device, direction and call site.
private struct AvoidableRows {
  private struct Key: Hashable {
    var kind: Avoidable.Kind
    var device: UInt32
    var direction: Direction
    var site: String
  }

  private struct Calls: Hashable {
    var operation: Operation
    var device: UInt32
    var direction: Direction
    var site: String
  }

  let sites: CallSites
  private var rows: [Key: (operation: Operation, row: Avoidable)] = [:]
  private var calls: [Calls: UInt64] = [:]

  init(sites: CallSites) { self.sites = sites }

  /// Counts all calls of a place.
  mutating func count(_ cell: CostCell) {
    let site = sites.caller(cell.stack)
    let key = Calls(operation: cell.operation, device: cell.device, direction: cell.direction, site: site)
    // A scatterlist has as many mappings as it has entries.
    calls[key, default: 0] &+= max(cell.apiCalls, cell.maintenance.calls)
  }

  mutating func add(_ kind: Avoidable.Kind, _ cell: CostCell, _ work: CacheWork, iotlb: UInt64) {
    let site = sites.caller(cell.stack)
    let key = Key(kind: kind, device: cell.device, direction: cell.direction, site: site)
    var (operation, row) = rows[key] ?? (cell.operation, Avoidable())
    operation = cell.operation
    row.calls &+= cell.apiCalls
    row.work += work
    row.iotlbInvalidations &+= iotlb
    let of = Calls(operation: operation, device: cell.device, direction: cell.direction, site: site)
    row.ofCalls = max(calls[of] ?? 0, row.calls)
    rows[key] = (operation, row)
  }

  func all(named replayer: borrowing Replayer) -> [Avoidable] {
    rows.map { key, value in
      var row = value.row
      (row.kind, row.direction, row.callSite) = (key.kind, key.direction, key.site)
      row.device = replayer.devices[Int(key.device)].name
      row.isUpperBound = Avoidable.upperBounds.contains(key.kind)
      return row
    }
  }
}
