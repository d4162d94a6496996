import ArgumentParser
import Comparison
import Replay
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
    help: ArgumentHelp("Write one page of HTML that needs no network.", valueName: "file"),
    completion: .file())
  var html: String?

  @Option(
    help: ArgumentHelp("Write the comparison as JSON, schema dmascope.compare/1.", valueName: "file"),
    completion: .file())
  var json: String?

  @Option(
    help: ArgumentHelp("Write JUnit XML: a test case for each gate.", valueName: "file"), completion: .file())
  var junit: String?

  private var files: [String?] { [markdown, html, json, junit] }

  private static let summaryVariable = "GITHUB_STEP_SUMMARY"

  mutating func validate() throws {
    guard files.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("only one file can be \"-\"")
    }
    if githubSummary == true, Self.summaryFile == nil {
      throw ValidationError("--github-summary: \(Self.summaryVariable) is not set")
    }
  }

  /// Whether standard output is one of the files.
  var takeStandardOutput: Bool { files.contains("-") }

  private static var summaryFile: String? {
    Terminal.value(of: summaryVariable).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// - Parameters:
  ///   - base: the profiles of `comparison`, in its order.
  func write(
    _ comparison: RunComparison, base: [Profile], new: [Profile], _ gates: [GateResult]
  ) throws {
    let text = ComparisonMarkdown(comparison, gates: gates).render()
    if let markdown { try Output.write(text, to: markdown) }
    if let file = Self.summaryFile, githubSummary != false { try Output.append(text + "\n", to: file) }
    if let html {
      let page = ComparisonHTML(
        comparison, base: base, new: new, gates: gates, toolVersion: DMAScope.version)
      try Output.write(page.render(), to: html)
    }
    if let json {
      let document = ComparisonJSON(comparison, gates: gates, toolVersion: DMAScope.version)
      try Output.write(try document.render(), to: json)
    }
    if let junit { try Output.write(GateJUnit(comparison, gates: gates).render(), to: junit) }
  }
}
