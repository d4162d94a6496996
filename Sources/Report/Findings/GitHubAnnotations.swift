import Replay

/// Findings as workflow commands of GitHub Actions, which shows them at the run and the pull request.
public struct GitHubAnnotations {
  private let results: [CheckResult]

  public init(_ results: [CheckResult]) { self.results = results }

  /// One line for each finding, most severe first over all traces: GitHub shows only the first of each severity.
  public func render() -> String {
    let all = results.flatMap { result in result.findings.map { (finding: $0, path: result.recording.path) } }
    var lines: [String] = []
    for severity in Rule.Severity.allCases.reversed() {
      for (finding, path) in all where finding.severity == severity {
        let title = Escaping.githubProperty(
          Escaping.terminal("\(finding.rule.label), \(finding.device)"))
        let text = Escaping.githubData(Escaping.terminal("\(finding.sentence) (\(path))"))
        lines.append("::\(command(severity)) title=\(title)::\(text)\n")
      }
    }
    return lines.joined()
  }

  private func command(_ severity: Rule.Severity) -> String {
    switch severity {
    case .error: "error"
    case .warning: "warning"
    case .hint: "notice"
    }
  }

  /// A text for people as it may stand in the log of a workflow: nothing in it is taken for a command.
  ///
  /// - Parameter token: what nobody who made the trace can have known.
  public static func inert(_ text: String, token: String) -> String {
    text.isEmpty ? "" : "::stop-commands::\(token)\n\(text)::\(token)::\n"
  }
}
