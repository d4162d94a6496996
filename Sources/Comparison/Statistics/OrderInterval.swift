/// What order statistics say of samples, whatever their distribution.
public enum OrderInterval {
  /// The middle value, or the mean of the two; nil for none.
  public static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// An interval that holds the median of the population with at least the probability `level`: from the k-th smallest
  /// to the k-th largest value, where the chance that so few lie on one side is that of a fair coin. Nil where the sample
  /// is too small for that: 95 % need six values.
  public static func ofMedian(_ values: [Double], level: Double) -> ClosedRange<Double>? {
    let n = values.count
    guard n > 0, n < 1000 else { return nil }
    var chance = 1.0
    for _ in 0..<n { chance /= 2 }
    var (tail, binomial) = (0.0, 1.0)
    var drop = -1
    for k in 0..<(n + 1) / 2 {
      tail += binomial * chance
      if 2 * tail > 1 - level + 1e-12 { break }
      drop = k
      binomial *= Double(n - k) / Double(k + 1)
    }
    guard drop >= 0 else { return nil }
    let sorted = values.sorted()
    return sorted[drop]...sorted[n - 1 - drop]
  }

  /// An interval for the factor between two populations that differ by a factor only: those factors that the rank test
  /// at 1 − `level` does not reject, from order statistics of all ratios new / base (Hodges and Lehmann 1963, on
  /// logarithms). Nil where the samples are too small to reject any.
  ///
  /// Values are not negative; a ratio is infinite where only the base is zero, and 1 where both are.
  public static func ofRatio(base: [Double], new: [Double], level: Double) -> ClosedRange<Double>? {
    guard !base.isEmpty, !new.isEmpty, base.count * new.count <= 1_000_000 else { return nil }
    let ratios = base.flatMap { x in new.map { ratio($0, x) } }.sorted()
    let alpha = (1 - level) / 2 + 1e-12
    var drop = -1
    if base.count <= RankTest.exactLimit, new.count <= RankTest.exactLimit {
      for (pairs, tail) in RankTest.cumulative(base.count, new.count).enumerated() {
        if tail > alpha { break }
        drop = pairs
      }
    } else {
      let (n, m) = (Double(base.count), Double(new.count))
      let spread = (n * m * (n + m + 1) / 12).squareRoot()
      let pairs = n * m / 2 - 0.5 - NormalDistribution.quantile(upperTail: (1 - level) / 2) * spread
      drop = pairs < 0 ? -1 : Int(pairs)
    }
    guard drop >= 0, drop < ratios.count - 1 - drop else { return nil }
    return ratios[drop]...ratios[ratios.count - 1 - drop]
  }

  /// `new / base`; 1 where both are zero.
  static func ratio(_ new: Double, _ base: Double) -> Double {
    base == 0 ? (new == 0 ? 1 : .infinity) : new / base
  }
}
