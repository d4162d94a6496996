import DMAModel

/// When a device's driver began, as far as the recording shows it: from then on, all that is mapped was seen being
/// mapped.
struct Birth {
  private(set) var time: UInt64
  private let pid: Int32
  /// Whether it is sure. A driver sets its mask before anything else; but some set it again when they reset their device,
  /// from a worker of the kernel or for a user's tool, while older mappings live on.
  private(set) var isCertain: Bool

  /// Tasks that load modules, and with them probe devices; and the kernel's first task, which probes those of built-in
  /// drivers.
  private static let loaders: Set<String> = [
    "modprobe", "insmod", "kmod", "finit", "systemd-udevd", "(udev-worker)", "udevd", "mdev", "swapper/0",
    "init",
  ]

  /// Nil if the event, which is the first of its device, does not show that a driver begins.
  init?(
    _ event: Event, _ hints: RecordingHints, _ lastLoss: UInt64?, _ anonymous: [Int32: Birth]
  ) {
    if hints.isComplete {
      self.init(boundAt: 0)
      return
    }
    guard lastLoss == nil else { return nil }
    switch event.call {
    case .driverBound: self.init(boundAt: event.time)
    case .setMask, .setCoherentMask, .setMaskAndCoherent, .getRequiredMask, .supported, .declareMemory:
      self.init(event, hints)
    default:
      guard let birth = anonymous[event.pid], event.time &- birth.time < 1_000_000_000 else { return nil }
      self = birth
    }
  }

  /// The driver was bound, by its own record.
  init(boundAt time: UInt64) { (self.time, pid, isCertain) = (time, 0, true) }

  /// A mask call.
  init(_ event: Event, _ hints: RecordingHints) {
    (time, pid) = (event.time, event.pid)
    let isNamed = !hints.taskNames.isEmpty
    isCertain = !isNamed || Birth.loaders.contains(hints.taskNames[event.pid] ?? "")
  }

  /// A pool was created right after the first mask call, by the same task: a driver that resets its device has its pools.
  mutating func confirm(_ event: Event) {
    if event.pid == pid, event.time >= time, event.time &- time < 1_000_000_000 { isCertain = true }
  }
}
