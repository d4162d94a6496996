import DMAModel
import Replay

/// Differential flame graphs (Gregg, "Differential Flame Graphs", 2014): a frame is as wide as its share of one side's
/// work, and coloured by how much more or less that is than on the other side. The second graph has the base's widths,
/// so that what is gone is seen too.
struct DifferenceSection {
  let context: ComparisonContext
  private static let limit = 40

  var section: Section? {
    let (base, new) = (context.base.profiles, context.new.profiles)
    let withStacks = (base + new).allSatisfy { !$0.callSites.isEmpty }
    let all = DifferenceStacks.Measure.allCases.map {
      DifferenceStacks($0, base: base, new: new, withStacks: withStacks)
    }
    // Calls are shown where nothing that costs is.
    var shown = all.filter { $0.measure != .calls && !$0.isEmpty }
    if shown.isEmpty { shown = all.filter { !$0.isEmpty } }
    if shown.isEmpty { return nil }
    return Section(
      id: "where", title: "Where the difference is",
      lead: """
        Frames are as wide as their share of one side, and coloured by how they differ from the other side, a MiB \
        mapped\(pooled). A colour is a difference, not evidence of one: that is in the tables. \(about(withStacks))
        """,
      body: shown.map(graphs).joined())
  }

  private var pooled: String {
    context.base.profiles.count + context.new.profiles.count > 2
      ? ", all runs of a side added up and divided by all that they mapped" : ""
  }

  /// What the frames are, and what is missing of them.
  private func about(_ withStacks: Bool) -> String {
    let all = context.base.profiles + context.new.profiles
    if withStacks {
      let parts = [context.base, context.new].compactMap { side -> String? in
        let share = Self.covered(side.profiles)
        return share < 0.995 ? "\(Formatting.percent(share)) of the \(side.word) side's" : nil
      }
      if parts.isEmpty { return "Outermost are devices, innermost the calls of the API." }
      return
        "Outermost are devices, innermost the calls of the API. Stacks are recorded for \(parts.joined(separator: ", ")) calls only."
    }
    let count = all.count { !$0.callSites.isEmpty }
    let which =
      count == 0 ? "No run has call stacks" : "Only \(count) of \(all.count) runs have call stacks"
    return "\(which) (dmascope capture --with stacks): device, call and direction stand for them."
  }

  private static func covered(_ profiles: [Profile]) -> Double {
    let all = profiles.reduce(0) { $0 + $1.operations.reduce(0) { $0 + Double($1.apiCalls) } }
    let known = profiles.reduce(0) { $0 + $1.callSites.reduce(0) { $0 + Double($1.apiCalls) } }
    return all > 0 ? min(1, known / all) : 1
  }

  private func graphs(_ stacks: DifferenceStacks) -> Markup {
    let legend: [(colour: String, label: Markup)] = DifferenceScale.legend.map {
      ("diff-\($0.step.rawValue)", "\($0.text)")
    }
    let title = stacks.measure.title
    let sides: [(String, String, KeyPath<DifferenceStacks.Row, Double>, Double)] = [
      ("new", "The new side's widths", \.new, stacks.new), ("base", "The base's widths", \.base, stacks.base),
    ]
    let graphs = sides.map { word, heading, key, total -> Markup in
      let isNew = word == "new"
      guard let tree = stacks.tree(widths: key) else {
        let other = isNew ? "all that the base has is gone" : "all that the new side has is new"
        return "<h4>\(heading)</h4><p>None: \(other).</p>"
      }
      let graph = FlameGraph(
        tree: tree, title: "\(title), \(word) side",
        description:
          "the whole width is \(stacks.measure.text(total)). The table below has the largest differences."
      ) { node in
        let (base, new) = isNew ? (node.other, node.weight) : (node.weight, node.other)
        let name = DifferenceScale.sign(base, new) + node.frame.name
        return .init(
          style: "diff-\(DifferenceScale.step(base, new).rawValue)\(node.isCaller ? " caller" : "")",
          label: DifferenceScale.sign(base, new) + node.frame.function,
          title:
            "\(name): \(stacks.measure.text(base)) → \(stacks.measure.text(new)), \(DifferenceScale.words(base, new))"
        )
      }
      let narrow: Markup =
        tree.omitted == 0
        ? "" : "<p class=\"note\">\(count: UInt64(tree.omitted)) frames were too narrow to be drawn.</p>"
      return """
        <h4>\(heading) <span class="unit">the whole is \(stacks.measure.text(total))</span></h4>\
        \(graph.markup)\(narrow)
        """
    }
    return Figure(
      title: title,
      unit:
        "\(stacks.measure.text(stacks.base)) → \(stacks.measure.text(stacks.new)), \(DifferenceScale.words(stacks.base, stacks.new))",
      legend: legend, plot: graphs.joined(), attributes: "class=\"chart difference\"", after: list(stacks)
    ).markup
  }

  /// Where one side's symbols were not recorded, the same code seems to be another.
  private func unnamed(_ stacks: DifferenceStacks) -> Markup {
    let parts = [("base", stacks.nameless(\.base)), ("new side", stacks.nameless(\.new))].filter {
      $0.1 > 0.01
    }
    .map { "\(Formatting.percent($0.1)) of the \($0.0)'s" }
    if parts.isEmpty { return "" }
    return """
      <p class="note">Callers without a symbol stand for \(parts.joined(separator: ", ")): the same code may seem gone \
      here and new there.</p>
      """
  }

  private func list(_ stacks: DifferenceStacks) -> Markup {
    let rows = stacks.ranked
    if rows.isEmpty { return "<p class=\"note\">No stack differs.</p>" }
    let text = { (value: Double) -> Markup in
      value == 0 ? "<span class=\"zero\">0</span>" : "\(stacks.measure.text(value))"
    }
    let columns: [Column<DifferenceStacks.Row>] = [
      Column("Where", .name, cell: place),
      Column("Change") { "\(DifferenceScale.words($0.base, $0.new))" }.sorted { row in
        String(DifferenceScale.sortKey(row.base > 0 ? row.new / row.base : .infinity))
      },
      Column("Base") { text($0.base) }.sorted { Coordinate.text($0.base) },
      Column("New") { text($0.new) }.sorted { Coordinate.text($0.new) },
      Column("Difference") { row in
        "\(row.new > row.base ? "+" : "−")\(stacks.measure.text(abs(row.new - row.base)))"
      }.sorted { Coordinate.text($0.new - $0.base) },
    ]
    return """
      <h4>The largest differences</h4>\(unnamed(stacks))\
      \(ScrollTable(
        label: "The largest differences", columns: columns, rows: Array(rows.prefix(Self.limit)), sortable: true,
        filterLabel: rows.count > 8 ? "Filter" : nil).markup)\(Piece.omitted(rows.count - Self.limit, "stacks"))
      """
  }

  /// The caller, call and device; opens to the stack.
  private func place(_ row: DifferenceStacks.Row) -> Markup {
    let frames = row.frames
    guard frames.count > 2, !row.caller.isEmpty, let call = frames.last, let device = frames.first else {
      return "\(frames.map(\.name).joined(separator: ", "))"
    }
    let items = frames.dropFirst().reversed().prefix(26).map { frame -> Markup in
      frame.name == row.caller ? "<li class=\"here\">\(frame.name)</li>" : "<li>\(frame.name)</li>"
    }
    return """
      <details><summary><code>\(row.caller)</code>, \(call.name), \(device.name)</summary>\
      <ol class="stack">\(items)</ol></details>
      """
  }
}
