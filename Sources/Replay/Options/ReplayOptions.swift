/// What the user says about the machine and about which calls count.
public struct ReplayOptions: Sendable {
  /// `auto`, or a name of `Architecture.names`.
  public var platform = "auto"
  /// Bytes of a cache line, a power of two; nil takes the architecture's.
  public var cacheLine: UInt64?
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
    let no = nonCoherent.map(Glob.init).filter { $0.matches(device) }.map(\.literalCount).max()
    let yes = coherent.map(Glob.init).filter { $0.matches(device) }.map(\.literalCount).max()
    switch (no, yes) {
    case (nil, nil): return nil
    case (nil, _): return true
    case (_, nil): return false
    case (let no?, let yes?): return yes > no
    }
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
