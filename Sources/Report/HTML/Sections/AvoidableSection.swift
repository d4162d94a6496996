import DMAModel
import Replay

/// What could be saved, ranked, and how.
struct AvoidableSection {
  let context: ReportContext

  private static let limit = 60

  var section: Section? {
    let rows = context.profile.avoidable
    guard !rows.isEmpty else { return nil }
    let shown = Array(rows.prefix(AvoidableSection.limit))
    let table = ScrollTable(
      label: "Avoidable work", columns: columns, rows: shown, sortable: shown.count > 1,
      filterLabel: shown.count > 12 ? "Filter avoidable work" : nil)
    return Section(
      id: "avoidable", title: "Avoidable",
      lead: """
        What \(Piece.define("avoidable", "a change would save")), the dearest first. Rows overlap. ≤: how much of it is \
        needed is not in the trace.
        """,
      body: remedies(shown) + table.markup + Piece.omitted(rows.count - shown.count, "rows"))
  }

  private var columns: [Column<Avoidable>] {
    let rows = context.profile.avoidable
    var columns: [Column<Avoidable>] = [
      Column("What", .name) { what($0) }.sorted { $0.kind.definition.title },
      Column("Device", .text) { context.link($0.device) },
    ]
    if rows.contains(where: { $0.estimate.high > 0 }) {
      columns.append(
        Column("Saves") {
          $0.estimate.high > 0 ? "\($0.isUpperBound ? "≤ " : "")\(Formatting.range($0.estimate))" : ""
        }.sorted { String(Numbers.nanoseconds($0.estimate.mid)) })
    }
    if rows.contains(where: { $0.direction != .none }) {
      columns.append(Column("Direction", .text) { "\($0.direction == .none ? "" : $0.direction.name)" })
    }
    if rows.contains(where: { !$0.callSite.isEmpty }) {
      columns.append(Column("Call site", .text) { "<code>\($0.callSite)</code>" })
    }
    columns.append(Column("Calls") { "\($0.occurrences)" }.sorted { String($0.calls) })
    if rows.contains(where: { $0.work.lines > 0 }) { columns.append(.count("Lines") { $0.work.lines }) }
    if rows.contains(where: { $0.bouncedBytes > 0 }) { columns.append(.bytes("Copied") { $0.bouncedBytes }) }
    if rows.contains(where: { $0.iotlbInvalidations > 0 }) {
      columns.append(.count("IOTLB") { $0.iotlbInvalidations })
    }
    if rows.contains(where: { $0.memoryBytes > 0 }) { columns.append(.bytes("Memory") { $0.memoryBytes }) }
    return columns
  }

  private func what(_ row: Avoidable) -> Markup {
    Piece.define(row.kind.rawValue, row.kind.definition.title)
  }

  /// What to do about each kind, in the order of the table.
  private func remedies(_ rows: [Avoidable]) -> Markup {
    var met: Set<Avoidable.Kind> = []
    let kinds = rows.map(\.kind).filter { met.insert($0).inserted }
    return Piece.facts(kinds.map { ($0.definition.title, "\($0.remedy)") })
  }
}
