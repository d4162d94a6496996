import DMAModel

/// What a replay knew, beside its sums, of how far they can be trusted.
public struct Circumstances: Sendable, Equatable {
  /// Whether the recording does not name its machine, so that an architecture was assumed.
  public var isPlatformGuessed = false
  /// Whether devices snoop on this platform unless something says otherwise.
  public var isCoherentByDefault = false
  /// Devices whose bus addresses differ from physical ones for a reason that was not recorded, by name.
  public var unexplainedDevices: [String] = []
  /// Whether there were more devices than are told apart.
  public var hasFurtherDevices = false
  /// Suspicions of broken rules that missing events could explain, and that are therefore not reported.
  public var withdrawnSuspicions: UInt64 = 0

  public init() {}
}

extension Replayer {
  /// - Parameter profile: with its recording, its devices and its totals.
  func circumstances(_ profile: Profile) -> Circumstances {
    var result = Circumstances()
    result.isPlatformGuessed = platform.isGuess
    result.isCoherentByDefault = platform.isCoherent
    if bounceEvents == 0, iommu.iommuMaps == 0 {
      let displaced = Set((0..<devices.count).filter { devices[$0].isDisplaced }.map { devices[$0].name })
      result.unexplainedDevices = profile.devices.filter {
        $0.addressing == .unknown && $0.map.calls > $0.bounce.mappings && $0.map.bytes > 0
          && displaced.contains($0.name)
      }.map(\.name)
    }
    result.hasFurtherDevices = devices.count > DeviceTable.limit
    result.withdrawnSuspicions = withdrawnSuspicions(profile.recording)
    return result
  }
}
