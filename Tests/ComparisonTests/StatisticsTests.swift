import Testing

@testable import Comparison

/// Expected probabilities are those of SciPy 1.17 (`mannwhitneyu`, `false_discovery_control`).
@Suite("Statistics of a comparison")
struct StatisticsTests {
  @Test(
    "the rank test is exact for small samples without ties, and corrected for ties and continuity otherwise")
  func rankTest() {
    let exact = RankTest(base: [1.1, 2.2, 3.3, 4.4, 5.5], new: [2.5, 3.6, 4.7, 5.8, 6.9, 7.1])
    #expect(exact.isExact && exact.statistic == 24)
    #expect(abs(exact.probability - 0.1255411255411255) < 1e-12)
    let apart = RankTest(base: [1, 2, 3, 4], new: [7, 8, 9, 10])
    #expect(abs(apart.probability - 2.0 / 70) < 1e-12)
    let tied = RankTest(base: [1, 2, 2, 3, 4], new: [3, 4, 4, 5, 6])
    #expect(!tied.isExact && abs(tied.probability - 0.043219587173790874) < 1e-9)
    let close = RankTest(base: [3, 4, 4, 5, 5, 5, 7], new: [3, 3, 3, 4, 4, 5, 6, 6])
    #expect(abs(close.probability - 0.5125413693299073) < 1e-9)
    let equal = RankTest(base: [5, 5, 5], new: [5, 5, 5, 5])
    #expect(equal.probability == 1)
  }

  @Test(
    "the interval of a median needs six values for 95 %, and has the order statistics of the binomial table")
  func medianInterval() {
    #expect(OrderInterval.ofMedian([1, 2, 3, 4, 5], level: 0.95) == nil)
    #expect(OrderInterval.ofMedian([6, 1, 2, 5, 3, 4], level: 0.95) == 1...6)
    // With ten values from the second to the ninth: 1 − 2 × (1 + 10) / 1024 = 97.9 %.
    #expect(OrderInterval.ofMedian((1...10).map(Double.init), level: 0.95) == 2...9)
  }

  @Test("the interval of a factor excludes 1 exactly where the rank test rejects at its level")
  func ratioInterval() throws {
    var random = Noise(seed: 7)
    var disagreements = 0
    var rejections = 0
    for trial in 0..<200 {
      let base = random.sample(6, spread: 0.1)
      let new = random.sample(7, spread: 0.1, factor: trial % 2 == 0 ? 1 : 1.15)
      let interval = try #require(OrderInterval.ofRatio(base: base, new: new, level: 0.95))
      let rejects = RankTest(base: base, new: new).probability <= 0.05
      rejections += rejects ? 1 : 0
      disagreements += rejects == interval.contains(1) ? 1 : 0
    }
    #expect(disagreements == 0 && rejections > 20 && rejections < 150)
    #expect(OrderInterval.ofRatio(base: [1, 2, 3], new: [7, 8, 9], level: 0.95) == nil)
    #expect(
      OrderInterval.ofRatio(base: [0, 0, 0, 0], new: [1, 2, 3, 4], level: 0.95) == .infinity ... .infinity)
  }

  @Test("probabilities are corrected as by Benjamini and Hochberg")
  func falseDiscovery() {
    let corrected = FalseDiscovery.corrected([0.01, 0.04, 0.03, 0.005, 0.2])
    for (value, expected) in zip(corrected, [0.025, 0.05, 0.05, 0.025, 0.2]) {
      #expect(abs(value - expected) < 1e-12)
    }
    #expect(FalseDiscovery.corrected([]).isEmpty)
  }

  @Test("the same seed gives the numbers that SplitMix64 is known for")
  func generator() {
    // The first outputs for the seed 1234567 in the reference of Vigna (prng.di.unimi.it/splitmix64.c).
    var generator = SeededGenerator(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
  }

  @Test("runs of one kind against themselves raise a false alarm in no more than 5 % of 1,000 pairs")
  func falseAlarms() {
    var random = Noise(seed: 20_240_601)
    var (single, family, gates) = (0, 0, 0)
    for _ in 0..<1000 {
      let metrics = (0..<20).map { _ in
        (base: random.sample(10, spread: 0.07), new: random.sample(10, spread: 0.07))
      }
      let tests = metrics.map { RankTest(base: $0.base, new: $0.new).probability }
      single += tests[0] < 0.05 ? 1 : 0
      family += FalseDiscovery.corrected(tests).contains { $0 < 0.05 } ? 1 : 0
      let interval = OrderInterval.ofRatio(base: metrics[1].base, new: metrics[1].new, level: 0.95)
      gates += Gate.Comparison.atMost.excludes(interval ?? 1...1, 1) ? 1 : 0
    }
    print(
      "A/A of 1,000 pairs: \(single) alarms of one metric, \(family) of 20 corrected, \(gates) of a gate at +0 %"
    )
    #expect(single <= 50 && family <= 50 && gates <= 50)
    #expect(single > 10, "a test that never rejects has no power")
  }

  @Test(
    "a regression of 10 % over ten runs a side is found in 95 % of trials up to 5 % noise, in a table up to 3 %"
  )
  func power() {
    var random = Noise(seed: 99)
    for spread in [0.03, 0.05, 0.065] {
      var (found, gates, inTable) = (0, 0, 0)
      for _ in 0..<1000 {
        let (base, new) = (random.sample(10, spread: spread), random.sample(10, spread: spread, factor: 1.1))
        let probability = RankTest(base: base, new: new).probability
        found += probability < 0.05 ? 1 : 0
        // The hardest table: of 20 metrics no other has changed, and none of them seems to have.
        inTable += FalseDiscovery.corrected([probability] + Array(repeating: 1, count: 19))[0] < 0.05 ? 1 : 0
        let interval = OrderInterval.ofRatio(base: base, new: new, level: 0.95)
        gates += Gate.Comparison.atMost.excludes(interval ?? 1...1, 1) ? 1 : 0
      }
      print("10 % at \(spread): \(found) of 1,000 found, \(inTable) in a table, \(gates) broken gates")
      #expect(spread > 0.05 || (found >= 950 && gates >= 950))
      #expect(spread > 0.03 || inTable >= 950)
    }
  }

  @Test(
    "single runs of one load raise a false alarm in at most 5 % of 500 pairs, and show a change of a fifth")
  func windows() {
    var random = Noise(seed: 4)
    var (alarms, found) = (0, 0)
    for trial in 0..<600 {
      let change = trial < 500 ? 1.0 : 1.2
      let (base, new) = (random.windows(factor: 1), random.windows(factor: change))
      var generator = SeededGenerator(seed: UInt64(trial))
      let (x, y) = (base.draws(400, &generator), new.draws(400, &generator))
      let factors = zip(new.ratios(y, [0], 1), base.ratios(x, [0], 1)).map { $0 / $1 }
      let estimate = new.total(0) / new.total(1) / (base.total(0) / base.total(1))
      let draws = RatioDraws(factors, estimate: estimate, blocks: min(x.blocks, y.blocks))
      let isAlarm = draws.probability(of: 1) < 0.05
      if change == 1 { alarms += isAlarm ? 1 : 0 } else { found += isAlarm ? 1 : 0 }
    }
    print("windows: \(alarms) of 500 false alarms, \(found) of 100 changes found")
    #expect(alarms <= 25 && found >= 95)
    #expect(alarms > 5, "a test that never rejects has no power")
  }
}

/// Samples whose distribution is known, the same on every machine.
struct Noise {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// Close to normal: a sum of twelve uniform numbers.
  mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + generator.unit() } }

  /// Values around 100 × `factor` with this coefficient of variation.
  mutating func sample(_ count: Int, spread: Double, factor: Double = 1) -> [Double] {
    (0..<count).map { _ in 100 * factor * max(0.01, 1 + spread * normal()) }
  }

  /// 200 windows of a numerator and a denominator whose ratio wanders slowly around `factor`.
  mutating func windows(factor: Double) -> Windows {
    var (above, below, drift): ([Double], [Double], Double) = ([], [], 0)
    for _ in 0..<200 {
      drift = 0.6 * drift + 0.1 * normal()
      let load = 50 + 100 * generator.unit()
      below.append(load)
      above.append(load * factor * max(0.05, 1 + drift))
    }
    var windows = Windows(series: 2, ratios: [(0, 1)])
    windows.add(run: [above, below])
    return windows
  }
}
