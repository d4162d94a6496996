import Comparison
import Replay

/// The devices of both sides, and what changed of them.
struct DeviceChangesSection {
  let context: ComparisonContext
  private static let limit = 120

  var section: Section? {
    let matching = context.comparison.matching
    let rows =
      matching.common.map { Row(name: $0, state: .both) }
      + matching.new.map { Row(name: $0, state: .new) } + matching.gone.map { Row(name: $0, state: .gone) }
    if rows.isEmpty { return nil }
    let order = rows.sorted { weight($0) != weight($1) ? weight($0) > weight($1) : $0.name < $1.name }
    let table = ScrollTable(
      label: "Devices", columns: columns, rows: Array(order.prefix(Self.limit)), sortable: true,
      filterLabel: order.count > 8 ? "Filter devices" : nil)
    return Section(
      id: "devices", title: "Devices",
      lead: "Devices that one side alone has stand first, then those with the largest effect.",
      body: """
        \(table.markup)\(Piece.omitted(order.count - Self.limit, "devices"))\(renamed)\(changes)
        """)
  }

  private struct Row {
    enum State { case both, new, gone }
    var name: String
    var state: State
  }

  private func weight(_ row: Row) -> Double {
    if row.state != .both { return .infinity }
    return context.comparison.devices.filter {
      $0.scope == .device(row.name) && $0.isChange && $0.metric.family != .findings
    }.map(\.weight)
      .max() ?? 0
  }

  private func change(_ row: Row, _ metric: String) -> Change? {
    context.comparison.devices.first { $0.scope == .device(row.name) && $0.metric.name == metric }
  }

  private var columns: [Column<Row>] {
    var columns: [Column<Row>] = [
      Column("Device", .name) { context.label($0.name) }.sorted { Shortening.name($0.name) },
      Column("On", .text) { row in
        switch row.state {
        case .both:
          let old = context.comparison.matching.renamed.first { $0.new == row.name }?.old
          return old.map { "both, was \(Shortening.name($0))" } ?? "both"
        case .new: return "<b>+ new side only</b>"
        case .gone: return "<b>− base only, gone</b>"
        }
      },
    ]
    for (title, metric) in [
      ("Lines", "maintenance.lines_per_mib"), ("Bounced", "bounces.per_mapping"),
      ("Cost", "cost.ns_per_mib"), ("Peak", "peak.bytes"),
    ] {
      let known = context.comparison.devices.filter { $0.metric.name == metric }
      guard let unit = known.first?.metric.columnUnit, known.contains(where: { !$0.isEmptyOnBothSides })
      else {
        continue
      }
      columns.append(
        Column(unit.isEmpty ? title : "\(title), \(unit.hasPrefix("/") ? "a " + unit.dropFirst() : unit)") {
          row in
          guard let change = change(row, metric) else { return "–" }
          if change.isEmptyOnBothSides { return "<span class=\"zero\">0</span>" }
          let numbers = "\(change.metric.text(change.base)) → \(change.metric.text(change.new))"
          if change.base == change.new {
            return "\(change.metric.text(change.base)) <span class=\"zero\">same</span>"
          }
          let doubt = change.isChange ? "" : " \(change.evidenceText)"
          return """
            \(numbers) <span class="\(ComparisonWording.tone(change))">\
            \(ComparisonWording.arrow(change))\(change.changeText)\(doubt)</span>
            """
        }.sorted { row in String(DifferenceScale.sortKey(change(row, metric)?.ratio)) })
    }
    return columns
  }

  private var renamed: Markup {
    let pairs = context.comparison.matching.renamed
    if pairs.isEmpty { return "" }
    let items = pairs.prefix(20).map { pair -> Markup in
      "<li>\(Shortening.name(pair.old)) is taken for \(Shortening.name(pair.new)): \(Shortening.sentence(pair.because))</li>"
    }
    return
      "<ul class=\"changes note\">\(items)</ul>\(Piece.omitted(pairs.count - 20, "devices with another name"))"
  }

  /// Every metric of a device that differs.
  private var changes: Markup {
    let rows = context.comparison.devices
      .filter { $0.metric.family != .findings && ($0.isChange || $0.isUncertain) }
      .sorted { ($0.isChange ? 1 : 0, $0.weight) > ($1.isChange ? 1 : 0, $1.weight) }
    if rows.isEmpty { return "<p class=\"note\">No figure of a device that both sides have differs.</p>" }
    return """
      <h3 class="sub">What differs, the largest effect first</h3>\
      \(ScrollTable(
        label: "Changes by device",
        columns: [ChangeColumns.place("Device", context), ChangeColumns.secondMetric] + ChangeColumns.figures,
        rows: Array(rows.prefix(Self.limit))).markup)\(Piece.omitted(rows.count - Self.limit, "rows"))
      """
  }
}
