/// What the user says about the machine and about which calls count.
public struct ReplayOptions: Sendable {
  /// The machine; nil takes the built-in profile of the recording's architecture.
  public var platform: PlatformProfile?
  /// Single values that go before those of `platform`.
  public var adjustments = PlatformProfile()
  /// Globs for the names of devices that do not snoop the CPU's caches, and of devices that do.
  public var nonCoherent: [String] = []
  public var coherent: [String] = []
  public var filter = Filter()
  /// Globs for devices whose drivers were unbound when the recording ended: what they leave is a leak.
  public var unbound: [String] = []
  /// What is assumed against what the recording says.
  public var assumption: WhatIf?

  public init() {}

  /// What the user said of a device's coherence; nil if nothing. The glob with most literal characters decides.
  func saysCoherent(_ device: String) -> Bool? {
    if let assumption, let coherent = assumption.coherent, assumption.concerns(device) { return coherent }
    return Glob.verdict(device, no: nonCoherent, yes: coherent)
  }
}

/// What a replay needs to know of a recording before its first event.
public struct RecordingHints: Sendable {
  /// Release of the kernel, for instance `6.12.117`; empty if unknown.
  public var kernel: String
  /// The machine as the kernel names it, for instance `aarch64`; empty if unknown.
  public var architecture: String
  /// Bytes of a page.
  public var pageSize: UInt64
  /// Names of tasks by process id.
  public var taskNames: [Int32: String]
  /// Whether the recording began before any driver used the DMA API, with all its calls.
  public var isComplete: Bool

  public init(
    kernel: String = "", architecture: String = "", pageSize: UInt64 = 4096, taskNames: [Int32: String] = [:],
    isComplete: Bool = false
  ) {
    self.kernel = kernel
    self.architecture = architecture
    self.pageSize = pageSize.nonzeroBitCount == 1 ? pageSize : 4096
    self.taskNames = taskNames
    self.isComplete = isComplete
  }

  /// Whether the kernel's release is at least `major.minor`; false if it is unknown.
  func isAtLeast(_ major: Int, _ minor: Int) -> Bool {
    let numbers = kernel.split(whereSeparator: { !$0.isNumber }).prefix(2).map { Int($0) ?? 0 }
    guard numbers.count == 2 else { return false }
    return (numbers[0], numbers[1]) >= (major, minor)
  }
}
