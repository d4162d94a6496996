import DMAModel
import Replay

/// Checks as Markdown, for a comment on a pull request or the summary of a CI job.
public struct MarkdownFindings {
  private let results: [CheckResult]
  /// Rows of a table: a comment on GitHub has at most 65,536 characters.
  private static let limit = 100

  public init(_ results: [CheckResult]) { self.results = results }

  /// The whole text, lines ending in newlines.
  public func render() -> String { results.map(section).joined(separator: "\n") }

  private func section(_ result: CheckResult) -> String {
    let path = result.recording.path == "-" ? "standard input" : result.recording.path
    var lines = ["### dmascope check: \(Escaping.markdownCode(path))", ""]
    for problem in result.recording.problems + result.caveats {
      lines.append("> ⚠ \(Escaping.markdown(problem))")
      lines.append(">")
    }
    if lines.last == ">" { lines[lines.count - 1] = "" }
    let suppressed = result.suppressed.count
    lines.append(
      "**\(result.findings.isEmpty ? "No findings" : FindingCounts(result.findings).text)**"
        + (suppressed > 0 ? ", \(Formatting.count(UInt64(suppressed))) suppressed" : ""))
    if !result.findings.isEmpty {
      lines += [
        "", "| Severity | Rule | Device | Call site | Count | What |",
        "| --- | --- | --- | --- | ---: | --- |",
      ]
      lines += result.findings.prefix(MarkdownFindings.limit).map(row)
      let further = result.findings.count - MarkdownFindings.limit
      if further > 0 { lines += ["", "… \(Formatting.count(UInt64(further))) more"] }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func row(_ finding: Finding) -> String {
    let example = finding.examples.first
    var what = Escaping.markdown(Shortening.sentence(example?.message ?? finding.rule.title))
    if let right = example?.right, !right.isEmpty {
      what += "<br>right: \(Escaping.markdown(Shortening.sentence(right)))"
    }
    let cells = [
      finding.severity.name, finding.rule.label, Escaping.markdownCode(Shortening.name(finding.device)),
      Escaping.markdownCode(Shortening.name(finding.callSite)), Formatting.count(finding.count), what,
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }
}
