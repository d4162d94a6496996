/// How it is known that a metric changed.
public enum Evidence: Sendable, Equatable {
  /// Nothing varies by chance: the runs of each side agree, or it is a fact about them.
  case exact
  /// The rank test on so many runs a side.
  case ranks(base: Int, new: Int)
  /// The block bootstrap over windows of time, of so many blocks; weaker, since it does not know how runs differ.
  case windows(blocks: Int)
  /// None, and why: `one run a side`.
  case none(String)
}

/// A metric of a part, on both sides.
public struct Change: Sendable {
  public let metric: Metric
  public let scope: Scope
  /// Medians over the runs of a side; nil where it has no such value.
  public let base: Double?
  public let new: Double?
  /// The values behind them, a run each.
  public let baseValues: [Double]
  public let newValues: [Double]
  /// Interval of the factor new / base, at `level`.
  public var interval: ClosedRange<Double>?
  /// Interval of the new side's value.
  public var newInterval: ClosedRange<Double>?
  public var level: Double
  public var evidence: Evidence
  /// That there is no change: as tested, and corrected for the number of tests of the table; nil without a test.
  public var probability: Double?
  public var corrected: Double?
  /// How much of the whole's quantity this part has, on the side where it has more, 0 ... 1.
  public var share: Double

  /// `new / base`; infinite where only the base is 0, 1 where both are; nil where a side has no value.
  public var ratio: Double? {
    guard let base, let new else { return nil }
    return OrderInterval.ratio(new, base)
  }

  /// Whether there is a change and evidence for it.
  public var isChange: Bool {
    guard let base, let new, base != new else { return false }
    switch evidence {
    case .exact: return true
    case .ranks, .windows: return (corrected ?? probability ?? 1) < 0.05
    case .none: return false
    }
  }

  /// Whether there might be one.
  public var isUncertain: Bool {
    guard let base, let new, base != new else { return false }
    return !isChange
  }

  public var isBetter: Bool {
    guard let base, let new else { return false }
    return metric.better == .lower ? new < base : new > base
  }

  /// Size of the effect, weighted by the share: doublings or halvings, no more than six.
  public var weight: Double {
    guard let ratio else { return 0 }
    if ratio == 1 { return 0 }
    if ratio == 0 || ratio == .infinity { return 6 * share }
    return min(6, abs(Change.binaryLogarithm(ratio))) * share
  }
}
