import Comparison
import Replay

/// Every metric of the whole, with its interval drawn.
struct MetricsSection {
  let context: ComparisonContext

  var section: Section? {
    let rows = context.comparison.whole.filter { !$0.isEmptyOnBothSides }
    if rows.isEmpty { return nil }
    let empty = context.comparison.whole.count - rows.count
    let rest: Markup =
      empty == 0
      ? ""
      : "<p class=\"note\">\(Formatting.count(UInt64(empty), "metric")) more: none on either side.</p>"
    return Section(
      id: "metrics", title: "Metrics",
      lead: """
        \(context.comparison.evidenceRemark.uppercasedFirst).\(medians) Metrics a mapping or a MiB do not depend on how long the runs were; \
        the others do.
        """,
      body: ScrollTable(
        label: "Metrics", columns: [ChangeColumns.metric] + ChangeColumns.figures, rows: rows
      ).markup + rest)
  }

  private var medians: String {
    context.comparison.isSingle || context.comparison.evidenceRemark.hasPrefix("medians")
      ? "" : " Of several runs of a side the values are medians."
  }
}

/// Columns that tables of changes share.
enum ChangeColumns {
  static var metric: Column<Change> { named(.name) }

  /// The metric as a column behind the first.
  static var secondMetric: Column<Change> { named(.text) }

  private static func named(_ kind: Column<Change>.Kind) -> Column<Change> {
    Column("Metric", kind) { change in
      "<span title=\"\(change.metric.title)\">\(change.metric.name)</span>"
    }
  }

  static func place(_ title: String, _ context: ComparisonContext) -> Column<Change> {
    Column(title, .name) { change in
      if case .device(let name) = change.scope { return context.label(name) }
      return "\(Shortening.sentence(change.scope.text))"
    }
  }

  static var figures: [Column<Change>] {
    [
      Column("Change") { change in
        let text = ComparisonWording.arrow(change) + change.changeText
        return "<span class=\"\(ComparisonWording.tone(change))\">\(text)</span>"
      },
      Column("Base") { change in
        "\(change.base == nil ? "–" : change.metric.text(change.base))"
      },
      Column("New") { change in
        "\(change.new == nil ? "–" : change.metric.text(change.new))"
      },
      Column("Unit", .text) { "\($0.metric.columnUnit)" },
      Column("÷4 … ×4", .text) { IntervalPlot(change: $0).markup },
      Column("95 % interval", .text) { change in
        "\(change.intervalText)"
      },
      Column("Evidence", .text) { "\(ComparisonWording.evidence($0))" },
    ]
  }
}

/// The factor new / base with its interval, on an axis from a fourth to fourfold: a dot, and a line as long as the
/// interval; dashes stand at 1.
struct IntervalPlot {
  var change: Change

  private static let doublings = 2.0

  var markup: Markup {
    guard let ratio = change.ratio, ratio > 0, ratio.isFinite else { return "" }
    let interval = change.interval ?? ratio...ratio
    let (low, high) = (place(interval.lowerBound), place(interval.upperBound))
    return """
      <svg class="interval \(ComparisonWording.tone(change))" width="84" height="12" aria-hidden="true">\
      <line class="one" x1="42" x2="42" y1="0" y2="12"/>\
      <line x1="\(low)" x2="\(max(high, low + 1))" y1="6" y2="6"/>\
      <circle cx="\(place(ratio))" cy="6" r="3"/></svg>
      """
  }

  private func place(_ ratio: Double) -> Double {
    if ratio <= 0 { return 2 }
    if !ratio.isFinite { return 82 }
    let doublings = max(-Self.doublings, min(Self.doublings, DifferenceScale.doublings(ratio)))
    return 42 + doublings / Self.doublings * 40
  }
}
