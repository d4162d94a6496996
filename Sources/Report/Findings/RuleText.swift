import Replay

/// What `dmascope explain` says of a rule.
public struct RuleText {
  private let rule: Rule

  public init(_ rule: Rule) { self.rule = rule }

  /// Plain text of at most `width` columns, examples as they are; ends in a newline.
  public func render(width: Int = 80) -> String {
    var parts: [String] = [rule.label + " (" + rule.severity.name + ")"]
    parts.append(wrapped(rule.title, width))
    func add(_ title: String, _ text: String) {
      if !text.isEmpty { parts.append(title + "\n" + text) }
    }
    add("What is demanded", wrapped(rule.demand, width, indent: 2))
    add("What to do", wrapped(rule.fix, width, indent: 2))
    add("This is found (JSON Lines)", indented(rule.example))
    add("This is not", indented(rule.counterExample))
    return parts.joined(separator: "\n\n") + "\n"
  }

  private func wrapped(_ text: String, _ width: Int, indent: Int = 0) -> String {
    let margin = String(repeating: " ", count: indent)
    return text.split(separator: "\n")
      .flatMap { DisplayWidth.wrap(String($0), width - indent) }
      .map { margin + $0 }.joined(separator: "\n")
  }

  private func indented(_ code: String) -> String {
    code.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
  }
}

/// All rules as a page in Markdown, `docs/rules.md`.
public enum RulesPage {
  /// The whole page; the same rules always give the same text.
  public static func markdown() -> String {
    var parts = [
      """
      # Rules

      What `dmascope check` looks for. Made by `make docs` from the table of rules; `dmascope explain RULE` prints one.
      Numbers and names stay: a rule that goes leaves its number unused. An **error** breaks what the documentation of
      the DMA API demands, a **warning** breaks on some platforms or is a sign of something broken, a **hint** could be
      cheaper or safer.
      """
    ]
    let families = RuleFamily.all.filter { !$0.rules.isEmpty }
    parts.append(
      families.map { family in
        "- [\(family.title)](#\(anchor(family.title))): " + family.rules.map(link).joined(separator: ", ")
      }.joined(separator: "\n"))
    for family in families {
      parts.append("## \(family.title)")
      parts += family.rules.map(section)
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  private static func link(_ rule: Rule) -> String { "[\(rule.id)](#\(anchor(rule.label)))" }

  /// The fragment that GitHub gives a heading.
  private static func anchor(_ heading: String) -> String {
    String(heading.lowercased().map { $0 == " " ? "-" : $0 })
  }

  private static func section(_ rule: Rule) -> String {
    var parts = ["### \(rule.label)", "**\(rule.severity.name)** · \(prose(rule.title))"]
    if !rule.demand.isEmpty { parts.append("What is demanded: \(prose(rule.demand))") }
    if !rule.fix.isEmpty { parts.append("What to do: \(prose(rule.fix))") }
    if !rule.example.isEmpty { parts.append("This is found:\n\n\(fenced(rule.example))") }
    if !rule.counterExample.isEmpty { parts.append("This is not:\n\n\(fenced(rule.counterExample))") }
    return parts.joined(separator: "\n\n")
  }

  /// Our own sentences, in which a backtick means code and nothing else means anything.
  private static func prose(_ text: String) -> String {
    var result = ""
    var isCode = false
    var isInWord = false
    for character in text {
      if character == "`" { isCode.toggle() }
      let isMeant = "<*[]".contains(character) || (character == "_" && !isInWord)
      if isMeant && !isCode { result += "\\" }
      isInWord = character.isLetter || character.isNumber
      result.append(character)
    }
    return result
  }

  private static func fenced(_ code: String) -> String { "```json\n\(code)\n```" }
}
