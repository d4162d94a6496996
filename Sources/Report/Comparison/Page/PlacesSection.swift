import Comparison
import DMAModel
import Replay

/// Directions, calls, call sites and tasks: which of them changed, which only one side has.
struct PlacesSection {
  let context: ComparisonContext
  private var comparison: RunComparison { context.comparison }
  private static let limit = 60

  var section: Section? {
    let parts = comparison.parts.filter { $0.isChange || $0.isUncertain }
    let groups: [(title: String, rows: [Change])] = [
      ("Directions", parts.filter { if case .direction = $0.scope { true } else { false } }),
      ("Calls", parts.filter { if case .call = $0.scope { true } else { false } }),
      ("Call sites", parts.filter { if case .site = $0.scope { true } else { false } }),
    ]
    let tables = groups.filter { !$0.rows.isEmpty }.map { title, rows -> Markup in
      """
      <h3 class="sub">\(title)</h3>\
      \(ScrollTable(
        label: title,
        columns: [ChangeColumns.place("Where", context), ChangeColumns.secondMetric] + ChangeColumns.figures,
        rows: Array(rows.prefix(Self.limit)), filterLabel: rows.count > 12 ? "Filter" : nil).markup)\
      \(Piece.omitted(rows.count - Self.limit, "rows"))
      """
    }
    let body =
      tables.joined() + sites("+ New call sites", comparison.newSites)
      + sites("− Gone call sites", comparison.goneSites) + tasks
    if body.isEmpty { return nil }
    return Section(
      id: "places", title: "Directions, calls, call sites, tasks",
      lead: "What differs, the largest effect first; what is the same on both sides is left out.", body: body)
  }

  private func sites(_ title: String, _ sites: [Scope]) -> Markup {
    if sites.isEmpty { return "" }
    let items = sites.prefix(Self.limit).map { "<li>\(Shortening.sentence($0.text))</li>" as Markup }
    return """
      <h3 class="sub">\(title)</h3><ul class="changes">\(items)</ul>\
      \(Piece.omitted(sites.count - Self.limit, "call sites"))
      """
  }

  private struct Task {
    var name: String
    var base: Double
    var new: Double
  }

  /// Cache lines, or calls where there are none, by task and MiB mapped. The tasks of a run are totals, so there is no
  /// test.
  private var tasks: Markup {
    let all = (context.base.profiles + context.new.profiles).flatMap(\.tasks)
    if all.isEmpty { return "" }
    let hasLines = all.contains { $0.work.lines > 0 }
    let weight: (TaskProfile) -> UInt64 = { hasLines ? $0.work.lines : $0.apiCalls }
    let (base, new) = (sums(context.base, weight), sums(context.new, weight))
    let rows = Set(base.keys).union(new.keys).map {
      Task(name: $0, base: base[$0] ?? 0, new: new[$0] ?? 0)
    }.filter { $0.base != $0.new }
      .sorted { (abs($0.new - $0.base), $1.name) > (abs($1.new - $1.base), $0.name) }
    if rows.isEmpty { return "" }
    let unit = hasLines ? "lines/MiB" : "calls/MiB"
    let columns: [Column<Task>] = [
      Column("Task", .name) { "\($0.name)" },
      Column("Base, \(unit)") { "\(Metric.number($0.base))" },
      Column("New, \(unit)") { "\(Metric.number($0.new))" },
      Column("Difference") { "\(DifferenceScale.words($0.base, $0.new))" },
    ]
    return """
      <h3 class="sub">Tasks</h3><p class="note">All runs of a side together, not tested. Who runs when is chance: \
      interrupts are counted for the task that they meet.</p>\
      \(ScrollTable(label: "Tasks", columns: columns, rows: Array(rows.prefix(20))).markup)\
      \(Piece.omitted(rows.count - 20, "tasks"))
      """
  }

  private func sums(
    _ side: ComparisonContext.Side, _ weight: (TaskProfile) -> UInt64
  ) -> [String: Double] {
    let mapped = side.profiles.reduce(0) { $0 + Double($1.totals.map.bytes) } / Double(1 << 20)
    guard mapped > 0 else { return [:] }
    var sums: [String: Double] = [:]
    for task in side.profiles.flatMap(\.tasks) {
      sums[task.name, default: 0] += Double(weight(task)) / mapped
    }
    return sums
  }
}
