import DMAModel
import Replay

/// What a check of one trace found, parted into what is shown and what is not.
///
/// Findings keep the order of the profile: most severe first, then by device, rule and call site.
public struct CheckResult: Sendable {
  /// Findings to act upon.
  public private(set) var findings: [Finding] = []
  /// Findings that the suppression file excuses.
  public private(set) var suppressed: [Suppressed] = []
  /// Findings, not suppressed, that are milder than what was asked for.
  public private(set) var hidden: [Finding] = []
  /// The rules that were looked at, by number.
  public let rules: [Rule]
  /// The profile without its findings.
  public let profile: Profile

  public struct Suppressed: Sendable {
    public var finding: Finding
    public var by: Suppression
  }

  public var recording: Recording { profile.recording }
  public var caveats: [String] { profile.caveats }

  public init(_ profile: Profile, options: CheckOptions) {
    rules = Rule.all.filter(options.rules.contains).sorted { $0.number < $1.number }
    for finding in profile.findings where options.rules.contains(finding.rule) {
      if let entry = options.suppressions.entry(for: finding, today: options.today) {
        suppressed.append(Suppressed(finding: finding, by: entry))
      } else if finding.severity < options.leastSeverity {
        hidden.append(finding)
      } else {
        findings.append(finding)
      }
    }
    var rest = profile
    rest.findings = []
    self.profile = rest
  }

  /// Findings that hit a gate: of those that are not suppressed, also of those that are not shown.
  public func hits(of condition: FailCondition) -> [Finding] {
    (findings + hidden).filter(condition.isHit)
  }

  /// Suppressed findings by the entry that excuses them, in the order of the file.
  var suppressedByEntry: [(entry: Suppression, findings: [Finding])] {
    var order: [Int] = []
    var groups: [Int: (Suppression, [Finding])] = [:]
    for item in suppressed {
      if groups[item.by.line] == nil { order.append(item.by.line) }
      groups[item.by.line, default: (item.by, [])].1.append(item.finding)
    }
    return order.sorted().compactMap { groups[$0] }.map { (entry: $0.0, findings: $0.1) }
  }
}

/// What a user wants to hear of.
public struct CheckOptions: Sendable {
  public var rules: RuleChoice
  public var leastSeverity: Rule.Severity
  public var suppressions: Suppressions
  /// The day on which suppressions have to hold.
  public var today: CalendarDate

  public init(
    rules: RuleChoice, leastSeverity: Rule.Severity = .hint, suppressions: Suppressions = Suppressions(),
    today: CalendarDate
  ) {
    self.rules = rules
    self.leastSeverity = leastSeverity
    self.suppressions = suppressions
    self.today = today
  }
}

extension Suppressions {
  /// Entries that suppressed nothing in any of the results though they still hold, and though a rule that they are
  /// about was looked at.
  public func unused(in results: [CheckResult], today: CalendarDate) -> [Suppression] {
    let used = Set(results.flatMap { $0.suppressed.map(\.by.line) })
    return entries.filter { entry in
      !used.contains(entry.line) && !entry.isExpired(today)
        && results.contains { $0.rules.contains(where: entry.covers) }
    }
  }

  /// Entries whose last day is over; they suppress nothing.
  public func expired(_ today: CalendarDate) -> [Suppression] { entries.filter { $0.isExpired(today) } }
}
