// Estimates are counts times prices: they follow from a profile's sums, and are never summed up themselves.
extension Profile {
  /// Sets every estimate, and what depends on them: the order of what could be avoided, and which prices were used.
  mutating func applyPrices() {
    platform.settlePrices()
    let pricing = Pricing(platform)
    for index in devices.indices { devices[index].applyPrices(pricing) }
    totals.estimate = devices.reduce(Estimate()) { $0 + $1.estimate }
    for index in operations.indices { operations[index].applyPrices(pricing) }
    for index in callSites.indices { callSites[index].applyPrices(pricing) }
    for index in tasks.indices { tasks[index].applyPrices(pricing) }
    for index in avoidable.indices { avoidable[index].applyPrices(pricing) }
    avoidable.sort { $0.precedes($1) }
    let counts = pricing.counts(totals)
    for index in platform.prices.indices {
      platform.prices[index].isUsed = counts[Pricing.index(platform.prices[index].work)] > 0
    }
    let used = Work.allCases.filter { counts[Pricing.index($0)] > 0 }
    platform.calibrated =
      !used.isEmpty
      && used.allSatisfy { work in platform.prices.contains { $0.work == work && $0.price.isMeasured } }
  }
}

/// What has counts of priced work.
private protocol Priced {
  var work: CacheWork { get }
  var copiedBytes: UInt64 { get }
  var iotlbInvalidations: UInt64 { get }
  var estimate: Estimate { get set }
}

extension Priced {
  fileprivate mutating func applyPrices(_ pricing: Pricing) {
    estimate = pricing.estimate(work, bouncedBytes: copiedBytes, iotlbInvalidations: iotlbInvalidations)
  }
}

extension DeviceProfile: Priced {
  fileprivate var copiedBytes: UInt64 { bounce.bytesIn &+ bounce.bytesOut }
}
extension OperationProfile: Priced {
  fileprivate var copiedBytes: UInt64 { bouncedBytes }
}
extension CallSiteProfile: Priced {
  fileprivate var copiedBytes: UInt64 { bouncedBytes }
}
extension TaskProfile: Priced {
  fileprivate var copiedBytes: UInt64 { bouncedBytes }
}
extension Avoidable: Priced {
  fileprivate var copiedBytes: UInt64 { bouncedBytes }
}
