import ArgumentParser
import Report

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "What a figure of the reports means.",
    discussion: "Without a term, lists the terms.")

  @Argument(
    help: ArgumentHelp("For instance maintenance.", valueName: "term"),
    completion: .list(Definitions.all.map(\.id)))
  var terms: [String] = []

  func run() throws {
    if terms.isEmpty {
      let longest = Definitions.all.map(\.id.count).max() ?? 0
      let lines = Definitions.all.map { definition in
        definition.id + String(repeating: " ", count: longest - definition.id.count + 2) + definition.title
      }
      return try Output.writeStandard(lines.joined(separator: "\n") + "\n")
    }
    for (index, term) in terms.enumerated() {
      guard let definition = Definitions.definition(term) else {
        throw ValidationError(
          "nothing is called '\(Escaping.terminal(term))'; dmascope explain lists the terms")
      }
      let text = definition.title + "\n\n" + wrapped(definition.text, to: 80) + "\n"
      try Output.writeStandard((index > 0 ? "\n" : "") + text)
    }
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
