import DMAModel

/// Turns counts of work into nanoseconds: an estimate is counts times prices, so whoever has the counts can price them
/// anew.
struct Pricing: Sendable {
  /// By `Pricing.index(_:)`; 0 for what has no price.
  private var prices: [Estimate]
  /// What is done to each line of new coherent memory.
  private let preparation: Architecture.Operation
  private let isLazy: Bool

  init(_ prices: [Work: Price], preparation: Architecture.Operation, iommu: IOMMUMode?) {
    self.prices = Work.allCases.map { prices[$0]?.range ?? Estimate() }
    self.preparation = preparation
    isLazy = iommu == .lazy
  }

  init(_ platform: PlatformUse) {
    let named = platform.operations[.prepare]?[.bidirectional]
    self.init(
      Dictionary(platform.prices.map { ($0.work, $0.price) }, uniquingKeysWith: { first, _ in first }),
      preparation: named.flatMap { Architecture.Operation(rawValue: $0) } ?? .none, iommu: platform.iommu)
  }

  /// What work costs.
  func estimate(_ work: CacheWork, bouncedBytes: UInt64, iotlbInvalidations: UInt64) -> Estimate {
    let counts = counts(work, bouncedBytes: bouncedBytes, iotlbInvalidations: iotlbInvalidations)
    var sum = Estimate()
    for (work, count) in zip(Work.allCases, counts) where count > 0 {
      var price = prices[Pricing.index(work)]
      // A queue of 256 unmaps comes to one invalidation, or to more where its timer runs out before.
      if work == .iotlbInvalidation, isLazy {
        price = Estimate(low: price.low / 256, mid: price.mid / 256, high: price.high)
      }
      sum += price * count
    }
    return sum
  }

  /// How many pieces of each kind of work, in the order of `Work.allCases`.
  func counts(_ work: CacheWork, bouncedBytes: UInt64, iotlbInvalidations: UInt64) -> [UInt64] {
    var counts = [UInt64](repeating: 0, count: Work.allCases.count)
    let both = work.cleanedAndInvalidatedLines
    counts[Pricing.index(.call)] = work.calls &+ work.prepareCalls
    var cleaned = work.cleanedLines
    decrease(&cleaned, by: both)
    var dropped = work.invalidatedLines
    decrease(&dropped, by: both &+ work.savedLines)
    var cleanedAndDropped = both &+ work.savedLines
    switch preparation {
    case .cleanInvalidate: cleanedAndDropped &+= work.preparedLines
    case .invalidate: dropped &+= work.preparedLines
    case .clean: cleaned &+= work.preparedLines
    case .none: break
    }
    counts[Pricing.index(.cleanLine)] = cleaned
    counts[Pricing.index(.invalidateLine)] = dropped
    counts[Pricing.index(.cleanInvalidateLine)] = cleanedAndDropped
    counts[Pricing.index(.copiedByte)] = bouncedBytes
    counts[Pricing.index(.iotlbInvalidation)] = iotlbInvalidations
    return counts
  }

  /// The same for everything that a profile sums up.
  func counts(_ totals: Totals) -> [UInt64] {
    counts(
      totals.work, bouncedBytes: totals.bounce.bytesIn &+ totals.bounce.bytesOut,
      iotlbInvalidations: totals.iotlbInvalidations)
  }

  static func index(_ work: Work) -> Int {
    switch work {
    case .call: 0
    case .cleanLine: 1
    case .invalidateLine: 2
    case .cleanInvalidateLine: 3
    case .copiedByte: 4
    case .iotlbInvalidation: 5
    }
  }
}
