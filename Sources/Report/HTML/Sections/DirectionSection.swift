import DMAModel
import Replay

/// Where the lines come from: a bar a device, divided by step and direction.
struct DirectionSection {
  let context: ReportContext
  /// The parts that occur, those without work last.
  private let used: [Part]

  init(context: ReportContext) {
    self.context = context
    used = DirectionSection.parts(of: context.profile)
  }

  /// A part of a bar, in the order in which parts are drawn.
  struct Part {
    var step: MaintenanceStep
    var direction: Direction
    var colour: String
    /// Whether the architecture has nothing to do for it.
    var isIdle = false
  }

  static let parts: [Part] = [
    Part(step: .forDevice, direction: .toDevice, colour: "s1"),
    Part(step: .forDevice, direction: .bidirectional, colour: "s2"),
    Part(step: .forDevice, direction: .fromDevice, colour: "s3"),
    Part(step: .forCPU, direction: .fromDevice, colour: "s4"),
    Part(step: .forCPU, direction: .bidirectional, colour: "s5"),
    Part(step: .forCPU, direction: .toDevice, colour: "s6"),
    Part(step: .prepare, direction: .bidirectional, colour: "s7"),
  ]

  private struct Row {
    var name: Markup
    var table: MaintenanceTable
    /// Lines of the parts for which there is something to do, and of all.
    var lines: UInt64
    var covered: UInt64
  }

  private static let limit = 16

  var section: Section? {
    let operations = OperationsTable(context: context).markup
    let bars = self.bars
    guard !bars.isEmpty || !operations.isEmpty else { return nil }
    return Section(
      id: "direction", title: "By device, call and direction", lead: bars.isEmpty ? "" : lead,
      body: bars + operations)
  }

  private var lead: Markup {
    let idle: Markup =
      used.contains(where: \.isIdle)
      ? " Outlined: lines of calls for which this architecture has nothing to do; the number leaves them out."
      : ""
    return """
      \(Piece.define("line", "Cache lines")) that the calls cover, by the \
      \(Piece.define("maintenance", "step of maintenance")) and the direction of the mapping.\(idle)
      """
  }

  private var bars: Markup {
    let all = context.ranking.devices.filter { $0.maintenance.total.calls > 0 }
      .map { row(context.link($0.name), $0.maintenance) }
      .sorted { $0.lines != $1.lines ? $0.lines > $1.lines : $0.covered > $1.covered }
    if all.isEmpty { return "" }
    var rows = Array(all.prefix(DirectionSection.limit))
    let rest = all.dropFirst(DirectionSection.limit)
    if !rest.isEmpty {
      var table = MaintenanceTable()
      for row in rest { table += row.table }
      rows.append(row("\(rest.count) other devices", table))
    }
    let longest = rows.map(\.covered).max() ?? 0
    return """
      \(legend)<div class="bars">\(rows.map { bar($0, longest) })</div>\
      \(Piece.more("The bars as a table", numbers(rows)))
      """
  }

  private func row(_ name: Markup, _ table: MaintenanceTable) -> Row {
    let lines = Numbers.sum(used.filter { !$0.isIdle }.map { table[$0.step, $0.direction].lines })
    return Row(name: name, table: table, lines: lines, covered: table.total.lines)
  }

  private static func parts(of profile: Profile) -> [Part] {
    let parts = DirectionSection.parts.filter { part in
      profile.devices.contains { $0.maintenance[part.step, part.direction].calls > 0 }
    }.map { part in
      var part = part
      if profile.platform.operations[part.step]?[part.direction] == "none" {
        (part.isIdle, part.colour) = (true, "idle")
      }
      return part
    }
    return parts.filter { !$0.isIdle } + parts.filter(\.isIdle)
  }

  private func title(_ part: Part) -> String {
    part.step == .prepare ? "prepare" : Wording.step(part.step) + ", " + part.direction.name
  }

  /// `clean`, as the architecture does it; empty where that is not known.
  private func operation(_ part: Part) -> String {
    (context.profile.platform.operations[part.step]?[part.direction]).map(Wording.operation) ?? ""
  }

  private var legend: Markup {
    let entries = used.map { part -> Markup in
      let operation = operation(part)
      let suffix: Markup = operation.isEmpty ? "" : " <span class=\"unit\">(\(operation))</span>"
      return "<li><span class=\"swatch \(part.colour)\"></span>\(title(part))\(suffix)</li>"
    }
    return "<ul class=\"legend\">\(entries)</ul>"
  }

  private func bar(_ row: Row, _ longest: UInt64) -> Markup {
    var left = 0.0
    var spoken: [String] = []
    let segments = used.map { part -> Markup in
      let lines = row.table[part.step, part.direction].lines
      guard lines > 0 else { return "" }
      let share = Numbers.share(lines, of: longest)
      let text =
        "\(title(part)): \(Formatting.count(lines, "line")), "
        + "\(Formatting.percent(Formatting.share(lines, of: row.covered)))"
      spoken.append(text)
      defer { left += share }
      return """
        <rect class="seg \(part.colour)" x="\(Axis.percent(left))" width="\(Axis.percent(share))" \
        height="100%"><title>\(text)</title></rect>
        """
    }
    return """
      <div class="bar"><div class="bar-name">\(row.name)</div>\
      <svg width="100%" height="18" role="img" aria-label="\(spoken.joined(separator: "; "))">\(segments)</svg>\
      <div class="bar-value">\(Formatting.count(row.lines, "line"))</div></div>
      """
  }

  private func numbers(_ rows: [Row]) -> Markup {
    var columns: [Column<Row>] = [Column("Device", .name) { $0.name }]
    for part in used {
      columns.append(.count(title(part)) { $0.table[part.step, part.direction].lines })
    }
    columns.append(.count("All lines") { $0.covered })
    columns.append(.count("Calls") { $0.table.total.calls })
    return ScrollTable(label: "Lines by step and direction", columns: columns, rows: rows).markup
  }
}
