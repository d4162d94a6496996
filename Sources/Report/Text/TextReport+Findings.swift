import Replay

extension TextReport {
  /// How many findings there are, for the summary.
  var findings: [String] {
    if profile.findings.isEmpty { return profile.devices.isEmpty ? [] : ["none"] }
    return [FindingCounts(profile.findings).text]
  }

  /// Rules that were broken: a table, and the evidence where more was asked for.
  func addFindings(to page: inout TextPage) {
    guard !profile.findings.isEmpty else { return }
    var table = Table([
      .init(title: "Severity", alignment: .left), .init(title: "Rule", alignment: .left, shrinksTo: 16),
      .init(title: "Device", alignment: .left, shrinksTo: 12),
      .init(title: "Call site", alignment: .left, shrinksTo: 16, dropOrder: 1), .init(title: "Count"),
    ])
    let (shown, further) = top(profile.findings)
    for finding in shown {
      table.add([
        .init(finding.severity.name, finding.severity.style), .init(finding.rule.label),
        .init(finding.device), .init(finding.callSite), .init(number(finding.count)),
      ])
    }
    page.heading("Findings", "dmascope check has the evidence, dmascope explain RULE what it means")
    page.table(table, further: further)
    if options.verbose { FindingsText(examples: 1, showsStacks: true).add(shown, to: &page) }
  }
}
