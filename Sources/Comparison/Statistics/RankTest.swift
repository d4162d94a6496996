/// The Mann-Whitney U test of two small samples (Mann and Whitney 1947): whether values of one tend to be larger.
///
/// Exact where no two values are equal and both samples are small, by the number of arrangements with each U; otherwise
/// the normal approximation with correction for ties and continuity, as R's `wilcox.test` and SciPy's `mannwhitneyu`.
public struct RankTest: Sendable, Equatable {
  /// Pairs in which the value of `new` is the larger one; a tie counts half.
  public let statistic: Double
  /// Two-sided.
  public let probability: Double
  public let isExact: Bool

  /// Largest sample for which arrangements are counted.
  static let exactLimit = 50

  public init(base: [Double], new: [Double]) {
    var larger = 0.0
    var hasTies = false
    for x in base {
      for y in new {
        if y > x { larger += 1 } else if y == x { larger += 0.5 }
      }
    }
    let sorted = (base + new).sorted()
    for (left, right) in zip(sorted, sorted.dropFirst()) where left == right { hasTies = true }
    statistic = larger
    isExact = !hasTies && base.count <= RankTest.exactLimit && new.count <= RankTest.exactLimit
    if base.isEmpty || new.isEmpty {
      probability = 1
    } else if isExact {
      let pairs = base.count * new.count
      let extreme = min(Int(larger), pairs - Int(larger))
      let tail = RankTest.cumulative(base.count, new.count)[extreme]
      probability = min(1, 2 * tail)
    } else {
      probability = RankTest.approximate(larger, base.count, new.count, ties: sorted)
    }
  }

  private static func approximate(_ statistic: Double, _ n: Int, _ m: Int, ties sorted: [Double]) -> Double {
    let (n, m, all) = (Double(n), Double(m), Double(sorted.count))
    var tied = 0.0
    var place = 0
    while place < sorted.count {
      var end = place
      while end < sorted.count, sorted[end] == sorted[place] { end += 1 }
      let run = Double(end - place)
      tied += run * run * run - run
      place = max(end, place + 1)
    }
    let variance = n * m / 12 * (all + 1 - tied / (all * (all - 1)))
    guard variance > 0 else { return 1 }
    let distance = max(0, abs(statistic - n * m / 2) - 0.5)
    return min(1, 2 * NormalDistribution.upperTail(distance / variance.squareRoot()))
  }

  /// For each number of pairs the probability of that many or fewer, if both samples come from one population without
  /// ties. Index 0 ... n × m.
  static func cumulative(_ n: Int, _ m: Int) -> [Double] {
    // Arrangements as the coefficients of the Gaussian binomial (n + m over n), divided as they grow.
    var counts = [Double](repeating: 0, count: n * m + 1)
    counts[0] = 1
    for factor in 1...max(1, n) where n > 0 {
      let (up, down) = (m + factor, factor)
      for index in stride(from: n * m, through: up, by: -1) where up <= n * m {
        counts[index] -= counts[index - up]
      }
      for index in stride(from: down, through: n * m, by: 1) { counts[index] += counts[index - down] }
    }
    let total = counts.reduce(0, +)
    var sum = 0.0
    return counts.map { count in
      sum += count
      return min(1, sum / total)
    }
  }
}
