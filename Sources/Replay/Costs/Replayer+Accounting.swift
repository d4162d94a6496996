import DMAModel

// What calls come to, by caller, by device and over time.
extension Replayer {
  /// Adds one API call with its maintenance to the sums and the timeline.
  mutating func account(
    _ device: Int, _ operation: Operation, _ event: Event, _ direction: Direction,
    _ maintenance: Maintenance, bounced: UInt64 = 0, deviant: UInt64 = 0
  ) {
    guard counts else { return }
    devices[device].countedEvents &+= 1
    costs.add(device, operation, event, direction, maintenance, bounced: bounced, deviant: deviant)
    let bucket = bucket(device, event.time)
    add(maintenance, operation.step, direction, to: bucket)
    switch operation {
    case .map:
      bucket.pointee.maps &+= 1
      bucket.pointee.mappedThrough = devices[device].map.bytes
    case .unmap: bucket.pointee.unmaps &+= 1
    case .syncForCPU, .syncForDevice: bucket.pointee.syncs &+= 1
    case .allocate: break
    }
    addCopies(operation, bounced: bounced, deviant: deviant, to: bucket)
  }

  /// Adds to the sums what a single map or unmap copies, beside its maintenance.
  mutating func accountCopies(
    _ device: Int, _ operation: Operation, _ event: Event, bounced: UInt64, deviant: UInt64
  ) {
    guard counts else { return }
    let cell = costs.cell(device, operation, event, event.direction)
    cell.pointee.bouncedBytes &+= bounced
    cell.pointee.deviantBytes &+= deviant
    addCopies(operation, bounced: bounced, deviant: deviant, to: bucket(device, event.time))
  }

  private func addCopies(
    _ operation: Operation, bounced: UInt64, deviant: UInt64,
    to bucket: UnsafeMutablePointer<TimelineRecorder.Bucket>
  ) {
    bucket.pointee.bounced &+= bounced
    bucket.pointee.deviant &+= deviant
    guard operation == .map else { return }
    if bounced > 0 { bucket.pointee.bouncedMaps &+= 1 }
    if deviant > 0 { bucket.pointee.deviantMaps &+= 1 }
  }

  private func add(
    _ maintenance: Maintenance, _ step: MaintenanceStep, _ direction: Direction,
    to bucket: UnsafeMutablePointer<TimelineRecorder.Bucket>
  ) {
    guard step != .prepare else { return }
    bucket.pointee.maintenanceCalls &+= maintenance.calls
    guard !platform.architecture.isCoherent else { return }
    let lines = platform.architecture.lines(of: maintenance, step, direction)
    bucket.pointee.cleaned &+= lines.cleaned
    bucket.pointee.invalidated &+= lines.invalidated
  }

  // MARK: - Single maps and unmaps

  /// Counts a single map or unmap with its maintenance, the fast way.
  ///
  /// - Parameter again: whether it maps a buffer that was mapped before.
  /// - Returns: the lines that it covers.
  @inline(__always)
  mutating func tally(
    _ device: Int, _ operation: Operation, _ event: UnsafePointer<Event>, again: Bool
  ) -> UInt64 {
    let (address, size) = (event.pointee.address, event.pointee.size)
    goTo(event.pointee.time)
    let tally = openTally(device, operation, event, again)
    tally.pointee.calls &+= 1
    tally.pointee.bytes &+= size
    guard size > 0, address &+ size > address else { return tallyOddly(tally, address, size) }
    // As `Platform.maintenance` has it, for a range that does not go round. Without branches: which ranges are whole
    // lines cannot be foreseen.
    let (shift, within) = (platform.lineShift, platform.cacheLine &- 1)
    let lines = (address &+ size &- 1) &>> shift &- address &>> shift &+ 1
    let needed = (size &- 1) &>> shift &+ 1
    let beginsApart: UInt64 = address & within == 0 ? 0 : 1
    let endsApart: UInt64 = (address &+ size) & within == 0 ? 0 : 1
    let partial = min(lines, beginsApart &+ endsApart)
    tally.pointee.lines &+= lines
    tally.pointee.partialLines &+= partial
    tally.pointee.unalignedLines &+= partial == 0 ? 0 : lines
    tally.pointee.innerCalls &+= lines == 1 ? endsApart : 0
    tally.pointee.misalignedCalls &+= lines == needed ? 0 : 1
    tally.pointee.misalignedLines &+= lines &- needed
    return lines
  }

  /// The same of no bytes, or of some at the end of all addresses.
  private func tallyOddly(_ tally: UnsafeMutablePointer<Tally>, _ address: UInt64, _ size: UInt64) -> UInt64 {
    let cover = platform.maintenance(address, size)
    tally.pointee.lines &+= cover.lines
    tally.pointee.partialLines &+= cover.partialLines
    tally.pointee.unalignedLines &+= cover.unalignedLines
    tally.pointee.innerCalls &+= cover.innerCalls
    let needed = platform.lines(0, size)
    if cover.lines > needed {
      tally.pointee.misalignedCalls &+= 1
      tally.pointee.misalignedLines &+= cover.lines &- needed
    }
    return cover.lines
  }

  @inline(__always)
  private mutating func openTally(
    _ device: Int, _ operation: Operation, _ event: UnsafePointer<Event>, _ again: Bool
  ) -> UnsafeMutablePointer<Tally> {
    let direction = event.pointee.direction
    let key = CostCell.Key(
      UInt32(truncatingIfNeeded: device), operation, direction, event.pointee.stack, event.pointee.pid)
    let place = OpenTallies.place(device, operation, direction, event.pointee.cpu)
    if tallies.key(place) != key { change(place, to: key) }
    return tallies.tally(place, again: again)
  }

  private mutating func change(_ place: Int, to key: CostCell.Key) {
    if tallies.key(place).isUsed { takeOver(place) }
    tallies.open(place, for: key)
  }

  /// Adds what is being counted in one place to the sums.
  private mutating func takeOver(_ place: Int) {
    let key = tallies.key(place)
    let (first, again) = (
      tallies.tally(place, again: false).pointee, tallies.tally(place, again: true).pointee
    )
    let sum = first.maintenance + again.maintenance
    let cell = costs.cell(key)
    cell.pointee.apiCalls &+= sum.calls
    cell.pointee.maintenance = cell.pointee.maintenance + sum
    cell.pointee.recycledCalls &+= again.calls
    cell.pointee.recycled = cell.pointee.recycled + again.maintenance
    let state = devices.pointer(Int(key.device))
    state.pointee.countedEvents &+= sum.calls
    let bucket = timeline.bucket(Int(key.device))
    add(sum, key.operation.step, key.direction, to: bucket)
    var calls = CallCounts()
    (calls.calls, calls.segments, calls.bytes) = (sum.calls, sum.calls, sum.bytes)
    guard key.operation == .map else {
      state.pointee.unmap += calls
      bucket.pointee.unmaps &+= sum.calls
      return
    }
    cell.pointee.misalignedCalls &+= first.misalignedCalls &+ again.misalignedCalls
    cell.pointee.misalignedLines &+= first.misalignedLines &+ again.misalignedLines
    state.pointee.map += calls
    if key.direction != .none { state.pointee.mapsByDirection[Int(key.direction.rawValue)] += calls }
    bucket.pointee.maps &+= sum.calls
    bucket.pointee.mappedThrough = state.pointee.map.bytes
  }

  // MARK: - Time

  /// Has the timeline at the bucket of an event that counts.
  @inline(__always)
  mutating func goTo(_ time: UInt64) {
    if timeline.isCurrent(time) { return }
    settle()
    timeline.move(to: time)
  }

  /// A device's part of the timeline at a time.
  mutating func bucket(_ device: Int, _ time: UInt64) -> UnsafeMutablePointer<TimelineRecorder.Bucket> {
    goTo(time)
    return timeline.bucket(device)
  }

  /// Has all sums take over what is being counted. Nothing else changes, and it may be called at any time.
  mutating func settle() {
    for index in 0..<tallies.usedCount { takeOver(tallies.usedPlace(index)) }
    tallies.close()
    for index in 0..<openSlices.count { close(Int(openSlices[index])) }
    openSlices.removeAll(keepingCapacity: true)
  }

  /// Notes that a device's footprint is about to change.
  @inline(__always)
  mutating func openSlice(_ device: Int) {
    let state = devices.pointer(device)
    if state.pointee.slice.isOpen { return }
    (state.pointee.slice.liveMaximum, state.pointee.slice.slotsMaximum) = footprint(device)
    state.pointee.slice.isOpen = true
    openSlices.append(UInt32(truncatingIfNeeded: device))
  }

  private mutating func close(_ device: Int) {
    let state = devices.pointer(device)
    state.pointee.slice.isOpen = false
    let (live, slots) = (state.pointee.slice.liveMaximum, state.pointee.slice.slotsMaximum)
    let bucket = timeline.bucket(device)
    let isTouched = bucket.pointee.isTouched
    bucket.pointee.liveMaximum = isTouched ? max(bucket.pointee.liveMaximum, live) : live
    bucket.pointee.slotsMaximum = isTouched ? max(bucket.pointee.slotsMaximum, slots) : slots
    (bucket.pointee.liveLast, bucket.pointee.slotsLast) = footprint(device)
    bucket.pointee.isTouched = true
  }
}
