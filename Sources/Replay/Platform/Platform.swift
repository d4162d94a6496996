import DMAModel

/// The rules and prices of one replay.
struct Platform: Sendable {
  let architecture: Architecture
  let prices: Prices
  /// Base-2 logarithm of the cache line's bytes.
  let lineShift: UInt64
  /// Whether the architecture had to be guessed, since the recording does not name its machine.
  let isGuess: Bool

  init(_ options: ReplayOptions, _ hints: RecordingHints) {
    let recorded = Architecture.machine(hints.architecture)
    let asked = Architecture.named(options.platform)
    isGuess = asked == nil && recorded == nil
    architecture = asked ?? recorded ?? Architecture.all[0]
    prices = .builtIn
    let line = options.cacheLine ?? architecture.cacheLine
    lineShift = UInt64(max(line, 1).trailingZeroBitCount)
  }

  var cacheLine: UInt64 { 1 << lineShift }

  var use: PlatformUse {
    var use = PlatformUse()
    use.name = architecture.name
    use.architecture = architecture.name
    use.cacheLine = cacheLine
    use.calibrated = prices.isCalibrated
    use.source = "built in"
    use.operations = architecture.operations
    return use
  }

  /// The lines that `size` bytes from `address` on touch: last line − first line + 1.
  @inline(__always)
  func lines(_ address: UInt64, _ size: UInt64) -> UInt64 {
    if size == 0 { return 0 }
    let (last, overflow) = address.addingReportingOverflow(size &- 1)
    return ((overflow ? UInt64.max : last) >> lineShift) &- (address >> lineShift) &+ 1
  }

  /// One call for this range.
  @inline(__always)
  func maintenance(_ address: UInt64, _ size: UInt64) -> Maintenance {
    let lines = lines(address, size)
    let within = cacheLine &- 1
    let beginsApart: UInt64 = address & within == 0 ? 0 : 1
    let endsApart: UInt64 = (address &+ size) & within == 0 ? 0 : 1
    let partial = min(lines, beginsApart &+ endsApart)
    return Maintenance(
      calls: 1, bytes: size, lines: lines, partialLines: partial, unalignedLines: partial == 0 ? 0 : lines,
      innerCalls: lines == 1 ? endsApart : 0)
  }

  /// What the architecture does of the maintenance in a table.
  func work(_ table: MaintenanceTable) -> CacheWork {
    var work = CacheWork()
    for step in [MaintenanceStep.forDevice, .forCPU] {
      for direction in Direction.transfers {
        work += self.work(table[step, direction], step, direction)
      }
    }
    work += self.work(table[.prepare, .bidirectional], .prepare, .bidirectional)
    return work
  }

  func work(_ sum: Maintenance, _ step: MaintenanceStep, _ direction: Direction) -> CacheWork {
    var work = CacheWork()
    guard step != .prepare else {
      work.prepareCalls = sum.calls
      if architecture.operation(.prepare, direction) != .none {
        work.preparedLines = sum.lines
        work.preparedBytes = sum.bytes
      }
      return work
    }
    work.calls = sum.calls
    let lines = architecture.lines(of: sum, step, direction)
    (work.cleanedLines, work.invalidatedLines) = (lines.cleaned, lines.invalidated)
    (work.cleanedAndInvalidatedLines, work.savedLines) = (lines.both, lines.saved)
    let operation = architecture.operation(step, direction)
    if operation.cleans { work.cleanedBytes = sum.bytes }
    if operation.invalidates { work.invalidatedBytes = sum.bytes }
    work.instructions = operation == .none ? 0 : sum.lines
    if operation == .invalidate, architecture.endsApart { work.instructions &+= sum.innerCalls }
    return work
  }
}
