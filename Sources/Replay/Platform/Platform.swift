import DMAModel

/// The rules and prices of one replay.
struct Platform: Sendable {
  private(set) var profile: PlatformProfile
  let architecture: Architecture
  /// Whether devices snoop unless something says otherwise.
  let isCoherent: Bool
  /// Base-2 logarithm of the cache line's bytes.
  let lineShift: UInt64
  /// Whether the architecture had to be guessed, since the recording does not name its machine.
  let isGuess: Bool

  init(_ options: ReplayOptions, _ hints: RecordingHints) {
    let asked = options.platform ?? PlatformProfile()
    let named = (options.adjustments.architecture ?? asked.architecture).flatMap { Architecture.named($0) }
    let recorded = Architecture.machine(hints.architecture)
    isGuess = named == nil && recorded == nil
    let rules = named ?? recorded ?? Architecture.all[0]
    profile = options.adjustments.over(asked.over(.generic(rules)))
    architecture = profile.speculates == false ? rules.withoutSpeculation() : rules
    isCoherent = profile.isCoherent ?? rules.isCoherent
    lineShift = UInt64(max(profile.cacheLine ?? rules.cacheLine, 1).trailingZeroBitCount)
  }

  /// The same machine with the prices that its own recording has come to.
  func priced(by calibration: Calibration) -> Platform {
    var result = self
    result.profile.prices.merge(calibration.prices) { _, measured in measured }
    result.profile.source = "this recording's durations"
    return result
  }

  @inline(__always)
  var cacheLine: UInt64 { 1 &<< lineShift }

  /// What is reported of it; whether its prices were used and are calibrated is told once there are sums.
  var use: PlatformUse {
    var use = PlatformUse()
    use.name = profile.name ?? architecture.name
    use.summary = profile.summary ?? ""
    use.architecture = architecture.name
    use.cacheLine = cacheLine
    use.source = profile.source
    use.operations = architecture.operations
    use.partialLines = architecture.partialLines
    use.prices = Work.allCases.compactMap { work in
      profile.prices[work].map { WorkPrice(work: work, price: $0, isUsed: false) }
    }
    (use.memory, use.swiotlb, use.iommu) = (profile.memory, profile.swiotlb, profile.iommu)
    return use
  }

  /// The zone that coherent memory within a mask comes from; nil if any will do, or the mask is not known.
  ///
  /// Where the zones end is the platform file's to say. Without one, x86 has its 16 MiB for ISA, and 64-bit machines
  /// have memory below 4 GiB apart.
  func zone(_ mask: UInt64?) -> LowZone? {
    guard let mask else { return nil }
    if let end = profile.dmaZone ?? (architecture.name == "x86" ? 0xff_ffff : nil), mask <= end {
      return .dma
    }
    return mask <= profile.dma32Zone ?? 0xffff_ffff ? .dma32 : nil
  }

  /// The lines that `size` bytes from `address` on touch: last line − first line + 1.
  @inline(__always)
  func lines(_ address: UInt64, _ size: UInt64) -> UInt64 {
    if size == 0 { return 0 }
    let (last, overflow) = address.addingReportingOverflow(size &- 1)
    return ((overflow ? UInt64.max : last) &>> lineShift) &- (address &>> lineShift) &+ 1
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
