import DMAModel
import Replay

/// A check of one trace as text for a terminal: what limits it, findings with evidence, how many there are.
///
///     print(CheckReport(result, options: TextOptions(width: 80), examples: 1).render(), terminator: "")
///
/// No line is wider than the options say, and nothing from the trace reaches the terminal unescaped.
public struct CheckReport {
  private let result: CheckResult
  private let options: TextOptions
  private let examples: Int

  /// - Parameter examples: how many occurrences of each finding are shown; all that are known with `verbose`.
  public init(_ result: CheckResult, options: TextOptions, examples: Int = 1) {
    self.result = result
    self.options = options
    self.examples = options.verbose ? .max : max(1, examples)
  }

  /// The whole text, lines ending in newlines.
  public func render() -> String {
    var page = TextPage(options)
    let report = TextReport(result.profile, options: options)
    report.addHeadline(to: &page)
    report.addCaveats(to: &page)
    FindingsText(examples: examples, showsStacks: options.verbose).add(result.findings, to: &page)
    addSuppressed(to: &page)
    page.blank()
    page.entry("", [verdict], indent: 0)
    addHidden(to: &page)
    return page.text
  }

  private func addSuppressed(to page: inout TextPage) {
    let entries = result.suppressedByEntry
    guard !entries.isEmpty else { return }
    page.heading("Suppressed")
    for (entry, findings) in entries {
      let until = entry.until.map { "until \($0)" } ?? ""
      let count = Formatting.count(UInt64(findings.count), "finding")
      page.entry("", ["\(count): \(entry.reason)", "line \(entry.line)", until], indent: 2)
      guard options.verbose else { continue }
      for finding in findings {
        page.entry(
          finding.severity.name,
          [finding.rule.label, finding.device, finding.callSite, Formatting.count(finding.count, "time")],
          indent: 4, finding.severity.style)
      }
    }
  }

  private var verdict: String {
    let suppressed = result.suppressed.count
    let more = suppressed > 0 ? ", \(Formatting.count(UInt64(suppressed))) suppressed" : ""
    if !result.findings.isEmpty { return FindingCounts(result.findings).text + more }
    guard !result.profile.devices.isEmpty else {
      return "No findings: no event of the DMA API, so nothing to check" + more
    }
    let events = Formatting.count(result.recording.events, "event")
    let limits = result.caveats.isEmpty ? "" : ", within the limits named above"
    return "No findings in \(events)\(limits)" + more
  }

  private func addHidden(to page: inout TextPage) {
    guard !result.hidden.isEmpty else { return }
    page.entry("", ["\(FindingCounts(result.hidden).text) not shown (--severity)"])
  }
}
