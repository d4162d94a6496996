extension PlatformUse {
  /// Why sums of cache lines of both mean nothing together; nil if they do mean something.
  func difference(from other: PlatformUse) -> String? {
    if architecture != other.architecture {
      return "cache operations of \(architecture) and of \(other.architecture)"
    }
    if cacheLine != other.cacheLine { return "cache lines of \(cacheLine) and of \(other.cacheLine) bytes" }
    if operations != other.operations || partialLines != other.partialLines {
      return "the same architecture, but other cache operations"
    }
    let modes = [iommu, other.iommu].map { $0?.rawValue ?? "not given" }
    return iommu != other.iommu ? "IOMMU modes \(modes[0]) and \(modes[1])" : nil
  }

  /// Prices become those of all the work together; what else differs is no longer told.
  mutating func merge(
    _ other: PlatformUse, work: Totals, otherWork: Totals, _ merged: MergedRecordings
  ) {
    let shares = mergedRows(
      shares(of: work), other.shares(of: otherWork),
      key: { PriceKey($0) }, add: { $0.count &+= $1.count }
    ).sorted { PriceKey($0) < PriceKey($1) }
    priceShares = shares
    settlePrices()
    if prices.count == shares.count { priceShares = [] }
    name = merged.platformNames.joined(separator: ", ")
    source = merged.platformSources.joined(separator: ", ")
    summary = merged.platformSummaries.joined(separator: "; ")
    if memory != other.memory { memory = [] }
    if swiotlb != other.swiotlb { swiotlb = nil }
  }

  private func shares(of totals: Totals) -> [PriceShare] {
    let counts = Pricing(self).counts(totals)
    let mixed = Set(priceShares.map(\.work))
    return priceShares
      + prices.filter { !mixed.contains($0.work) }.map {
        PriceShare(work: $0.work, price: $0.price, count: counts[Pricing.index($0.work)])
      }
  }

  /// Sets the prices that there are shares of: the mean by work, within the widest range.
  mutating func settlePrices() {
    for work in Set(priceShares.map(\.work)) {
      let all = priceShares.filter { $0.work == work }
      let used = all.filter { $0.count > 0 }
      prices.removeAll { $0.work == work }
      if let price = PlatformUse.price(used.isEmpty ? all : used) {
        prices.append(WorkPrice(work: work, price: price, isUsed: false))
      }
    }
    prices.sort { Pricing.index($0.work) < Pricing.index($1.work) }
  }

  private static func price(_ shares: [PriceShare]) -> Price? {
    guard let first = shares.first else { return nil }
    guard shares.contains(where: { $0.price.range != first.price.range }) else {
      return Price(
        first.price.range, source: source(shares), isMeasured: shares.allSatisfy(\.price.isMeasured))
    }
    let low = shares.map(\.price.range.low).min() ?? 0
    let high = shares.map(\.price.range.high).max() ?? 0
    let weights = shares.map { Double(max(1, $0.count)) }
    let sum = zip(shares, weights).reduce(0) { $0 + $1.0.price.range.mid * $1.1 }
    let mid = min(max(sum / weights.reduce(0, +), low), high)
    return Price(
      Estimate(low: low, mid: mid, high: high), source: source(shares),
      isMeasured: shares.allSatisfy(\.price.isMeasured))
  }

  private static func source(_ shares: [PriceShare]) -> String {
    let sources = Set(shares.map(\.price.source)).sorted()
    let further = sources.count > 3 ? " and \(sources.count - 3) more" : ""
    return sources.prefix(3).joined(separator: "; ") + further
  }
}

/// What tells prices apart, and their order.
private struct PriceKey: Hashable, Comparable {
  private var work: Int
  private var ends: [Double]
  private var source: String
  private var isMeasured: Bool

  init(_ share: PriceShare) {
    work = Pricing.index(share.work)
    let range = share.price.range
    (ends, source) = ([range.low, range.mid, range.high], share.price.source)
    isMeasured = share.price.isMeasured
  }

  static func < (a: PriceKey, b: PriceKey) -> Bool {
    if a.work != b.work { return a.work < b.work }
    if a.ends != b.ends { return a.ends.lexicographicallyPrecedes(b.ends) }
    return (a.source, a.isMeasured ? 1 : 0) < (b.source, b.isMeasured ? 1 : 0)
  }
}
