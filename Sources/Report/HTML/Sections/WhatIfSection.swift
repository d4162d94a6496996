import DMAModel
import Replay

/// The recording as it was, and under each assumption that was asked for.
struct WhatIfSection {
  let context: ReportContext

  private struct Row {
    var name: String
    var totals: Totals
    var isLowerBound: Bool
  }

  var section: Section? {
    let scenarios = context.profile.whatIf
    guard !scenarios.isEmpty else { return nil }
    let rows =
      [Row(name: "as recorded", totals: context.profile.totals, isLowerBound: false)]
      + scenarios.map { Row(name: $0.assumption, totals: $0.totals, isLowerBound: $0.isLowerBound) }
    let table = ScrollTable(label: "Assumptions", columns: columns(rows), rows: rows, sortable: false)
    return Section(
      id: "what-if", title: "What if",
      lead: "The same recording, replayed under other assumptions. ≥: at least so much is left.",
      body: table.markup)
  }

  private func columns(_ rows: [Row]) -> [Column<Row>] {
    var columns: [Column<Row>] = [
      Column("Assumption", .name) { "\($0.name)" }, .count("Calls") { $0.totals.work.calls },
      .count("Cleaned") { $0.totals.work.cleanedLines },
      .count("Invalidated") { $0.totals.work.invalidatedLines },
      .count("Prepared") { $0.totals.work.preparedLines },
      .count("Bounced maps") { $0.totals.bounce.mappings },
      .bytes("Copied") { $0.totals.bounce.bytesIn &+ $0.totals.bounce.bytesOut },
      .count("IOTLB") { $0.totals.iotlbInvalidations },
    ]
    if rows.contains(where: { $0.totals.estimate.high > 0 }) {
      columns.append(
        Column("Cost") { row in
          row.totals.estimate.high > 0
            ? "\(row.isLowerBound ? "≥ " : "")\(Formatting.range(row.totals.estimate))" : "0"
        })
    }
    return columns
  }
}
