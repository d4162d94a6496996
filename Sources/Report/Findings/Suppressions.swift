import Replay

/// Why a suppression file cannot be used: where, what was expected, what was found.
public struct SuppressionError: Error, Sendable, Equatable, CustomStringConvertible {
  public var file: String
  /// From 1 on.
  public var line: Int
  public var expected: String
  public var found: String

  /// `known.txt: line 3: expected …, found …`, harmless for a terminal.
  public var description: String {
    Escaping.terminal("\(file): line \(line): expected \(expected), found \(found)")
  }
}

/// A finding that somebody knows and has a reason to live with.
public struct Suppression: Sendable {
  /// The line of the file that says so, from 1 on.
  public var line: Int
  public var reason: String
  /// The last day on which it holds; nil for ever.
  public var until: CalendarDate?
  fileprivate var rule: Glob
  fileprivate var device: Glob?
  fileprivate var site: Glob?

  func covers(_ finding: Finding) -> Bool {
    guard covers(finding.rule) else { return false }
    if let device, !device.matches(finding.device) { return false }
    guard let site else { return true }
    return site.matches(finding.callSite) || site.matches(finding.callSiteFunction)
  }

  func covers(_ rule: Rule) -> Bool { self.rule.matches(rule.id) || self.rule.matches(rule.name) }
}

/// The suppressions of a file, one a line:
///
///     # What the vendor's driver does until the next release.
///     DMA401 device=0000:00:05.0 site=e1000_* until=2026-12-31 -- vendor fix scheduled, ticket 123
///     mask-* device=* -- board revision A only
///
/// A line begins with the id or the name of a rule, or a glob for them (`*` any characters, `?` one). `device=` and
/// `site=` narrow it by globs for the device's name and the call site, with or without its offset and module;
/// `until=` ends it after a day. The reason behind ` -- ` is mandatory. Blank lines and lines that begin with `#` are
/// left out. A blank in a name is written `?`.
public struct Suppressions: Sendable {
  public private(set) var entries: [Suppression] = []

  /// No suppressions.
  public init() {}

  /// - Parameters:
  ///   - text: the content of the file.
  ///   - file: its name, for messages.
  /// - Throws: `SuppressionError` for the first line that cannot be understood.
  public init(_ text: String, file: String) throws(SuppressionError) {
    var number = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let first = words.first, !first.hasPrefix("#") else { continue }
      let parser = LineParser(file: file, line: number)
      entries.append(try parser.entry(words))
    }
  }

  /// The entry that covers a finding on the given day; the first of several.
  func entry(for finding: Finding, today: CalendarDate) -> Suppression? {
    entries.first { !$0.isExpired(today) && $0.covers(finding) }
  }
}

extension Suppression {
  /// Whether its last day is over.
  public func isExpired(_ today: CalendarDate) -> Bool { until.map { $0 < today } ?? false }
}

/// Reads a line that says something.
private struct LineParser {
  let file: String
  let line: Int

  func entry(_ words: [String]) throws(SuppressionError) -> Suppression {
    guard let dashes = words.firstIndex(of: "--"), dashes + 1 < words.count else {
      throw error("a reason behind \" -- \"", words.last == "--" ? "nothing behind it" : "none")
    }
    guard dashes > 0 else { throw error("a rule", "\"--\"") }
    var entry = Suppression(
      line: line, reason: words[(dashes + 1)...].joined(separator: " "), rule: try rule(words[0]))
    var seen: Set<String> = []
    for word in words[1..<dashes] {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[1].isEmpty else {
        throw error("device=GLOB, site=GLOB or until=YYYY-MM-DD", "\"\(word)\"")
      }
      guard seen.insert(parts[0]).inserted else { throw error("\(parts[0])= once", "it twice") }
      switch parts[0] {
      case "device": entry.device = Glob(parts[1])
      case "site": entry.site = Glob(parts[1])
      case "until": entry.until = try date(parts[1])
      default: throw error("device=, site= or until=", "\"\(word)\"")
      }
    }
    return entry
  }

  /// A pattern that names at least one rule, in any case of letters.
  private func rule(_ word: String) throws(SuppressionError) -> Glob {
    if let rule = Rule.named(word) { return Glob(rule.id) }
    for pattern in [word, word.uppercased(), word.lowercased()] {
      let glob = Glob(pattern)
      if Rule.all.contains(where: { glob.matches($0.id) || glob.matches($0.name) }) { return glob }
    }
    let nearest = Rule.nearest(to: word).map { " like \($0.label)" } ?? ""
    throw error("a rule\(nearest)", "\"\(word)\"")
  }

  private func date(_ text: String) throws(SuppressionError) -> CalendarDate {
    guard let date = CalendarDate(text) else { throw error("a day as YYYY-MM-DD", "\"\(text)\"") }
    return date
  }

  private func error(_ expected: String, _ found: String) -> SuppressionError {
    SuppressionError(file: file, line: line, expected: expected, found: found)
  }
}
