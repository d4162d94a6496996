import DMAModel

// From the state at the end to the profile.
extension Replayer {
  /// Ends the replay; nothing may be consumed after it.
  ///
  /// - Parameters:
  ///   - recording: what ingest knows of the recording, its losses and damage included.
  ///   - symbolizer: names for return addresses; nil leaves them bare.
  ///   - listsLive: whether each mapping that is live is listed, besides being counted.
  public mutating func finish(
    recording: Recording, stacks: StackTable, symbolizer: (any Symbolizer)?, listsLive: Bool = true
  ) -> Profile {
    settle()
    priceByDurations()
    settleMasks()
    judgeLeftovers()
    judgeMasks((0..<devices.count).map { verdict($0) })
    return profile(recording, stacks, symbolizer, listsLive: listsLive)
  }

  /// The recording's own durations give the prices, unless the user did.
  mutating func priceByDurations() {
    if options.platform == nil, options.adjustments.prices.isEmpty,
      let calibration = try? Calibration(durations.samples)
    {
      platform = platform.priced(by: calibration)
    }
  }

  /// Changes nothing: it may be asked for in the middle, once the sums are settled.
  ///
  /// - Parameter listsLive: whether each mapping that is live is listed, besides being counted.
  func profile(
    _ recording: Recording, _ stacks: StackTable, _ symbolizer: (any Symbolizer)?, listsLive: Bool
  ) -> Profile {
    let verdicts = (0..<devices.count).map { verdict($0) }
    var profile = Profile()
    profile.recording = recording
    profile.filter = options.filter.description
    let cells = costs.all().filter { devices[Int($0.device)].isSelected }
    var built: [DeviceProfile?] = (0..<devices.count).map { place in
      let state = devices[place]
      return state.isSelected && state.countedEvents > 0 ? self.profile(state, verdicts[place]) : nil
    }
    addCosts(cells, verdicts, to: &built)
    let sites = CallSites(stacks, symbolizer)
    countUncertain(verdicts, &built)
    if listsLive { profile.live = liveMappings(verdicts, recording, sites) }
    profile.devices = built.compactMap { $0.map { finished($0) } }.sorted { $0.name < $1.name }
    profile.totals = totals(profile.devices)
    profile.platform = platform.use
    profile.measured = measured(profile.totals)
    if options.filter.devices.isEmpty { profile.measuredTime = durations.measuredTime }
    profile.operations = operationProfiles(cells, verdicts)
    profile.callSites = callSiteProfiles(cells, verdicts, sites)
    profile.tasks = taskProfiles(cells, verdicts, recording)
    profile.avoidable = avoidableProfiles(cells, profile.devices, verdicts, sites)
    profile.applyPrices()
    if let assumption = options.assumption, assumption.recycles { recycle(assumption, &profile) }
    profile.timeline = timelineProfile(verdicts)
    let filter = options.filter
    profile.pools = pools.profiles { filter.selects(device: $0) }
    profile.findings = findings(verdicts, recording, sites)
    profile.circumstances = circumstances(profile)
    profile.caveats = profile.caveatSentences
    return profile
  }

  private func profile(_ state: DeviceState, _ verdict: Verdict) -> DeviceProfile {
    var device = DeviceProfile()
    device.name = state.name
    device.coherent = verdict.isCoherent
    device.coherentBecause = verdict.reason
    device.addressing = verdict.addressing
    (device.map, device.unmap) = (state.map, state.unmap)
    (device.syncForCPU, device.syncForDevice) = (state.syncForCPU, state.syncForDevice)
    (device.allocate, device.free) = (state.allocate, state.free)
    device.smallAllocations = state.smallAllocations
    device.mapsByDirection = (0..<3).map { state.mapsByDirection[$0] }
    (device.live, device.peak) = (state.live, state.peak)
    device.bounce = state.bounce
    if verdict.deviantsBounced { device.bounce += state.deviant }
    if state.bounceMask != nil { device.slots = state.slots }
    device.coherentZone = verdict.addressing == .iommu ? nil : platform.zone(state.coherentMask)
    device.byWidth = (0..<65).map { state.byWidth[$0] }
    device.bySize = (0..<65).map { state.bySize[$0] }
    device.highestAddress = state.highest
    device.lifetimes = state.lifetimes.histogram
    device.maskHistory = state.maskHistory
    device.requiredMask = state.requiredMask ?? platform.profile.requiredMask
    device.maxMappingSize = state.maxMappingSize
    (device.streamingMask, device.coherentMask) = (state.streamingMask, state.coherentMask)
    if state.streamingMask != nil {
      device.maskBecause = .set
    } else if let mask = state.bounceMask {
      (device.streamingMask, device.maskBecause) = (mask, .bounceEvent)
    } else if let highest = state.highest {
      let bits = 64 - highest.leadingZeroBitCount
      device.streamingMask = bits >= 64 ? .max : (1 << UInt64(bits)) - 1
    }
    let pressed =
      state.maskBytes &+ (verdict.deviantsBounced ? state.deviantMaskBytes : 0) &+ state.failedBytes
    (device.pressedBytes, device.wantedBytes) = (pressed, state.map.bytes &+ state.failedBytes)
    device.settlePressure()
    if verdict.addressing == .iommu { device.iotlbInvalidations = state.unmap.calls &+ state.free.calls }
    return device
  }

  private func addCosts(_ cells: [CostCell], _ verdicts: [Verdict], to devices: inout [DeviceProfile?]) {
    for cell in cells where !verdicts[Int(cell.device)].isCoherent {
      let direction = cell.operation == .allocate ? .bidirectional : cell.direction
      devices[Int(cell.device)]?.maintenance[cell.operation.step, direction] += cell.maintenance
    }
  }

  private func finished(_ device: DeviceProfile) -> DeviceProfile {
    var device = device
    device.work = platform.work(device.maintenance)
    return device
  }

  private func totals(_ devices: [DeviceProfile]) -> Totals {
    var totals = iommu
    totals.addUp(devices)
    totals.peak = peak
    if bounceEvents > 0 { totals.slots = poolSlots }
    return totals
  }

  private func measured(_ totals: Totals) -> Measured? {
    // The kernel's record names no device: with only some devices in the sums there is nothing to compare with.
    guard record.seen > 0, options.filter.devices.isEmpty else { return nil }
    var measured = Measured()
    measured.maintenance = record.sums
    measured.recordedSteps = record.steps.all
    for step in record.steps.all {
      let (model, kernel) = (totals.maintenance.total(step), record.sums.total(step))
      let lines = Int64(bitPattern: model.lines &- kernel.lines)
      guard step != .prepare else {
        measured.prepareLineDifference = lines
        continue
      }
      measured.callDifference &+= Int64(bitPattern: model.calls &- kernel.calls)
      measured.lineDifference &+= lines
    }
    return measured
  }

  /// Whether a mapping that is live may have been unmapped unseen.
  ///
  /// - Parameter mayBeOmitted: whether newer kernels' drivers may leave its unmap out.
  private func isUncertain(_ verdict: Verdict, _ mappedAt: UInt64, mayBeOmitted: Bool) -> Bool {
    if let loss = lastLoss, mappedAt <= loss { return true }
    return mayBeOmitted && mayOmitUnmap && verdict.isCoherent && verdict.addressing != .iommu
  }

  private func isUncertain(_ entry: LiveEntry, _ verdict: Verdict) -> Bool {
    isUncertain(verdict, entry.mappedAt, mayBeOmitted: entry.kind == .single && !entry.isBounced)
  }

  private func isUncertain(_ list: LiveList, _ verdict: Verdict) -> Bool {
    isUncertain(verdict, list.mappedAt, mayBeOmitted: list.bouncedBytes == 0)
  }

  private func countUncertain(_ verdicts: [Verdict], _ built: inout [DeviceProfile?]) {
    // Nothing else makes one so.
    guard lastLoss != nil || mayOmitUnmap else { return }
    var uncertain = [UInt64](repeating: 0, count: verdicts.count)
    mappings.visit { entry in
      let place = Int(entry.device)
      if entry.kind != .scatterGather, isUncertain(entry, verdicts[place]) { uncertain[place] &+= 1 }
    }
    lists.visit { list in
      let place = Int(list.device)
      if isUncertain(list, verdicts[place]) { uncertain[place] &+= 1 }
    }
    for place in verdicts.indices where devices[place].isSelected {
      built[place]?.liveUncertain = uncertain[place]
    }
  }

  private func liveMappings(
    _ verdicts: [Verdict], _ recording: Recording, _ sites: CallSites
  ) -> [LiveMapping] {
    var result: [LiveMapping] = []
    let end = lastTime
    func mapping(_ place: Int, _ mappedAt: UInt64, _ pid: Int32, _ stack: StackID) -> LiveMapping {
      var mapping = LiveMapping()
      mapping.device = self.devices[place].name
      mapping.mappedAt = mappedAt
      mapping.age = end >= mappedAt ? end - mappedAt : 0
      mapping.task = recording.taskName(pid)
      mapping.callSite = sites.caller(stack)
      return mapping
    }
    mappings.visit { entry in
      let place = Int(entry.device)
      guard self.devices[place].isSelected, entry.kind != .scatterGather else { return }
      var live = mapping(place, entry.mappedAt, entry.pid, entry.stack)
      live.kind = entry.kind
      live.busAddress = entry.address
      live.physicalAddress = entry.hasPhysicalAddress ? entry.physicalAddress : nil
      live.size = entry.size
      live.direction = entry.direction
      live.uncertain = isUncertain(entry, verdicts[place])
      result.append(live)
    }
    lists.visit { list in
      let place = Int(list.device)
      guard self.devices[place].isSelected else { return }
      var live = mapping(place, list.mappedAt, list.pid, list.stack)
      live.kind = .scatterGather
      live.direction = list.direction
      live.uncertain = isUncertain(list, verdicts[place])
      for index in list.busAddresses.indices {
        live.busAddress = list.busAddresses[index]
        live.size = list.lengths[index]
        live.physicalAddress = index < list.physicalAddresses.count ? list.physicalAddresses[index] : nil
        result.append(live)
      }
    }
    // By device first: few names are to be compared then.
    return Dictionary(grouping: result, by: \.device).sorted { $0.key < $1.key }.flatMap { _, mappings in
      mappings.sorted {
        ($0.busAddress, $0.mappedAt, $0.size, $0.direction.rawValue)
          < ($1.busAddress, $1.mappedAt, $1.size, $1.direction.rawValue)
      }
    }
  }

  private func timelineProfile(_ verdicts: [Verdict]) -> Timeline {
    var result = Timeline()
    guard let start = timeline.start else { return result }
    result.start = start
    result.bucketNs = 1 << timeline.shift
    result.buckets = timeline.used
    result.lossBuckets = timeline.lossBuckets
    result.series = verdicts.indices.compactMap { place in
      guard devices[place].isSelected, devices[place].countedEvents > 0 else { return nil }
      return timeline.series(
        place, name: devices[place].name, coherent: verdicts[place].isCoherent,
        deviantsBounced: verdicts[place].deviantsBounced)
    }.sorted { $0.device < $1.device }
    return result
  }
}
