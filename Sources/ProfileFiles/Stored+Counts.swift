import DMAModel
import Replay

// Sums, as a file keeps them.

extension CallCounts: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("calls", &calls)
    try fields.plain("segments", &segments)
    try fields.plain("bytes", &bytes)
    try fields.plain("failed", &failed)
    try fields.plain("unknown", &unknown)
  }
}

extension Maintenance: Stored {
  init() { self = .zero }

  mutating func visit(_ fields: Fields) throws {
    try fields.plain("calls", &calls)
    try fields.plain("bytes", &bytes)
    try fields.plain("lines", &lines)
    try fields.plain("unsizedCalls", &unsizedCalls)
    try fields.plain("partialLines", &partialLines)
    try fields.plain("unalignedLines", &unalignedLines)
    try fields.plain("innerCalls", &innerCalls)
  }
}

extension MaintenanceTable: Stored {
  private static let cells: [(name: String, step: MaintenanceStep, direction: Direction)] = [
    ("forDeviceToDevice", .forDevice, .toDevice), ("forDeviceFromDevice", .forDevice, .fromDevice),
    ("forDeviceBidirectional", .forDevice, .bidirectional), ("forCPUToDevice", .forCPU, .toDevice),
    ("forCPUFromDevice", .forCPU, .fromDevice), ("forCPUBidirectional", .forCPU, .bidirectional),
    ("prepareToDevice", .prepare, .toDevice), ("prepareFromDevice", .prepare, .fromDevice),
    ("prepareBidirectional", .prepare, .bidirectional),
  ]

  mutating func visit(_ fields: Fields) throws {
    for cell in MaintenanceTable.cells { try fields.one(cell.name, &self[cell.step, cell.direction]) }
  }
}

extension CacheWork: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("calls", &calls)
    try fields.plain("cleanedLines", &cleanedLines)
    try fields.plain("cleanedBytes", &cleanedBytes)
    try fields.plain("invalidatedLines", &invalidatedLines)
    try fields.plain("invalidatedBytes", &invalidatedBytes)
    try fields.plain("cleanedAndInvalidatedLines", &cleanedAndInvalidatedLines)
    try fields.plain("savedLines", &savedLines)
    try fields.plain("instructions", &instructions)
    try fields.plain("prepareCalls", &prepareCalls)
    try fields.plain("preparedLines", &preparedLines)
    try fields.plain("preparedBytes", &preparedBytes)
  }
}

extension Bounce: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("mappings", &mappings)
    try fields.plain("requests", &requests)
    try fields.plain("bytesIn", &bytesIn)
    try fields.plain("bytesOut", &bytesOut)
    try fields.plain("mask", &mask)
    try fields.plain("forced", &forced)
    try fields.plain("alignment", &alignment)
    try fields.plain("unknown", &unknown)
    try fields.plain("tooLarge", &tooLarge)
  }
}

extension Footprint: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("mappings", &mappings)
    try fields.plain("scatterlists", &scatterlists)
    try fields.plain("coherentBlocks", &coherentBlocks)
    try fields.plain("bytes", &bytes)
    try fields.plain("coherentBytes", &coherentBytes)
  }
}

extension SlotUse: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("live", &live)
    try fields.plain("peak", &peak)
  }
}

extension LifetimeHistogram: Stored {
  /// The buckets that are not empty, by number (see `lowerBound(of:)`), and their counts.
  mutating func visit(_ fields: Fields) throws {
    var buckets = counts.indices.filter { counts[$0] > 0 }
    var values = buckets.map { counts[$0] }
    var maximum = maximum
    try fields.plain("buckets", &buckets)
    try fields.plain("counts", &values)
    try fields.plain("maximum", &maximum)
    guard fields.isReading else { return }
    if !buckets.isEmpty { try fields.take(LifetimeHistogram.bucketCount * MemoryLayout<UInt64>.stride) }
    let isValid =
      buckets.count == values.count && zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 }
      && buckets.allSatisfy { 0..<LifetimeHistogram.bucketCount ~= $0 }
    try fields.check(isValid, "buckets", "rising numbers of buckets, with a count for each")
    self = LifetimeHistogram(
      counts: Dictionary(zip(buckets, values), uniquingKeysWith: { first, _ in first }), maximum: maximum)
  }
}

/// Counts by number of bits, of which a file keeps those that are not all 0.
struct BitCount: Stored {
  var bits = 0
  var mappings: UInt64 = 0
  var bytes: UInt64 = 0
  var lines: UInt64 = 0

  mutating func visit(_ fields: Fields) throws {
    try fields.plain("bits", &bits)
    try fields.plain("mappings", &mappings)
    try fields.plain("bytes", &bytes)
    try fields.plain("lines", &lines)
    try fields.check(0...64 ~= bits, "bits", "bits from 0 to 64")
  }

  var isEmpty: Bool { mappings == 0 && bytes == 0 && lines == 0 }
}

extension Estimate: Stored {
  init() { self.init(low: 0, mid: 0, high: 0) }

  mutating func visit(_ fields: Fields) throws {
    try fields.required("low", &low)
    try fields.required("mid", &mid)
    try fields.required("high", &high)
    try fields.check(low.isFinite && mid.isFinite && high.isFinite, "low", "finite prices")
  }
}
