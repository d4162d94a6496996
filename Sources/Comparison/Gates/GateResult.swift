import Replay

/// What became of a gate, for the whole or for one device.
public struct GateResult: Sendable {
  public let gate: Gate
  /// The device that it was judged for; nil for the whole.
  public let device: String?
  public var verdict: Verdict
  /// The change that it was judged by; nil for new findings, and where there is nothing to judge.
  public var change: Change?
  /// New findings that break or might break the gate.
  public var findings: [FindingChanges.Row] = []
  public var basis: Basis

  public enum Verdict: String, Sendable {
    case held
    /// Beyond the limit, and what is known excludes chance.
    case broken
    /// Beyond the limit, but that may be chance: not broken.
    case uncertain
    /// There is nothing to judge by.
    case unmeasured
  }

  /// Why.
  public enum Basis: Sendable, Equatable {
    /// The values are exact.
    case exact
    /// The interval at the level, which all gates share.
    case interval
    /// A value of each run as a whole: all of so many runs are beyond the limit, or not.
    case everyRun
    /// No interval, and why.
    case noInterval(String)
    /// No value, and why.
    case nothing(String)
  }
}
