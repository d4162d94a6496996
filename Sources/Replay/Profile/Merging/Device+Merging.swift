extension DeviceProfile {
  /// Adds a device of the same name.
  mutating func merge(_ other: DeviceProfile) {
    mergeNature(other)
    mergeMasks(other)
    map += other.map
    unmap += other.unmap
    syncForCPU += other.syncForCPU
    syncForDevice += other.syncForDevice
    allocate += other.allocate
    smallAllocations += other.smallAllocations
    free += other.free
    for index in mapsByDirection.indices where other.mapsByDirection.indices.contains(index) {
      mapsByDirection[index] += other.mapsByDirection[index]
    }
    live += other.live
    liveUncertain &+= other.liveUncertain
    peak = peak.maximum(other.peak)
    maintenance += other.maintenance
    work += other.work
    bounce += other.bounce
    slots = SlotUse.merged(slots, other.slots)
    for index in byWidth.indices where other.byWidth.indices.contains(index) {
      byWidth[index].mappings &+= other.byWidth[index].mappings
      byWidth[index].bytes &+= other.byWidth[index].bytes
    }
    for index in bySize.indices where other.bySize.indices.contains(index) {
      bySize[index].mappings &+= other.bySize[index].mappings
      bySize[index].bytes &+= other.bySize[index].bytes
      bySize[index].lines &+= other.bySize[index].lines
    }
    lifetimes += other.lifetimes
    pressedBytes &+= other.pressedBytes
    wantedBytes &+= other.wantedBytes
    iotlbInvalidations &+= other.iotlbInvalidations
  }

  /// Not coherent if it is not in one of them; of several reasons, and of several ways of addressing, the one that says
  /// most.
  private mutating func mergeNature(_ other: DeviceProfile) {
    if (other.coherent ? 0 : 1, other.coherentBecause.rank) > (coherent ? 0 : 1, coherentBecause.rank) {
      (coherent, coherentBecause) = (other.coherent, other.coherentBecause)
    }
    if other.addressing.rank > addressing.rank { addressing = other.addressing }
  }

  /// The narrower mask of those that were set; else of those that bounces show; else the widest that was observed.
  private mutating func mergeMasks(_ other: DeviceProfile) {
    if other.maskRank > maskRank { (streamingMask, maskBecause) = (other.streamingMask, other.maskBecause) }
    coherentMask = smaller(coherentMask, other.coherentMask)
    if let zone = other.coherentZone, coherentZone.map({ zone.rank > $0.rank }) ?? true {
      coherentZone = zone
    }
    maskHistory = Array((maskHistory + other.maskHistory).sorted(by: <).prefix(Replayer.historyLimit))
    requiredMask = larger(requiredMask, other.requiredMask)
    maxMappingSize = smaller(maxMappingSize, other.maxMappingSize)
    highestAddress = larger(highestAddress, other.highestAddress)
  }

  private var maskRank: (Int, UInt64) {
    switch maskBecause {
    case .observed: (streamingMask == nil ? 0 : 1, streamingMask ?? 0)
    case .bounceEvent: (2, ~(streamingMask ?? .max))
    case .set: (3, ~(streamingMask ?? .max))
    }
  }
}

private func smaller(_ a: UInt64?, _ b: UInt64?) -> UInt64? {
  guard let a, let b else { return a ?? b }
  return min(a, b)
}

private func larger(_ a: UInt64?, _ b: UInt64?) -> UInt64? {
  guard let a, let b else { return a ?? b }
  return max(a, b)
}

extension CoherenceReason {
  /// How much it says.
  fileprivate var rank: Int {
    switch self {
    case .assumed: 0
    case .syncsRecorded: 1
    case .maintenanceAbsent: 2
    case .maintenanceRecorded: 3
    case .platform: 4
    case .user: 5
    }
  }
}

extension Addressing {
  fileprivate var rank: (Int, Int64) {
    switch self {
    case .unknown: (0, 0)
    case .direct(let offset): (1, offset)
    case .iommu: (2, 0)
    }
  }
}

extension LowZone {
  fileprivate var rank: Int { self == .dma ? 1 : 0 }
}

extension MaskChange {
  fileprivate static func < (a: MaskChange, b: MaskChange) -> Bool {
    a.time != b.time ? a.time < b.time : a.rest < b.rest
  }

  private var rest: (UInt64, Int, Int, Int) {
    (mask, streaming ? 1 : 0, coherent ? 1 : 0, accepted.map { $0 ? 2 : 1 } ?? 0)
  }
}

extension SlotUse {
  /// What is live adds up, the peak is the larger one.
  static func merged(_ a: SlotUse?, _ b: SlotUse?) -> SlotUse? {
    guard var result = a, let b else { return a ?? b }
    result.live &+= b.live
    result.peak = max(result.peak, b.peak)
    return result
  }
}
