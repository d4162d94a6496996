import Comparison
import DMAModel
import Replay

/// A comparison as Markdown, for a comment on a pull request or the summary of a CI job: the answer and the gates, and
/// what stands behind them folded away.
///
/// A comment on GitHub has at most 65,536 characters; sections that would go beyond are left out, and named.
public struct ComparisonMarkdown {
  private static let limit = 60_000
  private static let rows = 25
  private let comparison: RunComparison
  private let gates: [GateResult]

  public init(_ comparison: RunComparison, gates: [GateResult] = []) {
    self.comparison = comparison
    self.gates = gates
  }

  /// The whole text, lines ending in newlines.
  public func render() -> String {
    let sections = [
      ("Metrics", metrics), ("Devices", devices), ("Directions, calls and call sites", parts),
      ("Findings", findings), ("Runs", runs),
    ].filter { !$0.1.isEmpty }
    var text = head
    var left: [String] = []
    for (title, lines) in sections {
      let body = lines.joined(separator: "\n")
      let section = "\n<details><summary>\(title)</summary>\n\n\(body)\n\n</details>\n"
      if text.count + section.count > Self.limit { left.append(title) } else { text += section }
    }
    if !left.isEmpty { text += "\nToo long for a comment: \(left.joined(separator: ", ")).\n" }
    return text
  }

  private static func prose(_ text: String) -> String { Escaping.markdown(Shortening.sentence(text)) }
  private static func code(_ text: String) -> String { Escaping.markdownCode(Shortening.name(text)) }

  private var head: String {
    let broken = GateCounts(gates).broken
    let title = gates.isEmpty ? "dmascope compare" : broken > 0 ? "❌ dmascope compare" : "✅ dmascope compare"
    var lines = ["### \(title)", ""]
    for sentence in comparison.limits.prefix(12) { lines += ["> ⚠ \(Self.prose(sentence))", ">"] }
    if lines.last == ">" { lines[lines.count - 1] = "" }
    let answer = comparison.answer
    if answer.isEmpty {
      lines.append("**\(comparison.isEqual ? "Nothing changed" : "Nothing changed more than by chance")**")
    }
    for (index, statement) in answer.prefix(5).enumerated() {
      let text = Self.prose(statement.parts.joined(separator: ", "))
      lines.append("- " + (index == 0 ? "**\(text)**" : text))
    }
    if let cost = comparison.whole.first(where: { $0.metric.family == .cost && $0.metric.isChief }) {
      lines += [
        "", "Estimated cost: " + Self.prose(cost.summary.filter { !$0.isEmpty }.joined(separator: ", ")),
      ]
    }
    if !gates.isEmpty { lines += [""] + gateTable }
    return lines.joined(separator: "\n") + "\n"
  }

  private var gateTable: [String] {
    var lines = ["| Gate | | Numbers | Why |", "| --- | --- | --- | --- |"]
    let sorted = gates.sorted { $0.verdict.rank < $1.verdict.rank }
    for result in sorted.prefix(Self.rows) {
      let device = result.device == result.gate.device ? "" : result.device.map { " " + Self.code($0) } ?? ""
      let word = result.verdict == .broken ? "**broken**" : result.verdict.word
      let why = [result.reason, result.gate.because].filter { !$0.isEmpty }.joined(separator: "; ")
      lines.append(
        "| \(Self.code(result.gate.text))\(device) | \(word) | \(Self.prose(result.numbers)) | \(Self.prose(why)) |"
      )
    }
    if sorted.count > Self.rows { lines += ["", "… \(sorted.count - Self.rows) more"] }
    return lines
  }

  private func table(_ changes: [Change], first: String) -> [String] {
    guard !changes.isEmpty else { return [] }
    var lines = [
      "| \(first) | Metric | Base | New | Change | 95 % interval | |",
      "| --- | --- | ---: | ---: | ---: | --- | --- |",
    ]
    for change in changes.prefix(Self.rows) {
      let cells = [
        Self.code(change.scope.text), Self.code(change.metric.name),
        Self.prose(change.metric.measure(change.base)),
        Self.prose(change.metric.measure(change.new)), Self.prose(change.changeText),
        Self.prose(change.intervalText), Self.prose(change.evidenceText),
      ]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    if changes.count > Self.rows { lines += ["", "… \(changes.count - Self.rows) more"] }
    return lines
  }

  private var metrics: [String] {
    let rows = table(comparison.whole.filter { !$0.isEmptyOnBothSides }, first: "Of")
    return rows.isEmpty ? [] : rows + [""] + comparison.notes.map { "- " + Self.prose($0) }
  }

  private var devices: [String] {
    let changed = comparison.devices.filter(\.isChange).sorted { $0.weight > $1.weight }
    let groups = comparison.deviceSummary.map { $0.map(Self.prose).joined(separator: ", ") }
    return groups.flatMap { [$0, ""] } + table(changed, first: "Device")
  }

  private var parts: [String] {
    var lines = table(comparison.parts.filter(\.isChange), first: "Where")
    for (title, sites) in [("New", comparison.newSites), ("Gone", comparison.goneSites)] where !sites.isEmpty
    {
      lines += ["", "\(title) call sites:", ""] + sites.prefix(Self.rows).map { "- " + Self.code($0.text) }
    }
    return lines
  }

  private var findings: [String] {
    var lines: [String] = []
    for (title, rows) in [("New", comparison.findings.new), ("Gone", comparison.findings.gone)]
    where !rows.isEmpty {
      lines += ["", "\(title):", ""]
      lines += rows.prefix(Self.rows).map { row in
        "- \(row.severity.name) " + row.parts.filter { !$0.isEmpty }.map(Self.prose).joined(separator: ", ")
      }
      if rows.count > Self.rows { lines.append("- … \(rows.count - Self.rows) more") }
    }
    return lines
  }

  private var runs: [String] {
    [("base", comparison.base), ("new", comparison.new)].flatMap { label, runs in
      runs.prefix(Self.rows).map { run in
        "- \(label): " + run.headline.filter { !$0.isEmpty }.map(Self.prose).joined(separator: ", ")
      }
    }
  }
}
