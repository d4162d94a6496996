import ArgumentParser
import Comparison
import Report

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where a comparison goes besides the text.
struct CompareOutputs: ParsableArguments {
  @Option(
    help: ArgumentHelp("Write Markdown, for a comment on a pull request.", valueName: "file"),
    completion: .file())
  var markdown: String?

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Append the Markdown to the summary of a job of GitHub Actions.",
      discussion: "On where GITHUB_STEP_SUMMARY names its file."))
  var githubSummary: Bool?

  @Option(
    help: ArgumentHelp("Write the comparison as JSON, schema dmascope.compare/1.", valueName: "file"),
    completion: .file())
  var json: String?

  @Option(
    help: ArgumentHelp("Write JUnit XML: a test case for each gate.", valueName: "file"), completion: .file())
  var junit: String?

  private static let summaryVariable = "GITHUB_STEP_SUMMARY"

  mutating func validate() throws {
    guard [markdown, json, junit].count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("only one file can be \"-\"")
    }
    if githubSummary == true, Self.summaryFile == nil {
      throw ValidationError("--github-summary: \(Self.summaryVariable) is not set")
    }
  }

  /// Whether standard output is one of the files.
  var takeStandardOutput: Bool { [markdown, json, junit].contains("-") }

  private static var summaryFile: String? {
    Terminal.value(of: summaryVariable).flatMap { $0.isEmpty ? nil : $0 }
  }

  func write(_ comparison: RunComparison, _ gates: [GateResult]) throws {
    let text = ComparisonMarkdown(comparison, gates: gates).render()
    if let markdown { try Output.write(text, to: markdown) }
    if let file = Self.summaryFile, githubSummary != false { try Output.append(text + "\n", to: file) }
    if let json {
      let document = ComparisonJSON(comparison, gates: gates, toolVersion: DMAScope.version)
      try Output.write(try document.render(), to: json)
    }
    if let junit { try Output.write(GateJUnit(comparison, gates: gates).render(), to: junit) }
  }
}
