import DMAModel

/// Rebuilds what was mapped and what the kernel did for it, from the events alone.
///
/// ```swift
/// var replayer = Replayer(options: ReplayOptions(), hints: RecordingHints(kernel: "6.12"), names: trace.names)
/// trace.forEachRun { events, segments in replayer.consume(events, segments: segments); return !replayer.isDone }
/// let profile = replayer.finish(recording: trace.recording(), stacks: trace.stacks, symbolizer: nil)
/// ```
///
/// Events come in order of time. An event costs some tens of nanoseconds; memory grows with what is live at once and
/// with the number of distinct callers, not with the number of events.
public struct Replayer: ~Copyable {
  let options: ReplayOptions
  let hints: RecordingHints
  let names: NameTable
  /// With the prices that the recording's own durations come to, once it has ended.
  var platform: Platform
  /// Whether `dma_need_unmap()` may let drivers leave out an unmap (Linux 6.16).
  let mayOmitUnmap: Bool
  /// Whether sync events tell that a device is not coherent (Linux 6.10).
  let skipsCoherentSyncs: Bool
  /// Whether `dma_declare_coherent_memory` returns the granted flag, and 0 for a failure (before Linux 4.14).
  let declareReturnsFlag: Bool

  var filter: EventFilter
  var devices = DeviceTable()
  var mappings = MappingTable()
  var lists = ScatterlistTable()
  var requests = BounceRequests()
  var pools = PoolTable()
  var maskCalls: [MaskCall: Event] = [:]
  var pending = PendingCalls()
  var declared = DeclaredMemory()
  var noncoherentBlocks = NoncoherentBlocks()
  var costs = CostTable()
  var tallies = OpenTallies()
  let upcoming = UpcomingEvents()
  var avoidable = AvoidableWork()
  var timeline = TimelineRecorder()
  /// Devices whose footprint has changed since the timeline's bucket began.
  var openSlices: [UInt32] = []
  var record = MaintenanceRecord()
  var durations = DurationRecord()

  // What the checks go by.
  var findings = FindingLog()
  var history = ReleaseHistory()
  var blockHistory = ReleaseHistory()
  var clocks = CPUClocks()
  /// Kinds of calls that were recorded, and recorded with interrupts on, as bits.
  var seenCalls: UInt64 = 0
  var callsWithInterrupts: UInt64 = 0
  /// When `dma_mapping_error` was recorded first.
  var firstResultCheck: UInt64?
  /// Mask calls that name no device, by task: its next call is for that device.
  var anonymousBirths: [Int32: Birth] = [:]
  var faults = 0
  /// Entries that were looked at in searches through all of them.
  var searched = 0

  /// Whether the event at hand counts, by the filter.
  var counts = true
  var live = Footprint()
  var peak = Footprint()
  var iommu = Totals()
  var bounceEvents: UInt64 = 0
  var poolSlots = SlotUse()
  /// When the last loss of events ended, and the last event's time.
  var lastLoss: UInt64?
  var lastTime: UInt64 = 0
  /// Whether events after the end of the time window have been reached: further ones change nothing.
  public private(set) var isDone = false

  /// - Parameters:
  ///   - names: the table that the events' device and name numbers refer to.
  public init(options: ReplayOptions, hints: RecordingHints, names: NameTable) {
    self.options = options
    self.hints = hints
    self.names = names
    platform = Platform(options, hints)
    mayOmitUnmap = hints.isAtLeast(6, 16)
    skipsCoherentSyncs = hints.isAtLeast(6, 10)
    declareReturnsFlag = !hints.kernel.isEmpty && !hints.isAtLeast(4, 14)
    filter = EventFilter(options.filter, taskNames: hints.taskNames)
  }

  /// Takes in a run of events; `segments` is what their scatterlist arrays lie in.
  public mutating func consume(_ events: Span<Event>, segments: Span<UInt64>) {
    let end = options.filter.to ?? .max
    // By address: events are large, and a copy of each would be made for every part of a replay that looks at it.
    guard let first = events.withUnsafeBufferPointer({ $0.baseAddress }) else { return }
    let goesOn = look(at: first, events.count) { replayer, event, upcoming in
      if event.pointee.time > end { return false }
      replayer.consume(event, upcoming, segments)
      return true
    }
    if !goesOn { isDone = true }
  }

  @inline(__always)
  private mutating func consume(
    _ event: UnsafePointer<Event>, _ upcoming: UnsafePointer<Upcoming>, _ segments: Span<UInt64>
  ) {
    let (time, call) = (event.pointee.time, event.pointee.call)
    lastTime = time
    counts = filter.counts(time: time, cpu: event.pointee.cpu, pid: event.pointee.pid)
    if call == .lost { return noteLoss(event.pointee) }
    clocks[event.pointee.cpu] = time
    let bit = UInt64(1) &<< UInt64(call.rawValue)
    seenCalls |= bit
    if !event.pointee.context.contains(.irqsOff) { callsWithInterrupts |= bit }
    guard event.pointee.flags.isDisjoint(with: [.isEntry, .isReturn]) else {
      return applyHalf(event.pointee, segments)
    }
    switch call {
    case .mapPage where upcoming.pointee.device >= 0: map(event, upcoming)
    case .unmapPage where upcoming.pointee.device >= 0: unmap(event, upcoming)
    case .archSyncForDevice: maintain(event, .forDevice)
    case .archSyncForCPU: maintain(event, .forCPU)
    default: apply(event.pointee, segments)
    }
  }

  /// A call of which only the entry or only the return is recorded here.
  private mutating func applyHalf(_ event: Event, _ segments: Span<UInt64>) {
    switch event.call {
    case .poolCreate, .poolAllocate, .poolFree, .poolDestroy, .setMask, .setCoherentMask, .setMaskAndCoherent,
      .getRequiredMask, .maxMappingSize, .declareMemory, .releaseDeclaredMemory,
      .markDeclaredMemoryOccupied, .cacheSync, .cacheAlignment, .archSyncForDevice, .archSyncForCPU,
      .archPrepareCoherent:
      // These see to it themselves.
      apply(event, segments)
    case .unmapPage, .unmapResource, .unmapScatterlist, .syncSingleForCPU, .syncSingleForDevice,
      .syncScatterlistForCPU, .syncScatterlistForDevice, .free, .freePages, .freeScatterTable, .mappingError:
      if !event.flags.contains(.isReturn) { apply(event, segments) }
    default:
      if event.flags.contains(.isEntry) {
        return pending.begin(event, physicalAddresses: physicalAddresses(event, segments))
      }
      var physical: [UInt64] = []
      var whole = pending.complete(event, &physical)
      // Of a return whose entry is missing nothing is known but a number.
      guard whole.device != 0 || whole.size != 0 || whole.busCount > 0 else { return }
      if whole.flags.contains(.givesStatus) { settleStatus(&whole) }
      guard whole.physicalCount == 0, !physical.isEmpty else { return apply(whole, segments) }
      whole.physicalCount = UInt16(physical.count)
      let (start, count) = (Int(event.segments), 2 * Int(event.busCount))
      if start + count <= segments.count {
        for index in 0..<count { physical.append(segments[start + index]) }
      }
      whole.segments = 0
      apply(whole, physical.span)
    }
  }

  /// The physical addresses that the event of a scatterlist names.
  private func physicalAddresses(_ event: Event, _ segments: Span<UInt64>) -> [UInt64] {
    let (start, count) = (Int(event.segments), Int(event.physicalCount))
    guard count > 0, start + count <= segments.count else { return [] }
    return (start..<start + count).map { segments[$0] }
  }

  /// `dma_map_sgtable` returns 0 where `dma_map_sg` returns the number of entries.
  private func settleStatus(_ event: inout Event) {
    if event.value != 0 {
      event.ents = 0
    } else if event.ents == 0 {
      // A table whose entries are not recorded has one at least.
      event.ents = max(1, event.nents)
    }
  }

  /// Records of a CPU are missing, from its last event on at the earliest: what was concluded since may be wrong.
  private mutating func noteLoss(_ event: Event) {
    findings.withdraw(from: clocks[event.cpu])
    durations.forget(event.cpu)
    lastLoss = event.time
    clocks[event.cpu] = event.time
    guard counts else { return }
    goTo(event.time)
    timeline.noteLoss()
  }

  private mutating func apply(_ event: Event, _ segments: Span<UInt64>) {
    // What is being counted belongs to the time before.
    if !timeline.isCurrent(event.time) { settle() }
    switch event.call {
    case .mapPage, .mapResource, .unmapPage, .unmapResource: single(event)
    case .mapScatterlist: mapList(event, segments)
    case .mapScatterlistFailed: failList(event)
    case .unmapScatterlist: unmapList(event, segments)
    case .syncSingleForCPU: sync(event, .syncForCPU)
    case .syncSingleForDevice: sync(event, .syncForDevice)
    case .syncScatterlistForCPU: syncList(event, segments, .syncForCPU)
    case .syncScatterlistForDevice: syncList(event, segments, .syncForDevice)
    case .allocate, .allocatePages, .allocateScatterTable, .allocateScatterTableFailed: allocate(event)
    case .free, .freePages, .freeScatterTable: free(event)
    case .swiotlbBounced: request(event)
    case .archSyncForDevice: withUnsafePointer(to: event) { maintain($0, .forDevice) }
    case .archSyncForCPU: withUnsafePointer(to: event) { maintain($0, .forCPU) }
    case .archPrepareCoherent: withUnsafePointer(to: event) { maintain($0, .prepare) }
    case .iommuMap:
      guard counts else { return }
      iommu.iommuMaps &+= 1
      iommu.iommuMappedBytes &+= event.size
    case .iommuUnmap:
      guard counts else { return }
      iommu.iommuUnmaps &+= 1
      iommu.iommuUnmappedBytes &+= event.size
    case .iommuFault:
      if counts { iommu.iommuFaults &+= 1 }
      judgeFault(event)
    case .poolCreate, .poolAllocate, .poolFree, .poolDestroy: pool(event)
    case .setMask, .setCoherentMask, .setMaskAndCoherent, .getRequiredMask, .maxMappingSize: limit(event)
    case .mappingError: noteResultCheck(event)
    case .declareMemory: declare(event)
    case .releaseDeclaredMemory: releaseDeclared(event)
    case .markDeclaredMemoryOccupied: markOccupied(event)
    case .cacheSync: cacheSync(event)
    case .cacheAlignment: judgeCacheAlignment(event)
    case .driverBound: driverBound(event)
    case .driverUnbound: driverUnbound(event)
    case .supported, .isConsistent, .lost: break
    }
  }

  /// A single map or unmap that was not seen coming.
  private mutating func single(_ event: Event) {
    var upcoming = Upcoming()
    withUnsafePointer(to: event) {
      prepare($0, place(event), &upcoming)
      if event.call == .mapPage || event.call == .mapResource {
        map($0, &upcoming)
      } else {
        unmap($0, &upcoming)
      }
    }
  }

  /// The kernel's own record of a call of a maintenance function, or of its return.
  private mutating func maintain(_ event: UnsafePointer<Event>, _ step: MaintenanceStep) {
    guard !event.pointee.flags.contains(.isReturn) else {
      return durations.end(event.pointee, step, counts: counts)
    }
    let call = platform.maintenance(event.pointee.physicalAddress, event.pointee.size)
    record.add(event, step, call, counts: counts)
    let direction = step == .prepare ? .bidirectional : event.pointee.direction
    durations.begin(
      event, step, platform.architecture.operation(step, direction),
      lines: step == .prepare ? platform.lines(0, event.pointee.size) : call.lines)
  }

  mutating func place(_ event: Event) -> Int {
    let id = event.device
    return devices.place(id) { overflow in
      let name = overflow ? "(further devices)" : names[id]
      let user = options.saysCoherent(name)
      let platformSays = user == nil ? platform.profile.saysCoherent(name) : nil
      var state = DeviceState(
        name: name, isSelected: options.filter.selects(device: name), userSays: user,
        presumedCoherent: user ?? platformSays ?? platform.isCoherent, platformSays: platformSays,
        birth: Birth(event, hints, lastLoss, anonymousBirths))
      if let assumption = options.assumption, assumption.concerns(name) {
        state.assumedMask = assumption.mask
        state.isAssumedCoherent = assumption.coherent == true
      }
      return state
    }
  }
}

/// Which return belongs to which call of a task.
struct MaskCall: Hashable {
  var pid: Int32
  var call: Call
}

extension Operation {
  /// The step of maintenance that the call comes to.
  @inline(__always)
  var step: MaintenanceStep {
    switch self {
    case .map, .syncForDevice: .forDevice
    case .unmap, .syncForCPU: .forCPU
    case .allocate: .prepare
    }
  }
}

/// A failed mapping returns all ones, in 64 bits or, from a kernel with 32-bit bus addresses, in 32.
@inline(__always)
func isMappingError(_ address: UInt64) -> Bool { address == mappingErrorAddress || address == 0xffff_ffff }

/// Takes away without going below zero: a release may be that of something older than the recording.
@inline(__always)
func decrease(_ value: inout UInt64, by amount: UInt64) { value = value > amount ? value &- amount : 0 }
