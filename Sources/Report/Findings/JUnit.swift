import DMAModel
import Replay

/// Checks as JUnit XML, as CI servers read it: a suite for each trace, a test case for each rule.
///
/// A rule without a finding has passed. Errors and warnings fail their case, hints pass it and stand in its output; a
/// case is skipped where all that was found is suppressed.
public struct JUnit {
  private let results: [CheckResult]

  public init(_ results: [CheckResult]) { self.results = results }

  /// The whole document, lines ending in newlines.
  public func render() -> String {
    let suites = results.map(Suite.init)
    let cases = suites.flatMap(\.cases)
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
    lines.append("<testsuites name=\"dmascope check\"\(JUnit.counts(cases))>")
    for suite in suites { lines += suite.lines }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
  }

  /// Without the number of those skipped: Jenkins knows it of a suite, and refuses it of all of them.
  fileprivate static func counts(_ cases: [TestCase]) -> String {
    " tests=\"\(cases.count)\" failures=\"\(cases.count { $0.outcome == .failed })\" errors=\"0\""
  }
}

/// The checks of one trace.
private struct Suite {
  let result: CheckResult
  let cases: [TestCase]

  init(_ result: CheckResult) {
    self.result = result
    cases = result.rules.map { rule in
      TestCase(
        rule: rule, findings: result.findings.filter { $0.rule.number == rule.number },
        suppressed: result.suppressed.filter { $0.finding.rule.number == rule.number })
    }
  }

  var lines: [String] {
    let path = result.recording.path
    let name = path == "-" ? "standard input" : path
    let skipped = cases.count { $0.outcome == .skipped }
    var lines = [
      "  <testsuite name=\"\(Escaping.xml(name))\"\(JUnit.counts(cases)) skipped=\"\(skipped)\">"
    ]
    for test in cases { lines += test.lines }
    let limits = result.recording.problems + result.caveats
    if !limits.isEmpty {
      lines.append("    <system-out>\(limits.map(Escaping.xml).joined(separator: "\n"))</system-out>")
    }
    return lines + ["  </testsuite>"]
  }
}

/// A rule and what was found of it.
private struct TestCase {
  enum Outcome { case passed, failed, skipped }

  let rule: Rule
  let findings: [Finding]
  let suppressed: [CheckResult.Suppressed]

  var outcome: Outcome {
    if findings.contains(where: { $0.severity > .hint }) { return .failed }
    return findings.isEmpty && !suppressed.isEmpty ? .skipped : .passed
  }

  var lines: [String] {
    let family = RuleFamily.of(rule).id
    let head = "    <testcase classname=\"dmascope.\(family)\" name=\"\(Escaping.xml(rule.label))\""
    var body: [String] = []
    switch outcome {
    case .failed:
      let failing = findings.filter { $0.severity > .hint }
      let worst = failing.map(\.severity).max() ?? rule.severity
      let more = failing.count > 1 ? " (and \(failing.count - 1) more)" : ""
      let message = (failing.first?.sentence ?? rule.title) + more
      body.append(
        "      <failure type=\"\(worst.name)\" message=\"\(Escaping.xml(message))\">"
          + "\(text(of: failing))</failure>")
    case .skipped:
      let reasons = suppressed.map(\.by.reason).reduce(into: [String]()) { seen, reason in
        if !seen.contains(reason) { seen.append(reason) }
      }
      let message = "suppressed: " + reasons.joined(separator: "; ")
      body.append("      <skipped message=\"\(Escaping.xml(message))\"/>")
    case .passed: break
    }
    let hints = findings.filter { $0.severity == .hint }
    if !hints.isEmpty { body.append("      <system-out>\(text(of: hints))</system-out>") }
    return body.isEmpty ? [head + "/>"] : [head + ">"] + body + ["    </testcase>"]
  }

  /// Plain text, each piece of it escaped.
  private func text(of findings: [Finding]) -> String {
    var lines: [String] = []
    for finding in findings {
      lines.append("\(finding.severity.name) \(finding.sentence)")
      for example in finding.examples.prefix(1) {
        lines.append("  asked:  " + example.asked.line)
        if let before = example.before { lines.append("  before: " + before.line) }
      }
    }
    if !rule.fix.isEmpty { lines.append(rule.fix) }
    lines.append("More: dmascope explain \(rule.id)")
    return lines.map(Escaping.xml).joined(separator: "\n")
  }
}

extension Finding.Evidence {
  /// All of it but the stack, on one line; not escaped.
  var line: String {
    var parts = [call, "\(Formatting.timestamp(time)) s", "CPU \(cpu)", who]
    parts += parameters.map { "\($0.name) \($0.value)" }
    if let caller = frames.first { parts.append("from \(caller)") }
    return parts.joined(separator: ", ")
  }
}
