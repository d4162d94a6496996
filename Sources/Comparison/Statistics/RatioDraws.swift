#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What draws of the block bootstrap make of a ratio, or of the factor between two.
struct RatioDraws {
  /// Sorted.
  private let values: [Double]

  /// - Parameters:
  ///   - values: one a draw; those that are no number are left out.
  ///   - estimate: the value without drawing.
  ///   - blocks: how many blocks each draw has (of the side that has fewer). Few blocks know little of their spread, so
  ///     distances from the estimate grow by Student's factor (`NormalDistribution.studentQuantile`).
  init(_ values: [Double], estimate: Double, blocks: Int) {
    let kept = values.filter { !$0.isNaN }
    let freedom = Double(max(2, blocks) - 1)
    let factor =
      NormalDistribution.studentQuantile(upperTail: 0.025, freedom: freedom)
      / NormalDistribution.quantile(upperTail: 0.025) * ((freedom + 1) / freedom).squareRoot()
    let isPlain = estimate > 0 && estimate.isFinite
    self.values = kept.map { value in
      guard isPlain, value > 0, value.isFinite else { return value }
      return estimate * exp(factor * log(value / estimate))
    }.sorted()
  }

  var isEmpty: Bool { values.isEmpty }

  /// The middle share `level` of the draws.
  func interval(level: Double) -> ClosedRange<Double>? {
    let tail = (1 - level) / 2
    let drop = Int(tail * Double(values.count + 1)) - 1
    guard drop >= 0, drop < values.count - 1 - drop else { return nil }
    return values[drop]...values[values.count - 1 - drop]
  }

  /// Two-sided probability that the ratio is `value`.
  func probability(of value: Double) -> Double {
    guard !values.isEmpty else { return 1 }
    let (above, below) = (values.count { $0 >= value }, values.count { $0 <= value })
    return min(1, 2 * Double(min(above, below) + 1) / Double(values.count + 1))
  }
}
