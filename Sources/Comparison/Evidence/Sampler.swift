import Replay

/// The values of metrics on both sides, and what evidence the runs carry for a change.
struct Sampler: Sendable {
  enum Side { case base, new }

  /// From so many runs a side on ranks can tell sides apart at 95 %: fewer have too few arrangements.
  static let runsForRanks = 4
  static let fewestDraws = 2000
  private static let seed: UInt64 = 0x646d_6173_636f_7065

  let base: [Run]
  let new: [Run]

  func runs(_ side: Side) -> [Run] { side == .base ? base : new }

  func has(_ scope: Scope, _ side: Side) -> Bool { runs(side).contains { $0.sums[scope] != nil } }

  func cost(_ scope: Scope, _ side: Side) -> Double {
    runs(side).compactMap { $0.sums[scope]?[.cost] }.max() ?? 0
  }

  func values(_ metric: Metric, _ scope: Scope, _ side: Side) -> [Double] {
    runs(side).compactMap { $0.value(metric, scope) }
  }

  /// Metrics of one part; those that no side has a value of are left out.
  ///
  /// - Parameters:
  ///   - tests: how many tests share the level's error, so that there are draws enough.
  ///   - limitsValues: whether intervals of the new side's values are needed, even of few runs.
  func changes(
    _ metrics: [Metric], _ scope: Scope, level: Double, tests: Int = 1, limitsValues: Bool = false
  ) -> [Change] {
    let windows =
      usesRanks && !limitsValues
      ? nil : WindowDraws(self, scope, number: Sampler.draws(tests), seed: Sampler.seed)
    return metrics.compactMap { change($0, scope, level: level, windows) }
  }

  /// Draws enough for an interval at the level of one of so many tests together.
  private static func draws(_ tests: Int) -> Int { min(50_000, max(fewestDraws, 800 * tests)) }

  var usesRanks: Bool { base.count >= Sampler.runsForRanks && new.count >= Sampler.runsForRanks }

  private func change(
    _ metric: Metric, _ scope: Scope, level: Double, _ windows: WindowDraws?
  ) -> Change? {
    let (old, now) = (values(metric, scope, .base), values(metric, scope, .new))
    if old.isEmpty && now.isEmpty { return nil }
    var change = Change(
      metric: metric, scope: scope, base: OrderInterval.median(old), new: OrderInterval.median(now),
      baseValues: old, newValues: now, level: level, evidence: .none("one side has no such value"),
      share: share(metric, scope))
    guard !old.isEmpty, !now.isEmpty else { return change }
    if isExact(metric, old, now) {
      change.evidence = .exact
    } else if min(old.count, now.count) >= Sampler.runsForRanks {
      change.evidence = .ranks(base: old.count, new: now.count)
      change.interval = OrderInterval.ofRatio(base: old, new: now, level: level)
      change.newInterval =
        OrderInterval.ofMedian(now, level: level) ?? windows?.interval(metric, new: change.new, level: level)
      change.probability = RankTest(base: old, new: now).probability
    } else if metric.isNormalized {
      windows?.judge(&change)
    } else {
      change.evidence = .none(
        "a value of the run as a whole needs \(Sampler.runsForRanks) runs a side")
    }
    return change
  }

  /// Whether nothing varies: a fact, or several runs a side that agree among themselves.
  private func isExact(_ metric: Metric, _ old: [Double], _ now: [Double]) -> Bool {
    if metric.isDeterministic, Set(old).count == 1, Set(now).count == 1 { return true }
    return old.count > 1 && now.count > 1 && Set(old).count == 1 && Set(now).count == 1
  }

  /// How much of the whole's quantity a part has, on the side where it has more.
  private func share(_ metric: Metric, _ scope: Scope) -> Double {
    guard scope != .whole else { return 1 }
    guard case .ratio(let above, _, _) = metric.formula else { return 1 }
    let shares = (base + new).compactMap { run -> Double? in
      guard let part = run.sums[scope], let whole = run.sums[.whole] else { return nil }
      let (mine, all) = (Sampler.sum(above, part), Sampler.sum(above, whole))
      return all > 0 ? min(1, mine / all) : nil
    }
    return shares.max() ?? 0
  }

  private static func sum(_ quantities: [Quantity], _ values: Quantities) -> Double {
    quantities.reduce(0) { $0 + (values[$1] ?? 0) }
  }
}
