import DMAModel

/// A sum of cache maintenance: calls into the architecture, the bytes they named, the cache lines they cover.
///
/// Values add and subtract, so sums over devices, differences between runs and shares all fall out of it.
public struct Maintenance: Sendable, Equatable, AdditiveArithmetic {
  public var calls: UInt64
  /// Bytes that the calls named; less than `lines` × line size by the rounding waste.
  public var bytes: UInt64
  /// Cache lines touched: last line − first line + 1 for each call.
  public var lines: UInt64
  /// Calls among `calls` whose bytes and lines are unknown (entries cut from a long scatterlist's event).
  public var unsizedCalls: UInt64
  /// Lines among `lines` that a call covers only in part: its first, its last.
  public var partialLines: UInt64
  /// Lines among `lines` of calls that have a partial line.
  public var unalignedLines: UInt64
  /// Calls that end within the line in which they begin.
  public var innerCalls: UInt64

  @inlinable
  public init(
    calls: UInt64 = 0, bytes: UInt64 = 0, lines: UInt64 = 0, unsizedCalls: UInt64 = 0,
    partialLines: UInt64 = 0,
    unalignedLines: UInt64 = 0, innerCalls: UInt64 = 0
  ) {
    (self.calls, self.bytes, self.lines, self.unsizedCalls) = (calls, bytes, lines, unsizedCalls)
    (self.partialLines, self.unalignedLines, self.innerCalls) = (partialLines, unalignedLines, innerCalls)
  }

  /// Adds what another sum covers, not its calls.
  mutating func cover(_ other: Maintenance) {
    let calls = calls
    self = self + other
    self.calls = calls
  }

  @inlinable public static var zero: Maintenance { Maintenance() }
  @inlinable public static func + (a: Maintenance, b: Maintenance) -> Maintenance {
    Maintenance(
      calls: a.calls &+ b.calls, bytes: a.bytes &+ b.bytes, lines: a.lines &+ b.lines,
      unsizedCalls: a.unsizedCalls &+ b.unsizedCalls, partialLines: a.partialLines &+ b.partialLines,
      unalignedLines: a.unalignedLines &+ b.unalignedLines, innerCalls: a.innerCalls &+ b.innerCalls)
  }
  @inlinable public static func - (a: Maintenance, b: Maintenance) -> Maintenance {
    Maintenance(
      calls: a.calls &- b.calls, bytes: a.bytes &- b.bytes, lines: a.lines &- b.lines,
      unsizedCalls: a.unsizedCalls &- b.unsizedCalls, partialLines: a.partialLines &- b.partialLines,
      unalignedLines: a.unalignedLines &- b.unalignedLines, innerCalls: a.innerCalls &- b.innerCalls)
  }
}

/// The three moments at which the architecture is asked to maintain caches.
public enum MaintenanceStep: UInt8, Sendable, CaseIterable {
  /// `arch_sync_dma_for_device`: at map and at sync-for-device.
  case forDevice = 0
  /// `arch_sync_dma_for_cpu`: at unmap and at sync-for-CPU.
  case forCPU = 1
  /// `arch_dma_prep_coherent`: once over newly allocated coherent memory.
  case prepare = 2
}

/// Some of the steps. They are asked for with each event, for which a `Set` is slow.
struct MaintenanceSteps: Equatable {
  private var bits: UInt8 = 0

  @inline(__always)
  mutating func insert(_ step: MaintenanceStep) { bits |= 1 << step.rawValue }

  @inline(__always)
  func contains(_ step: MaintenanceStep) -> Bool { bits & 1 << step.rawValue != 0 }

  var all: Set<MaintenanceStep> { Set(MaintenanceStep.allCases.filter(contains)) }
}

/// Maintenance by step and direction.
public struct MaintenanceTable: Sendable, Equatable {
  private var cells = [Maintenance](repeating: .zero, count: 9)

  public init() {}

  /// `direction` is one of `Direction.transfers`; prepare passes count as bidirectional.
  public subscript(step: MaintenanceStep, direction: Direction) -> Maintenance {
    get { direction == .none ? .zero : cells[Int(step.rawValue) * 3 + Int(direction.rawValue)] }
    set {
      if direction != .none { cells[Int(step.rawValue) * 3 + Int(direction.rawValue)] = newValue }
    }
  }

  public static func += (a: inout MaintenanceTable, b: MaintenanceTable) {
    for index in a.cells.indices { a.cells[index] += b.cells[index] }
  }

  /// The sum over the directions of one step.
  public func total(_ step: MaintenanceStep) -> Maintenance {
    Direction.transfers.reduce(.zero) { $0 + self[step, $1] }
  }

  /// The sum over everything, calls that do nothing on the architecture included.
  public var total: Maintenance { MaintenanceStep.allCases.reduce(.zero) { $0 + total($1) } }
}

/// Cache lines and bytes that the architecture really cleaned or invalidated, and the calls that asked for it.
public struct CacheWork: Sendable, Equatable {
  /// `arch_sync_dma_*` calls, those for which the architecture has nothing to do included; no prepare passes.
  public var calls: UInt64 = 0
  /// Written back to the point of coherency, prepare passes left out.
  public var cleanedLines: UInt64 = 0
  public var cleanedBytes: UInt64 = 0
  /// Dropped from the cache. A line that one operation cleans and invalidates is under both.
  public var invalidatedLines: UInt64 = 0
  public var invalidatedBytes: UInt64 = 0
  /// Lines under both.
  public var cleanedAndInvalidatedLines: UInt64 = 0
  /// Lines that are under `invalidatedLines` only, though the architecture writes them back before it drops them, since
  /// a call covers them only in part.
  public var savedLines: UInt64 = 0
  /// Cache instructions; arm64 needs one more than lines where an invalidation lies within a line.
  public var instructions: UInt64 = 0
  /// Passes over new coherent memory.
  public var prepareCalls: UInt64 = 0
  public var preparedLines: UInt64 = 0
  public var preparedBytes: UInt64 = 0

  public init() {}

  public var lines: UInt64 { cleanedLines &+ invalidatedLines }
  public var bytes: UInt64 { cleanedBytes &+ invalidatedBytes }

  public static func += (a: inout CacheWork, b: CacheWork) {
    a.calls &+= b.calls
    a.cleanedLines &+= b.cleanedLines
    a.cleanedBytes &+= b.cleanedBytes
    a.invalidatedLines &+= b.invalidatedLines
    a.invalidatedBytes &+= b.invalidatedBytes
    a.cleanedAndInvalidatedLines &+= b.cleanedAndInvalidatedLines
    a.savedLines &+= b.savedLines
    a.instructions &+= b.instructions
    a.prepareCalls &+= b.prepareCalls
    a.preparedLines &+= b.preparedLines
    a.preparedBytes &+= b.preparedBytes
  }

  /// What is left; nothing goes below zero.
  public static func -= (a: inout CacheWork, b: CacheWork) {
    decrease(&a.calls, by: b.calls)
    decrease(&a.cleanedLines, by: b.cleanedLines)
    decrease(&a.cleanedBytes, by: b.cleanedBytes)
    decrease(&a.invalidatedLines, by: b.invalidatedLines)
    decrease(&a.invalidatedBytes, by: b.invalidatedBytes)
    decrease(&a.cleanedAndInvalidatedLines, by: b.cleanedAndInvalidatedLines)
    decrease(&a.savedLines, by: b.savedLines)
    decrease(&a.instructions, by: b.instructions)
    decrease(&a.prepareCalls, by: b.prepareCalls)
    decrease(&a.preparedLines, by: b.preparedLines)
    decrease(&a.preparedBytes, by: b.preparedBytes)
  }
}

/// Copies through the software IO TLB.
public struct Bounce: Sendable, Equatable {
  /// Mappings (scatterlist segments count one by one) whose data went through a bounce buffer.
  public var mappings: UInt64 = 0
  /// Requests for a bounce buffer, those that failed on a full pool included (`swiotlb_bounced`).
  public var requests: UInt64 = 0
  /// Bytes copied into bounce buffers (at map, and at sync-for-device) and back out of them.
  public var bytesIn: UInt64 = 0
  public var bytesOut: UInt64 = 0
  /// Requests by cause; where requests were not recorded, mappings by cause.
  public var mask: UInt64 = 0
  public var forced: UInt64 = 0
  public var alignment: UInt64 = 0
  public var unknown: UInt64 = 0
  /// Requests larger than any bounce buffer can be: they fail on an empty pool.
  public var tooLarge: UInt64 = 0

  public init() {}

  /// Requests that no mapping followed: no slot was free, or there is none so large. Where events were lost, the mapping
  /// may be among them.
  public var unserved: UInt64 { requests > mappings ? requests &- mappings : 0 }

  public static func += (a: inout Bounce, b: Bounce) {
    a.tooLarge &+= b.tooLarge
    a.mappings &+= b.mappings
    a.requests &+= b.requests
    a.bytesIn &+= b.bytesIn
    a.bytesOut &+= b.bytesOut
    a.mask &+= b.mask
    a.forced &+= b.forced
    a.alignment &+= b.alignment
    a.unknown &+= b.unknown
  }
}

/// What is mapped at one moment.
public struct Footprint: Sendable, Equatable {
  /// Live streaming mappings, a scatterlist counting as one.
  public var mappings: UInt64 = 0
  /// Scatterlists among them.
  public var scatterlists: UInt64 = 0
  /// Live coherent (and non-coherent, `dma_alloc_pages`) allocations.
  public var coherentBlocks: UInt64 = 0
  /// Bytes of streaming mappings.
  public var bytes: UInt64 = 0
  /// Bytes of coherent allocations as asked for.
  public var coherentBytes: UInt64 = 0

  public init() {}

  public static func += (a: inout Footprint, b: Footprint) {
    a.mappings &+= b.mappings
    a.scatterlists &+= b.scatterlists
    a.coherentBlocks &+= b.coherentBlocks
    a.bytes &+= b.bytes
    a.coherentBytes &+= b.coherentBytes
  }

  /// Each count's larger one.
  func maximum(_ other: Footprint) -> Footprint {
    var result = self
    result.mappings = max(mappings, other.mappings)
    result.scatterlists = max(scatterlists, other.scatterlists)
    result.coherentBlocks = max(coherentBlocks, other.coherentBlocks)
    result.bytes = max(bytes, other.bytes)
    result.coherentBytes = max(coherentBytes, other.coherentBytes)
    return result
  }
}

/// A cost in nanoseconds with its uncertainty.
public struct Estimate: Sendable, Equatable {
  public var low: Double
  public var mid: Double
  public var high: Double

  public init(low: Double = 0, mid: Double = 0, high: Double = 0) {
    (self.low, self.mid, self.high) = (low, mid, high)
  }

  public static func + (a: Estimate, b: Estimate) -> Estimate {
    Estimate(low: a.low + b.low, mid: a.mid + b.mid, high: a.high + b.high)
  }
  public static func += (a: inout Estimate, b: Estimate) { a = a + b }
  /// The estimate for `count` of what this is the price of.
  public static func * (price: Estimate, count: UInt64) -> Estimate {
    let n = Double(count)
    return Estimate(low: price.low * n, mid: price.mid * n, high: price.high * n)
  }
}
