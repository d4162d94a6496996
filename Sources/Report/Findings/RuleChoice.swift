import Replay

/// A word that should have named a rule and does not.
public struct UnknownRule: Error, Sendable, Equatable, CustomStringConvertible {
  public var word: String
  /// The id and name of the rule that is spelt most like it.
  public var nearest: String

  init(_ word: String) {
    self.word = word
    nearest = Rule.nearest(to: word)?.label ?? ""
  }

  public var description: String {
    "there is no rule '\(Escaping.terminal(word))'" + (nearest.isEmpty ? "" : "; did you mean \(nearest)?")
  }
}

/// What hits a gate: any of some severity or worse, or those of named rules.
public struct FailCondition: Sendable {
  /// The least severity that hits; nil if only rules do.
  public private(set) var severity: Rule.Severity?
  public private(set) var rules: Set<Int> = []

  /// Reads `error`, `warning`, `hint`, ids and names of rules, each word a list separated by commas.
  ///
  /// - Throws: `UnknownRule` for anything else.
  public init(_ words: [String]) throws(UnknownRule) {
    for word in words.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }).map(String.init)
    {
      if let level = Rule.Severity.allCases.first(where: { $0.name == word.lowercased() }) {
        severity = min(severity ?? level, level)
      } else if let rule = Rule.named(word) {
        rules.insert(rule.number)
      } else {
        throw UnknownRule(word)
      }
    }
  }

  public func isHit(by finding: Finding) -> Bool {
    rules.contains(finding.rule.number) || severity.map { finding.severity >= $0 } ?? false
  }
}

/// The rules that a user wants to hear of.
public struct RuleChoice: Sendable {
  private let only: Set<Int>
  private let ignored: Set<Int>

  /// All rules, or `only` those, without those `ignored`; ids or names, each word a list separated by commas.
  ///
  /// - Throws: `UnknownRule`.
  public init(only: [String] = [], ignoring ignored: [String] = []) throws(UnknownRule) {
    self.only = try RuleChoice.numbers(only)
    self.ignored = try RuleChoice.numbers(ignored)
  }

  public func contains(_ rule: Rule) -> Bool {
    (only.isEmpty || only.contains(rule.number)) && !ignored.contains(rule.number)
  }

  private static func numbers(_ words: [String]) throws(UnknownRule) -> Set<Int> {
    var numbers: Set<Int> = []
    for word in words.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }).map(String.init)
    {
      guard let rule = Rule.named(word) else { throw UnknownRule(word) }
      numbers.insert(rule.number)
    }
    return numbers
  }
}

extension Rule {
  /// The rule that `word` is a part of the id or name of, else the one for which it takes the fewest edits, if they
  /// are few; of equals the first.
  static func nearest(to word: String) -> Rule? {
    if !word.isEmpty, let rule = all.first(where: { $0.label.lowercased().contains(word.lowercased()) }) {
      return rule
    }
    let wanted = Array(word.lowercased().utf8.prefix(64))
    func distance(_ rule: Rule) -> Int {
      min(edits(wanted, Array(rule.id.lowercased().utf8)), edits(wanted, Array(rule.name.utf8)))
    }
    let best = all.map { (rule: $0, distance: distance($0)) }.min { $0.distance < $1.distance }
    return best.flatMap { $0.distance <= max(2, wanted.count / 2) ? $0.rule : nil }
  }

  /// Levenshtein's distance: insertions, removals and replacements of bytes.
  private static func edits(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let replaced = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
      }
    }
    return row[b.count]
  }
}
