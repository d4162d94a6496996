import ArgumentParser
import Replay
import Report

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "What a figure of the reports means, and what a rule demands.",
    discussion: "Without a term, lists the terms and the rules.")

  @Argument(
    help: ArgumentHelp("For instance maintenance, DMA203 or unmap-size-mismatch.", valueName: "term"),
    completion: .list(Definitions.all.map(\.id) + Rule.all.map(\.id) + Rule.all.map(\.name) + ["events"]))
  var terms: [String] = []

  @Flag(help: ArgumentHelp("Print the page of all rules.", visibility: .hidden))
  var rulesMarkdown = false

  func run() throws {
    if rulesMarkdown { return try Output.writeStandard(RulesPage.markdown()) }
    if terms.isEmpty { return try Output.writeStandard(overview) }
    let texts = try terms.map(text)
    try Output.writeStandard(texts.joined(separator: "\n"))
  }

  private var overview: String {
    let terms = listed(Definitions.all.map { ($0.id, $0.title) })
    let rules = RuleFamily.all.filter { !$0.rules.isEmpty }.map { family in
      "\n\(family.title)\n" + listed(family.rules.map { ($0.label, $0.severity.name) })
    }
    let tables = listed([("events", "Which events stand for which calls")])
    return "Figures\n" + terms + "\nTables\n" + tables + rules.joined()
  }

  private func listed(_ rows: [(name: String, text: String)]) -> String {
    let longest = rows.map(\.name.count).max() ?? 0
    return rows.map { row in
      "  " + row.name + String(repeating: " ", count: longest - row.name.count + 2) + row.text + "\n"
    }.joined()
  }

  private func text(of term: String) throws -> String {
    if let definition = Definitions.definition(term) {
      return definition.title + "\n\n" + wrapped(definition.text, to: 80) + "\n"
    }
    if term == "events" { return EventList.text }
    if let rule = Rule.named(term) { return RuleText(rule).render() }
    throw ValidationError(
      "nothing is called '\(Escaping.terminal(term))'; dmascope explain lists the terms and the rules")
  }

  private func wrapped(_ text: String, to width: Int) -> String {
    var lines: [String] = [""]
    for word in text.split(separator: " ") {
      if lines[lines.count - 1].isEmpty {
        lines[lines.count - 1] = String(word)
      } else if lines[lines.count - 1].count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.joined(separator: "\n")
  }
}
