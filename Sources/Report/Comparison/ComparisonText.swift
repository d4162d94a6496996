import Comparison
import DMAModel
import Replay

/// A comparison as text for a terminal: what changed most first, in words; then gates, metrics, devices, call sites and
/// findings.
///
///     print(ComparisonText(comparison, gates: results, options: TextOptions(width: 80)).render(), terminator: "")
///
/// No line is wider than the options say, and nothing from a trace reaches the terminal unescaped.
public struct ComparisonText {
  let comparison: RunComparison
  let gates: [GateResult]
  let options: TextOptions

  public init(_ comparison: RunComparison, gates: [GateResult] = [], options: TextOptions) {
    self.comparison = comparison
    self.gates = gates
    self.options = options
  }

  /// The whole text, lines ending in newlines.
  public func render() -> String {
    var page = TextPage(options)
    addRuns(to: &page)
    addLimits(to: &page)
    addAnswer(to: &page)
    addGates(to: &page)
    addMetrics(to: &page)
    addDevices(to: &page)
    addParts(to: &page)
    addFindings(to: &page)
    addNotes(to: &page)
    return page.text
  }

  private func addRuns(to page: inout TextPage) {
    for (label, runs) in [("base", comparison.base), ("new", comparison.new)] {
      for (index, run) in runs.enumerated() {
        page.entry(index == 0 ? label : "", run.headline, labelWidth: 6, .heading)
      }
    }
  }

  private func addLimits(to page: inout TextPage) {
    for sentence in comparison.limits { page.item("!", sentence, .caveat) }
  }

  private func addAnswer(to page: inout TextPage) {
    page.blank()
    let answer = comparison.answer
    if answer.isEmpty {
      page.summary(
        "Changed", [[comparison.isEqual ? "nothing" : "nothing that is more than chance would do"]])
    } else {
      page.summary("Changed", answer.prefix(options.verbose ? answer.count : 3).map(\.parts))
    }
    if let cost = comparison.whole.first(where: { $0.metric.family == .cost && $0.metric.isChief }) {
      page.summary("Cost", [cost.summary])
    }
    page.summary("Devices", comparison.deviceSummary)
    page.summary(
      "Findings", [comparison.findingSummary],
      comparison.findings.new.contains { $0.severity == .error } ? .alarm : nil)
    if !gates.isEmpty {
      page.summary(
        "Gates", [GateCounts(gates).parts], gates.contains { $0.verdict == .broken } ? .alarm : nil)
    }
  }

  private func addGates(to page: inout TextPage) {
    guard !gates.isEmpty else { return }
    page.heading("Gates")
    for result in gates.sorted(by: { $0.verdict.rank < $1.verdict.rank }) {
      let style: Paint.Style? =
        result.verdict == .broken ? .alarm : result.verdict == .held ? nil : .caveat
      let device = result.gate.device == result.device ? "" : result.device ?? ""
      page.entry(
        result.verdict.word, [result.gate.text, device, result.numbers, result.reason], indent: 2,
        labelWidth: 11,
        style)
      if !result.gate.because.isEmpty { page.entry("", [result.gate.because], indent: 13) }
      if result.verdict == .broken {
        for row in result.findings.prefix(options.top) { page.entry("", row.parts, indent: 13) }
      }
    }
  }

  private func addMetrics(to page: inout TextPage) {
    let rows = comparison.whole.filter { options.verbose || !$0.isEmptyOnBothSides }
    guard !rows.isEmpty else { return }
    page.heading("Metrics", comparison.evidenceRemark)
    var table = ComparisonText.table(first: "Metric")
    for change in rows { table.add([.init(change.metric.name)] + ComparisonText.cells(change)) }
    page.table(table)
  }

  private func addDevices(to page: inout TextPage) {
    let rows = comparison.devices
      .filter { $0.metric.family != .findings && (options.verbose || $0.isChange || $0.isUncertain) }
      .sorted { ($0.isChange ? 1 : 0, $0.weight) > ($1.isChange ? 1 : 0, $1.weight) }
    guard !rows.isEmpty else { return }
    page.heading("Devices", "what differs, the largest effect first")
    var table = ComparisonText.table(first: "Device", second: "Metric")
    for change in rows.prefix(options.top) {
      table.add([.init(change.scope.text), .init(change.metric.name)] + ComparisonText.cells(change))
    }
    page.table(table, further: max(0, rows.count - options.top))
  }

  private func addParts(to page: inout TextPage) {
    let all = comparison.parts.filter { $0.metric.isNormalized && ($0.isChange || $0.isUncertain) }
    let groups: [(title: String, rows: [Change])] = [
      ("Directions", all.filter { if case .direction = $0.scope { true } else { false } }),
      ("Calls", all.filter { if case .call = $0.scope { true } else { false } }),
      ("Call sites", all.filter { if case .site = $0.scope { true } else { false } }),
    ]
    for (title, rows) in groups where !rows.isEmpty {
      let top = options.verbose ? options.top : min(options.top, 5)
      page.heading(title, "what differs, the largest effect first")
      var table = ComparisonText.table(first: "Where", second: "Metric")
      for change in rows.prefix(top) {
        table.add([.init(change.scope.text), .init(change.metric.name)] + ComparisonText.cells(change))
      }
      page.table(table, further: max(0, rows.count - top))
    }
    for (title, sites) in [
      ("New call sites", comparison.newSites), ("Gone call sites", comparison.goneSites),
    ]
    where !sites.isEmpty {
      page.heading(title)
      for site in sites.prefix(options.top) { page.entry("", [site.text], indent: 2) }
      if sites.count > options.top { page.entry("", ["… \(sites.count - options.top) more"], indent: 2) }
    }
  }

  private func addFindings(to page: inout TextPage) {
    for (title, rows) in [
      ("New findings", comparison.findings.new), ("Gone findings", comparison.findings.gone),
    ]
    where !rows.isEmpty {
      page.heading(title)
      for row in rows.prefix(options.top) {
        page.entry(row.severity.name, row.parts, indent: 2, labelWidth: 8, row.severity.style)
      }
      if rows.count > options.top { page.entry("", ["… \(rows.count - options.top) more"], indent: 2) }
    }
  }

  private func addNotes(to page: inout TextPage) {
    page.heading("How to read this")
    for sentence in comparison.notes { page.item("-", sentence, .quiet) }
  }

  private static func table(first: String, second: String? = nil) -> Table {
    var columns: [Table.Column] = [.init(title: first, alignment: .left, shrinksTo: 20)]
    if let second { columns.append(.init(title: second, alignment: .left, shrinksTo: 16)) }
    columns += [
      .init(title: "Base"), .init(title: "New"), .init(title: "Unit", alignment: .left, dropOrder: 3),
      .init(title: "Change"), .init(title: "95 % interval", dropOrder: 2), .init(title: "", dropOrder: 1),
    ]
    return Table(columns)
  }

  private static func cells(_ change: Change) -> [Table.Cell] {
    [
      .init(change.base == nil ? "–" : change.metric.text(change.base)),
      .init(change.new == nil ? "–" : change.metric.text(change.new)), .init(change.metric.columnUnit),
      .init(change.changeText, change.style), .init(change.intervalText), .init(change.evidenceText),
    ]
  }
}
