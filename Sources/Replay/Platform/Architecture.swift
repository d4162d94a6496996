import DMAModel

/// What one architecture does to its caches at each step of the DMA API.
///
/// To add one: a row in `all`. Sources are the `arch_sync_dma_for_device`, `arch_sync_dma_for_cpu` and
/// `arch_dma_prep_coherent` of the kernel's `arch/NAME/mm/` as of Linux 6.12.
public struct Architecture: Sendable {
  /// What is done to each line that a call covers, to the point of coherency.
  public enum Operation: String, Sendable {
    case none, clean, invalidate, cleanInvalidate
    var cleans: Bool { self == .clean || self == .cleanInvalidate }
    var invalidates: Bool { self == .invalidate || self == .cleanInvalidate }
  }

  /// `--platform` takes this name.
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

  /// `[to, from, bidirectional]`, as the design's table has its columns.
  private init(
    _ name: String, machines: [String], line: UInt64, coherent: Bool = false, device: [Operation],
    cpu: [Operation],
    prepare: Operation
  ) {
    self.name = name
    self.machines = machines
    cacheLine = line
    isCoherent = coherent
    forDevice = device
    forCPU = cpu
    self.prepare = prepare
  }

  static let all: [Architecture] = [
    Architecture(
      "arm64", machines: ["aarch64", "arm64"], line: 64, device: [.clean, .clean, .clean],
      cpu: [.none, .invalidate, .invalidate], prepare: .clean),
    Architecture(
      "arm", machines: ["arm"], line: 64, device: [.clean, .invalidate, .clean],
      cpu: [.none, .invalidate, .invalidate], prepare: .cleanInvalidate),
    Architecture(
      "riscv", machines: ["riscv"], line: 64, device: [.clean, .clean, .clean],
      cpu: [.none, .invalidate, .invalidate], prepare: .cleanInvalidate),
    Architecture(
      "mips", machines: ["mips"], line: 32, device: [.clean, .invalidate, .cleanInvalidate],
      cpu: [.none, .invalidate, .invalidate], prepare: .cleanInvalidate),
    Architecture(
      "powerpc", machines: ["ppc", "powerpc"], line: 32, device: [.clean, .invalidate, .cleanInvalidate],
      cpu: [.clean, .invalidate, .cleanInvalidate], prepare: .cleanInvalidate),
    Architecture(
      "x86", machines: ["x86", "i386", "i486", "i586", "i686", "amd64"], line: 64, coherent: true,
      device: [.none, .none, .none], cpu: [.none, .none, .none], prepare: .none),
  ]

  /// What `--platform` takes.
  public static var names: [String] { all.map(\.name) }

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

  /// The same, for the hot path.
  @inline(__always)
  func quick(_ step: MaintenanceStep, _ direction: Direction) -> (cleans: Bool, invalidates: Bool) {
    if isCoherent || step == .prepare { return (false, false) }
    let operation = operation(step, direction)
    return (operation.cleans, operation.invalidates)
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
