import Replay

/// Findings that only one side has. A finding is the same if rule, device and calling function are.
public struct FindingChanges: Sendable {
  /// In any of the new runs and none of the base, and the other way round; most severe first.
  public private(set) var new: [Row] = []
  public private(set) var gone: [Row] = []
  /// Findings that both sides have.
  public private(set) var common = 0

  public struct Row: Sendable {
    public let rule: Rule
    public let severity: Rule.Severity
    /// By the new side's name.
    public let device: String
    /// Empty where the runs have no stacks.
    public let function: String
    /// Occurrences in the run that has most.
    public let count: UInt64
    public let message: String
  }

  init() {}

  init(base: [Run], new: [Run]) {
    let (old, now) = (FindingChanges.all(base), FindingChanges.all(new))
    self.new = FindingChanges.rows(now.filter { old[$0.key] == nil })
    gone = FindingChanges.rows(old.filter { now[$0.key] == nil })
    common = now.count { old[$0.key] != nil }
  }

  /// Findings of a severity that are new.
  public func newCount(_ severity: Rule.Severity) -> Int { new.count { $0.severity == severity } }

  private static func all(_ runs: [Run]) -> [FindingIdentity: FindingRow] {
    runs.reduce(into: [:]) { result, run in
      result.merge(run.findings) { a, b in a.count >= b.count ? a : b }
    }
  }

  private static func rows(_ findings: [FindingIdentity: FindingRow]) -> [Row] {
    findings.map { identity, row in
      Row(
        rule: row.rule, severity: row.severity, device: identity.device, function: identity.function,
        count: row.count, message: row.message)
    }.sorted {
      if $0.severity != $1.severity { return $0.severity > $1.severity }
      return ($0.rule.number, $0.device, $0.function) < ($1.rule.number, $1.device, $1.function)
    }
  }
}
