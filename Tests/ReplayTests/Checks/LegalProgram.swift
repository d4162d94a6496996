import DMAModel
import Testing

@testable import Replay

/// A random program over the DMA API that breaks no rule, as a recording would show it, and what it knows of itself.
///
/// Several devices of different kinds take turns. They map the same memory at once: any number of times where a device
/// only reads it, once a device where it writes. Bus addresses come again as soon as they are free, and devices behind
/// IOMMUs have the same ones at once. Drivers come, release all that they made, and go.
struct LegalProgram: Sendable {
  /// Something that a call made and another releases.
  struct Thing: Sendable {
    enum Kind { case single, resource, list, coherent, pages, table, pool, block }
    var kind: Kind
    /// Its place in `things`.
    var number = 0
    /// Its place in `devices`.
    var device: Int
    /// Bus addresses and sizes: of a list one for each joined entry, of anything else one.
    var ranges: [Range<UInt64>] = []
    var physical: [UInt64] = []
    var size: UInt64 = 0
    var direction = Direction.bidirectional
    var attributes: Attributes = []
    /// Of a list or pool the structure's.
    var cpuAddress: UInt64 = 0
    /// Entries that were passed, and that they came to.
    var nents = 1
    var ents = 1
    /// The pool that a block or page is from, by its place in `things`.
    var pool: Int?
    /// The calls about it, by their places in `events`. A driver may leave out a release.
    var make = 0
    var check: Int?
    var syncs: [Int] = []
    var release: Int?
    /// The driver has let go of it or of its device.
    var end = Int.max

    // For the generator.
    var lines: [Range<Int>] = []
    var held: [Held] = []
    var isCPUs = false
    var isBounced = false
    /// Of a pool: blocks that may be handed out, its pages, blocks in use.
    var free: [(cpu: UInt64, bus: UInt64)] = []
    var pagesOfPool: [Int] = []
    var inUse = 0
  }

  /// A range of a `RangeSource` that goes back to it.
  struct Held: Sendable {
    var source: Source
    var start: UInt64
    var units: Int
    enum Source { case iova, slots, memory, cpu, mmio, handles }
  }

  enum Reach: Sendable { case identity, offset, bouncing, iommu }

  struct Device: Sendable {
    var name: String
    var reach: Reach
    var isCoherent: Bool
    /// Its driver asks `dma_need_unmap()`.
    var omitsUnmaps = false
    /// It maps scatterlists and nothing else.
    var listsOnly = false
    var mask: UInt64
    /// What `dma_max_mapping_size` says.
    var limit: UInt64
    var isBound = false
    /// Its live things but for the pages of pools.
    var owned: [Int] = []
    /// Lines of memory that it writes, by their number.
    var written = [Bool](repeating: false, count: 2 * Memory.lines)
    var iovas = RangeSource(base: 0x1000_0000, unit: 4096)
    var lastFailure: UInt64 = 0
    var hasFailed = false
  }

  /// What the machine is, and what of it is recorded.
  struct Machine: Sendable {
    var kernel = "6.12.0"
    var platform = "arm64"
    var isComplete = false
    var recordsBinding = true
    var recordsChecks = false
    var recordsBounces = true
    /// Scatterlists are recorded by the list's address alone.
    var recordsHandles = false
    /// `dma_map_phys` does the work of `dma_map_resource` too.
    var hasPhys = false
    var hasCacheSync = false
  }

  var machine: Machine
  var names = NameTable()
  var devices: [Device] = []
  var things: [Thing] = []
  var events: [Event] = []
  var segments: [UInt64] = []

  /// - Parameter mayOmit: whether drivers may leave out unmaps that do nothing, as they may since Linux 6.16.
  init(seed: UInt64, calls: Int, mayOmit: Bool = true) {
    var random = SplitMix64(seed: seed)
    machine = Machine()
    switch Int.random(in: 0..<4, using: &random) {
    case 0: (machine.kernel, machine.hasCacheSync) = ("5.4.0", true)
    case 1 where mayOmit: (machine.kernel, machine.hasPhys) = ("6.18.2", true)
    default: break
    }
    machine.platform = Bool.random(using: &random) ? "arm64" : "x86"
    machine.isComplete = Bool.random(using: &random)
    machine.recordsBinding = Int.random(in: 0..<3, using: &random) > 0
    machine.recordsChecks = Bool.random(using: &random)
    machine.recordsBounces = Bool.random(using: &random)
    machine.recordsHandles = Int.random(in: 0..<4, using: &random) == 0
    let reaches: [Reach] = [.identity, .offset, .bouncing, .iommu]
    for number in 0..<10 {
      let reach = number < 4 ? reaches[number] : reaches.randomElement(using: &random)!
      let isCoherent = machine.platform == "x86" || Bool.random(using: &random)
      devices.append(
        Device(
          name: "\(isCoherent ? "snooping" : "blind").\(reach).\(number)", reach: reach,
          isCoherent: isCoherent,
          omitsUnmaps: machine.hasPhys && isCoherent && reach != .iommu && Bool.random(using: &random),
          listsOnly: number % 5 == 4, mask: reach == .bouncing || number == 3 ? 0xffff_ffff : 0xff_ffff_ffff,
          limit: reach == .bouncing ? 256 << 10 : 1 << 20))
    }
    var writer = ProgramWriter(program: self, random: random)
    for _ in 0..<calls { writer.step() }
    writer.finish()
    self = writer.program
  }

  /// Replays the program, or a variant of it.
  func findings(_ other: [Event]? = nil, segments variant: [UInt64]? = nil) -> [Finding] {
    var options = ReplayOptions()
    options.platform = PlatformProfile.named(machine.platform)
    options.coherent = ["snooping.*"]
    let hints = RecordingHints(kernel: machine.kernel, isComplete: machine.isComplete)
    var replayer = Replayer(options: options, hints: hints, names: names)
    let (events, segments) = (other ?? self.events, variant ?? self.segments)
    replayer.consume(events.span, segments: segments.span)
    return replayer.finish(recording: Recording(), stacks: StackTable(), symbolizer: nil).findings
  }
}

/// The physical memory that programs map: lines of 64 bytes in two parts, one of which 32 bits do not reach. What devices
/// only read lies apart from what they write.
enum Memory {
  static let line: UInt64 = 64
  /// Lines of a part.
  static let lines = 1 << 15
  private static let part: [UInt64] = [0x8000_0000, 0x1_8000_0000]
  static let partSize = UInt64(lines) * line
  static func read(_ part: Int, _ offset: UInt64) -> UInt64 { Memory.part[part] + offset }
  static func written(line: Int) -> UInt64 {
    part[line / lines] + 0x100_0000 + UInt64(line % lines) * Memory.line
  }
}

/// Hands out ranges of addresses; what comes back goes out first.
struct RangeSource: Sendable {
  private var next: UInt64
  private let unit: UInt64
  private var free: [Int: [UInt64]] = [:]

  init(base: UInt64, unit: UInt64) { (next, self.unit) = (base, unit) }

  /// - Returns: the first address, and how many units the range has.
  mutating func take(_ size: UInt64) -> (start: UInt64, units: Int) {
    let units = Int((size + unit - 1) / unit)
    if let start = free[units]?.popLast() { return (start, units) }
    defer { next += UInt64(units) * unit }
    return (next, units)
  }

  mutating func give(_ start: UInt64, units: Int) { free[units, default: []].append(start) }
}
