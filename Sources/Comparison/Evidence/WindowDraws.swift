/// The block bootstrap of one part of the runs: both sides drawn anew, independently.
struct WindowDraws {
  /// Fewer active windows say nothing.
  private static let fewest = 8
  /// The position in the draws of each quantity that both sides' timelines show.
  private let places: [Quantity: Int]
  private let windows: (base: Windows, new: Windows)
  private let base: Windows.Draws
  private let new: Windows.Draws
  private let isEnough: Bool

  init(_ sampler: Sampler, _ scope: Scope, number: Int, seed: UInt64) {
    let all = sampler.base + sampler.new
    let known = Quantity.allCases.filter { quantity in
      all.allSatisfy { run in run.windows[scope].map { !$0[quantity.rawValue].isEmpty } ?? false }
    }
    let places = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, $0) })
    self.places = places
    let ratios = Metric.table.flatMap { metric -> [(numerator: Int, denominator: Int)] in
      guard case .ratio(let above, let per, _) = metric.formula, let below = places[per] else { return [] }
      return above.compactMap { places[$0] }.map { ($0, below) }
    }
    func joined(_ runs: [Run]) -> Windows {
      var windows = Windows(series: known.count, ratios: ratios)
      for run in runs {
        guard let series = run.windows[scope] else { continue }
        windows.add(run: known.map { series[$0.rawValue] })
      }
      return windows
    }
    let (before, after) = (joined(sampler.base), joined(sampler.new))
    windows = (before, after)
    isEnough = min(before.count, after.count) >= WindowDraws.fewest && !known.isEmpty
    var generator = SeededGenerator(seed: seed)
    base = isEnough ? before.draws(number, &generator) : .init(sums: [], blocks: 0)
    new = isEnough ? after.draws(number, &generator) : .init(sums: [], blocks: 0)
  }

  /// Fills in what the draws say of a change of a normalised metric.
  func judge(_ change: inout Change) {
    guard case .ratio(let above, let per, let scale) = change.metric.formula, let old = change.base,
      let now = change.new
    else { return }
    guard isEnough else {
      change.evidence = .none("too few windows of time in which it was busy")
      return
    }
    guard let below = places[per] else {
      change.evidence = .none("not known over time")
      return
    }
    let numerators = above.compactMap { places[$0] }
    guard numerators.count == above.count else {
      change.evidence = .none("not known over time")
      return
    }
    let before = windows.base.ratios(base, numerators, below, scale: scale)
    let after = windows.new.ratios(new, numerators, below, scale: scale)
    let factors = zip(before, after).map { x, y in
      x.isNaN || y.isNaN ? Double.nan : OrderInterval.ratio(y, x)
    }
    guard factors.count(where: { $0.isNaN }) * 5 < factors.count else {
      change.evidence = .none("too few windows of time in which it was busy")
      return
    }
    let blocks = min(base.blocks, new.blocks)
    let ratio = RatioDraws(factors, estimate: OrderInterval.ratio(now, old), blocks: blocks)
    change.evidence = .windows(blocks: blocks)
    change.interval = ratio.interval(level: change.level)
    change.probability = ratio.probability(of: 1)
    change.newInterval = RatioDraws(after, estimate: now, blocks: new.blocks).interval(level: change.level)
  }

  /// The interval of a normalised metric's value on the new side.
  func interval(_ metric: Metric, new now: Double?, level: Double) -> ClosedRange<Double>? {
    guard isEnough, let now, case .ratio(let above, let per, let scale) = metric.formula,
      let below = places[per]
    else { return nil }
    let numerators = above.compactMap { places[$0] }
    guard numerators.count == above.count else { return nil }
    let values = windows.new.ratios(new, numerators, below, scale: scale)
    return RatioDraws(values, estimate: now, blocks: new.blocks).interval(level: level)
  }
}
