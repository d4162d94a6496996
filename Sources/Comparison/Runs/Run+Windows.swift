import DMAModel
import Replay

// What a profile's timeline says of each quantity, window by window.
extension Run {
  mutating func addWindows(_ profile: Profile, _ name: (String) -> String) {
    let prices = Prices(profile.platform)
    for series in profile.timeline.series {
      let scope = Scope.device(name(series.device))
      guard let sums = sums[scope], let windows = Run.windows(series, profile.timeline.buckets, sums, prices)
      else { continue }
      self.windows[scope] = windows
      self.windows[.whole] = Run.add(self.windows[.whole], windows)
    }
  }

  private static func add(_ sums: [[Double]]?, _ more: [[Double]]) -> [[Double]] {
    guard let sums else { return more }
    return zip(sums, more).map { a, b in a.isEmpty || b.isEmpty ? [] : zip(a, b).map { $0 + $1 } }
  }

  /// Series in the order of `Quantity`; empty where the timeline does not show the quantity. Each sums to the quantity's
  /// value in the profile, which the timeline counts somewhat differently: by call where the profile counts entries.
  private static func windows(
    _ series: DeviceSeries, _ count: Int, _ sums: Quantities, _ prices: Prices
  ) -> [[Double]]? {
    guard count > 0, series.maps.count == count, series.cleanedLines.count == count else { return nil }
    return Quantity.allCases.map { quantity in
      guard let total = sums[quantity] else { return [] }
      if total == 0 { return [Double](repeating: 0, count: count) }
      let values = raw(quantity, series, count, sums, prices)
      let sum = values.reduce(0, +)
      guard values.count == count, sum > 0 else { return [] }
      // Frees of coherent memory invalidate too, and are not in the timeline: where they matter, it is not known when.
      if quantity == .iotlbInvalidations, abs(sum - total) > total / 1000 { return [] }
      return values.map { $0 / sum * total }
    }
  }

  private static func raw(
    _ quantity: Quantity, _ series: DeviceSeries, _ count: Int, _ sums: Quantities, _ prices: Prices
  ) -> [Double] {
    let values: [UInt64]
    switch quantity {
    case .mappings, .maps: values = series.maps
    case .mappedBytes: values = series.mappedBytes
    case .failed: values = []
    case .maintenanceCalls: values = series.maintenanceCalls
    case .cleanedLines: values = series.cleanedLines
    case .invalidatedLines: values = series.invalidatedLines
    case .bounces: values = series.bouncedMaps
    case .bouncedBytes, .copyCost: values = series.bouncedBytes
    case .syncs: values = series.syncs
    case .iotlbInvalidations, .iotlbCost: values = series.unmaps
    case .cost: return cost(series, count, sums, prices)
    }
    return values.count == count ? values.map(Double.init) : []
  }

  /// What the work of each window costs by the platform's prices.
  private static func cost(
    _ series: DeviceSeries, _ count: Int, _ sums: Quantities, _ prices: Prices
  ) -> [Double] {
    let invalidates = sums[.iotlbInvalidations] ?? 0 > 0 && series.unmaps.count == count
    guard series.maintenanceCalls.count == count, series.bouncedBytes.count == count,
      series.invalidatedLines.count == count
    else { return [] }
    return (0..<count).map { index in
      Double(series.maintenanceCalls[index]) * prices[.call]
        + Double(series.cleanedLines[index]) * prices[.cleanLine]
        + Double(series.invalidatedLines[index]) * prices[.invalidateLine]
        + Double(series.bouncedBytes[index]) * prices[.copiedByte]
        + (invalidates ? Double(series.unmaps[index]) * prices[.iotlbInvalidation] : 0)
    }
  }
}
