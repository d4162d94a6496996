import DMAModel

/// What the whole recording says of a device: whether it snoops, and how it is addressed.
struct Verdict {
  var isCoherent: Bool
  var reason: CoherenceReason
  var addressing: Addressing
  /// Whether mappings at unexpected bus addresses went through bounce buffers.
  var deviantsBounced: Bool
}

extension Replayer {
  /// The least number of calls without maintenance that shows a device to be coherent.
  private static let enoughCalls: UInt64 = 8

  func verdict(_ place: Int) -> Verdict {
    let state = devices[place]
    let (isCoherent, reason) = coherence(state)
    let addressing = self.addressing(state)
    var deviantsBounced = false
    if case .direct = addressing { deviantsBounced = bounceEvents == 0 }
    return Verdict(
      isCoherent: isCoherent, reason: reason, addressing: addressing, deviantsBounced: deviantsBounced)
  }

  /// The user's word, then the kernel's maintenance, then syncs that a coherent device would not show, then the
  /// architecture's default.
  private func coherence(_ state: DeviceState) -> (Bool, CoherenceReason) {
    if let user = state.userSays { return (user, .user) }
    if let platform = state.platformSays { return (platform, .platform) }
    if platform.architecture.isCoherent { return (true, .assumed) }
    if record.steps.contains(.forDevice) && record.steps.contains(.forCPU) {
      if state.maintained > 0 && state.maintained >= state.unmaintained / 8 {
        return (false, .maintenanceRecorded)
      }
      // Some calls follow maintenance of the same memory for another device by chance.
      if state.maintained < state.unmaintained / 8 && state.unmaintained >= Replayer.enoughCalls {
        return (true, .maintenanceAbsent)
      }
    }
    if state.maintained == 0 && record.steps.contains(.prepare) {
      if state.prepared > 0 { return (false, .maintenanceRecorded) }
      if state.unprepared > 0 { return (true, .maintenanceAbsent) }
    }
    if state.syncsAfterMask > 0 { return (false, .syncsRecorded) }
    return (platform.isCoherent, .assumed)
  }

  private func addressing(_ state: DeviceState) -> Addressing {
    let displaced = state.atOffset &+ state.elsewhere
    let sawIOMMU = iommu.iommuMaps > 0 || iommu.iommuUnmaps > 0
    if sawIOMMU && displaced > state.identical { return .iommu }
    if state.identical > 0 && (sawIOMMU || state.identical >= displaced) { return .direct(offset: 0) }
    if let offset = state.offset, state.atOffset > 1, state.atOffset > state.elsewhere {
      return .direct(offset: offset)
    }
    // Bounced mappings beside directly mapped ones: an IOMMU would leave none where it was.
    if state.identical > Replayer.enoughCalls { return .direct(offset: 0) }
    return .unknown
  }
}
