/// What each kind of work costs, in nanoseconds.
///
/// The built-in prices are not calibrated: no measurement of the recorded machine stands behind them. The ranges
/// enclose the published figures: at most 64 ns for a line of 32 bytes on an i.MX6 with its outer cache (lan743x,
/// 2021), 0.7 µs for a packet on an Armada (mvneta, 2019), 1.0 to 1.4 µs for a map behind an SMMU
/// (dma_map_benchmark, 2025).
struct Prices: Sendable {
  /// One call into the architecture, its barriers included.
  var call = Estimate(low: 20, mid: 60, high: 200)
  /// One line cleaned, one line invalidated.
  var cleanLine = Estimate(low: 1, mid: 5, high: 30)
  var invalidateLine = Estimate(low: 1, mid: 5, high: 40)
  /// One byte copied into or out of a bounce buffer.
  var bouncedByte = Estimate(low: 0.03, mid: 0.1, high: 1)
  /// One invalidation of an IOTLB, waited for.
  var iotlbInvalidation = Estimate(low: 200, mid: 700, high: 3000)
  var isCalibrated = false

  static let builtIn = Prices()

  func estimate(_ work: CacheWork, bouncedBytes: UInt64, iotlbInvalidations: UInt64) -> Estimate {
    call * (work.calls &+ work.prepareCalls) + cleanLine * (work.cleanedLines &+ work.preparedLines)
      + invalidateLine * work.invalidatedLines + bouncedByte * bouncedBytes
      + iotlbInvalidation * iotlbInvalidations
  }
}
