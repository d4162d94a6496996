import ArgumentParser
import Report

/// Where the findings of a check go besides the text.
struct CheckOutputs: ParsableArguments {
  @Option(help: ArgumentHelp("Write SARIF 2.1.0, for code scanning.", valueName: "file"), completion: .file())
  var sarif: String?

  @Option(
    help: ArgumentHelp(
      "Write JUnit XML: a suite for each trace, a test case for each rule.", valueName: "file"),
    completion: .file())
  var junit: String?

  @Option(
    help: ArgumentHelp("Write the findings as JSON, schema dmascope.check/1.", valueName: "file"),
    completion: .file())
  var json: String?

  @Option(
    help: ArgumentHelp("Write a table in Markdown, for a comment on a pull request.", valueName: "file"),
    completion: .file())
  var markdown: String?

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Print annotations of GitHub Actions behind the text.",
      discussion: "On where GITHUB_ACTIONS is true and no file is \"-\"."))
  var github: Bool?

  /// What nobody who made a trace can have known.
  private let token = (0..<4).map { _ in String(UInt32.random(in: .min ... .max), radix: 16) }.joined()

  private enum CodingKeys: String, CodingKey {
    case sarif, junit, json, markdown, github
  }

  mutating func validate() throws {
    let toStandardOutput = [sarif, junit, json, markdown].count { $0 == "-" }
    guard toStandardOutput <= 1 else { throw ValidationError("only one file can be \"-\"") }
    guard toStandardOutput == 0 || github != true else {
      throw ValidationError("--github and a file that is \"-\" both want standard output")
    }
  }

  /// Whether standard output is one of the files.
  var takeStandardOutput: Bool { [sarif, junit, json, markdown].contains("-") }

  private var annotates: Bool {
    github ?? (Terminal.value(of: "GITHUB_ACTIONS") == "true" && !takeStandardOutput)
  }

  /// Text for standard output, such that a workflow's log takes nothing in it for a command.
  func inert(_ text: String) -> String {
    annotates || Terminal.value(of: "GITHUB_ACTIONS") == "true"
      ? GitHubAnnotations.inert(text, token: token) : text
  }

  /// Writes all files that were asked for, and then the annotations.
  func write(_ results: [CheckResult]) throws {
    if let sarif { try Output.write(try SARIF(results, toolVersion: DMAScope.version).render(), to: sarif) }
    if let junit { try Output.write(JUnit(results).render(), to: junit) }
    if let json { try Output.write(try CheckJSON(results, toolVersion: DMAScope.version).render(), to: json) }
    if let markdown { try Output.write(MarkdownFindings(results).render(), to: markdown) }
    if annotates { try Output.writeStandard(GitHubAnnotations(results).render()) }
  }
}
