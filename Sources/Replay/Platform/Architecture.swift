import DMAModel

/// What one architecture does to its caches at each step of the DMA API.
///
/// `name` is what platform files and `--platform` call it.
///
/// To add one: a row in `all`. Sources are the `arch_sync_dma_for_device`, `arch_sync_dma_for_cpu` and
/// `arch_dma_prep_coherent` of the kernel's `arch/NAME/mm/` as of Linux 6.12, and the loops over lines below them
/// (`dcache_inval_poc`, `v7_dma_inv_range`, `ALT_CMO_OP`, `blast_inv_dcache_range`, `__dma_sync`).
public struct Architecture: Sendable, Equatable {
  /// What is done to each line that a call covers, to the point of coherency.
  public enum Operation: String, Sendable {
    case none, clean, invalidate, cleanInvalidate
    var cleans: Bool { self == .clean || self == .cleanInvalidate }
    var invalidates: Bool { self == .invalidate || self == .cleanInvalidate }
  }

  /// What an invalidation does about lines that a call covers only in part: they may hold somebody else's data.
  public enum PartialLines: String, Sendable {
    /// Drops them as the others: the API forbids to share them.
    case invalidated
    /// Writes them back before it drops them.
    case cleaned
    /// Writes back every line of a call that has a partial one.
    case cleanWholeCall
  }

  public let name: String
  /// How `uname -m` begins on such a machine.
  let machines: [String]
  /// Bytes of a data-cache line where nothing else is known.
  let cacheLine: UInt64
  /// Whether devices snoop unless something says otherwise.
  let isCoherent: Bool
  private let forDevice: [Operation]
  private let forCPU: [Operation]
  private let prepare: Operation
  /// Of an invalidation.
  let partialLines: PartialLines
  /// Whether an invalidation that ends within the line in which it begins visits that line twice.
  let endsApart: Bool

  /// `[to, from, bidirectional]`, as the design's table has its columns.
  private init(
    _ name: String, machines: [String], line: UInt64, coherent: Bool = false, device: [Operation],
    cpu: [Operation], prepare: Operation, partial: PartialLines = .invalidated, endsApart: Bool = false
  ) {
    self.name = name
    self.machines = machines
    cacheLine = line
    isCoherent = coherent
    forDevice = device
    forCPU = cpu
    self.prepare = prepare
    partialLines = partial
    self.endsApart = endsApart
  }

  /// The same of a processor that never fills lines on its own: nothing is left to drop once the device is done.
  func withoutSpeculation() -> Architecture {
    Architecture(
      name, machines: machines, line: cacheLine, coherent: isCoherent, device: forDevice,
      cpu: [.none, .none, .none], prepare: prepare, partial: partialLines, endsApart: endsApart)
  }

  public static let all: [Architecture] = [
    Architecture(
      "arm64", machines: ["aarch64", "arm64"], line: 64, device: [.clean, .clean, .clean],
      cpu: [.none, .invalidate, .invalidate], prepare: .clean, partial: .cleaned, endsApart: true),
    Architecture(
      "arm", machines: ["arm"], line: 64, device: [.clean, .invalidate, .clean],
      cpu: [.none, .invalidate, .invalidate], prepare: .cleanInvalidate, partial: .cleaned),
    Architecture(
      "riscv", machines: ["riscv"], line: 64, device: [.clean, .clean, .clean],
      cpu: [.none, .invalidate, .invalidate], prepare: .cleanInvalidate),
    Architecture(
      "mips", machines: ["mips"], line: 32, device: [.clean, .invalidate, .cleanInvalidate],
      cpu: [.none, .invalidate, .invalidate], prepare: .cleanInvalidate),
    Architecture(
      "powerpc", machines: ["ppc", "powerpc"], line: 32, device: [.clean, .invalidate, .cleanInvalidate],
      cpu: [.clean, .invalidate, .cleanInvalidate], prepare: .cleanInvalidate, partial: .cleanWholeCall),
    Architecture(
      "x86", machines: ["x86", "i386", "i486", "i586", "i686", "amd64"], line: 64, coherent: true,
      device: [.none, .none, .none], cpu: [.none, .none, .none], prepare: .none),
  ]

  /// What is done to each line of new coherent memory.
  var preparation: Operation { prepare }

  static func named(_ name: String) -> Architecture? { all.first { $0.name == name } }

  static func machine(_ machine: String) -> Architecture? {
    all.first { $0.machines.contains { machine.hasPrefix($0) } }
  }

  func operation(_ step: MaintenanceStep, _ direction: Direction) -> Operation {
    let column: Int
    switch direction {
    case .toDevice: column = 0
    case .fromDevice: column = 1
    case .bidirectional: column = 2
    case .none: return .none
    }
    switch step {
    case .forDevice: return forDevice[column]
    case .forCPU: return forCPU[column]
    case .prepare: return prepare
    }
  }

  /// What a sum of maintenance comes to, by line: cleaned, invalidated, both, and partial ones that were written back
  /// for an invalidation's sake.
  func lines(
    of sum: Maintenance, _ step: MaintenanceStep, _ direction: Direction
  ) -> (cleaned: UInt64, invalidated: UInt64, both: UInt64, saved: UInt64) {
    switch operation(step, direction) {
    case .none: (0, 0, 0, 0)
    case .clean: (sum.lines, 0, 0, 0)
    case .cleanInvalidate: (sum.lines, sum.lines, sum.lines, 0)
    case .invalidate:
      switch partialLines {
      case .invalidated: (0, sum.lines, 0, 0)
      case .cleaned: (0, sum.lines, 0, sum.partialLines)
      case .cleanWholeCall: (sum.unalignedLines, sum.lines, sum.unalignedLines, 0)
      }
    }
  }

  /// The whole table, in words.
  var operations: [MaintenanceStep: [Direction: String]] {
    var table: [MaintenanceStep: [Direction: String]] = [:]
    for step in [MaintenanceStep.forDevice, .forCPU] {
      for direction in Direction.transfers {
        table[step, default: [:]][direction] = operation(step, direction).rawValue
      }
    }
    table[.prepare] = [.bidirectional: prepare.rawValue]
    return table
  }
}
