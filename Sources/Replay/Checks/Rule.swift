/// A rule of the DMA API that a recording can be seen to break.
///
/// To add one: a constant in the file of its family in `Checks/Rules`, its place in `Rule.all`, and the check that
/// reports it, in `Checks`. The example and the counter-example are run by the tests: the one must be found, the other
/// not.
public final class Rule: Sendable, Identifiable {
  public enum Severity: Int, Sendable, Comparable, CaseIterable {
    /// Works, but could be cheaper or safer.
    case hint
    /// Breaks on some platforms, or is a sign of something broken.
    case warning
    /// Breaks what the documentation demands; data or memory may be corrupted.
    case error

    public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }

    /// `error`, `warning` or `hint`.
    public var name: String {
      switch self {
      case .hint: "hint"
      case .warning: "warning"
      case .error: "error"
      }
    }
  }

  /// 203 for `DMA203`; never used again for another rule.
  public let number: Int
  /// `unmap-size-mismatch`
  public let name: String
  public let severity: Severity
  /// One sentence that says what is wrong.
  public let title: String
  /// What the documentation demands, and where it says so.
  public let demand: String
  /// What to change in the driver.
  public let fix: String
  /// A recording in JSON Lines that breaks the rule.
  public let example: String
  /// One that comes close and does not.
  public let counterExample: String

  init(
    number: Int, name: String, severity: Severity, title: String, demand: String, fix: String,
    example: String,
    counterExample: String
  ) {
    self.number = number
    self.name = name
    self.severity = severity
    self.title = title
    self.demand = demand
    self.fix = fix
    self.example = example
    self.counterExample = counterExample
  }

  /// `DMA203`
  public var id: String { "DMA\(number)" }

  /// The rule with this id or name, in any case of letters; nil if there is none.
  public static func named(_ text: String) -> Rule? {
    let wanted = text.lowercased()
    return all.first { $0.id.lowercased() == wanted || $0.name == wanted }
  }

  /// All rules by number.
  public static let all: [Rule] =
    mappingRules + syncRules + cacheLineRules + maskRules + memoryRules + poolRules + declaredMemoryRules
}
