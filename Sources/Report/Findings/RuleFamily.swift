import Replay

/// Rules that belong together: those with the same hundreds in their numbers.
///
/// To add one: a row in `all`.
public struct RuleFamily: Sendable {
  /// `cache-line`, as classes of test cases are named after it.
  public let id: String
  /// `Cache lines`.
  public let title: String
  private let hundreds: Int

  /// Its rules by number.
  public var rules: [Rule] { Rule.all.filter(contains).sorted { $0.number < $1.number } }

  public func contains(_ rule: Rule) -> Bool { rule.number / 100 == hundreds }

  /// The family of a rule; `other` for a number outside all families.
  public static func of(_ rule: Rule) -> RuleFamily { all.first { $0.contains(rule) } ?? other }

  public static let all: [RuleFamily] = [
    RuleFamily(id: "mapping", title: "Mapping and unmapping", hundreds: 2),
    RuleFamily(id: "sync", title: "Syncs", hundreds: 3),
    RuleFamily(id: "cache-line", title: "Cache lines", hundreds: 4),
    RuleFamily(id: "mask", title: "Masks", hundreds: 5),
    RuleFamily(id: "memory", title: "Coherent memory", hundreds: 6),
    RuleFamily(id: "pool", title: "Pools", hundreds: 7),
    RuleFamily(id: "declared-memory", title: "Declared memory", hundreds: 8),
  ]

  private static let other = RuleFamily(id: "other", title: "Other", hundreds: 0)
}
