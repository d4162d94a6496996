import DMAModel
import Replay

extension PlatformUse: Stored {
  /// Whether prices were used, and are all measured, follows from the sums.
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("name", &name)
    try fields.plain("architecture", &architecture)
    try fields.required("cacheLine", &cacheLine)
    try fields.check(
      cacheLine.nonzeroBitCount == 1 && 4...4096 ~= cacheLine, "cacheLine", "a power of two from 4 to 4096")
    try fields.plain("source", &source)
    try fields.plain("summary", &summary)
    try fields.choice("partialLines", &partialLines)
    try visitOperations(fields)
    try fields.list("prices", &prices)
    try fields.list("priceShares", &priceShares)
    try visitMemory(fields)
    try fields.optional("swiotlb", &swiotlb)
    try fields.optionalChoice("iommu", &iommu)
  }

  /// By step and direction: `forCPU.FROM_DEVICE`.
  private mutating func visitOperations(_ fields: Fields) throws {
    var table: [String: String] = [:]
    for step in MaintenanceStep.allCases {
      for (direction, operation) in operations[step] ?? [:] {
        table["\(step.word).\(direction.name)"] = operation
      }
    }
    try fields.plain("operations", &table)
    guard fields.isReading else { return }
    let known = table.values.allSatisfy { Architecture.Operation(rawValue: $0) != nil }
    try fields.check(known, "operations", "cache operations that this version knows")
    operations = [:]
    for step in MaintenanceStep.allCases {
      for direction in Direction.transfers {
        guard let operation = table["\(step.word).\(direction.name)"] else { continue }
        operations[step, default: [:]][direction] = operation
      }
    }
  }

  /// First and last byte of each range, one after the other.
  private mutating func visitMemory(_ fields: Fields) throws {
    var ends = memory.flatMap { [$0.lowerBound, $0.upperBound] }
    try fields.plain("memory", &ends)
    guard fields.isReading else { return }
    try fields.check(ends.count.isMultiple(of: 2), "memory", "first and last bytes")
    try fields.take(2 * ends.count * MemoryLayout<UInt64>.stride)
    memory = []
    for index in stride(from: 0, to: ends.count, by: 2) {
      try fields.check(ends[index] <= ends[index + 1], "memory", "the first byte before the last")
      memory.append(ends[index]...ends[index + 1])
    }
  }
}

extension WorkPrice: Stored {
  init() { self.init(work: .call, price: Price(Estimate(), source: "", isMeasured: false), isUsed: false) }

  mutating func visit(_ fields: Fields) throws {
    try fields.choice("work", &work)
    try price.visit(fields)
  }
}

extension PriceShare: Stored {
  init() { self.init(work: .call, price: Price(Estimate(), source: "", isMeasured: false), count: 0) }

  mutating func visit(_ fields: Fields) throws {
    try fields.choice("work", &work)
    try price.visit(fields)
    try fields.plain("count", &count)
  }
}

extension Price {
  fileprivate mutating func visit(_ fields: Fields) throws {
    try range.visit(fields)
    try fields.plain("source", &source)
    try fields.plain("measured", &isMeasured)
  }
}
