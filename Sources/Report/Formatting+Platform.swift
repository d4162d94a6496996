import Replay

extension Formatting {
  /// How well the prices of a platform are known: `calibrated` where all that went into the estimates are measured,
  /// `uncalibrated` where none is, `calibrated but for copies` between.
  static func standing(_ platform: PlatformUse) -> String {
    if platform.calibrated { return "calibrated" }
    let used = platform.prices.filter(\.isUsed)
    guard used.contains(where: \.price.isMeasured) else { return "uncalibrated" }
    let unknown = used.filter { !$0.price.isMeasured }.map { name($0.work) }
    return "calibrated but for " + unknown.joined(separator: ", ")
  }

  private static func name(_ work: Work) -> String {
    switch work {
    case .call: "calls"
    case .cleanLine: "cleaning"
    case .invalidateLine: "invalidation"
    case .cleanInvalidateLine: "cleaning with invalidation"
    case .copiedByte: "copies"
    case .iotlbInvalidation: "IOTLB invalidation"
    }
  }

  /// How much of the pool of bounce buffers was in use at once.
  static func pool(_ bytes: UInt64?, _ slots: SlotUse) -> String {
    let used = slots.peak &* SlotUse.slotBytes
    guard let bytes, bytes > 0 else {
      return "a pool has \(Formatting.bytes(SlotUse.defaultPoolBytes)) unless the kernel is told otherwise"
    }
    return "at most \(percent(share(used, of: bytes))) of a pool of \(Formatting.bytes(bytes)) in use at once"
  }
}
