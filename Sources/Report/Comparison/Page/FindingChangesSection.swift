import Comparison
import Replay

/// Findings that only one side has.
struct FindingChangesSection {
  let context: ComparisonContext
  private static let limit = 60

  var section: Section {
    let findings = context.comparison.findings
    let lists = [("+ New", findings.new), ("− Gone", findings.gone)].filter { !$0.1.isEmpty }
      .map { title, rows -> Markup in
        """
        <h3 class="sub">\(title)</h3><ol class="findings">\(rows.prefix(Self.limit).map(item))</ol>\
        \(Piece.omitted(rows.count - Self.limit, "findings"))
        """
      }
    let common: Markup =
      findings.common == 0
      ? (lists.isEmpty ? "<p>None on either side.</p>" : "")
      : "<p class=\"note\">\(Formatting.count(UInt64(findings.common), "finding")) on both sides.</p>"
    return Section(id: "findings", title: "Findings", body: lists.joined() + common)
  }

  private func item(_ row: FindingChanges.Row) -> Markup {
    let site: Markup = row.function.isEmpty ? "" : ", <code>\(Shortening.name(row.function))</code>"
    let device = row.device.isEmpty ? "no device" : Shortening.name(row.device)
    return """
      <li class="finding \(row.severity.name)"><div><span class="severity">\(row.severity.name)</span>\
      <b>\(row.rule.label)</b> \(device)\(site), \(Formatting.count(row.count, "time"))</div>\
      <div>\(Shortening.sentence(row.message))</div></li>

      """
  }
}
