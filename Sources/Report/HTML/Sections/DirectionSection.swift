import DMAModel
import Replay

/// Where the lines come from: a bar a device, divided by step and direction.
struct DirectionSection {
  let context: ReportContext

  /// A part of a bar, in the order in which parts are drawn.
  struct Part {
    var step: MaintenanceStep
    var direction: Direction
    var colour: String
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
    var lines: UInt64
  }

  private static let limit = 16

  var section: Section? {
    let all = context.ranking.devices.filter { $0.maintenance.total.calls > 0 }
      .sorted { $0.maintenance.total.lines > $1.maintenance.total.lines }
    guard !all.isEmpty else { return nil }
    var rows = all.prefix(DirectionSection.limit).map {
      Row(name: context.link($0.name), table: $0.maintenance, lines: $0.maintenance.total.lines)
    }
    let rest = all.dropFirst(DirectionSection.limit)
    if !rest.isEmpty {
      var table = MaintenanceTable()
      for device in rest { table += device.maintenance }
      rows.append(Row(name: "\(rest.count) other devices", table: table, lines: table.total.lines))
    }
    let longest = rows.map(\.lines).max() ?? 0
    return Section(
      id: "direction", title: "By device and direction",
      lead: """
        \(Piece.define("line", "Cache lines")) that the calls cover, by the \
        \(Piece.define("maintenance", "step of maintenance")) and the direction of the mapping.
        """,
      body: """
        \(legend)<div class="bars">\(rows.map { bar($0, longest) })</div>\
        \(Piece.more("The bars as a table", numbers(rows)))
        """)
  }

  private var used: [Part] {
    DirectionSection.parts.filter { part in
      context.profile.devices.contains { $0.maintenance[part.step, part.direction].calls > 0 }
    }
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
        + "\(Formatting.percent(Formatting.share(lines, of: row.lines)))"
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
      <div class="bar-value">\(count: row.lines)</div></div>
      """
  }

  private func numbers(_ rows: [Row]) -> Markup {
    var columns: [Column<Row>] = [Column("Device", .name) { $0.name }]
    for part in used {
      columns.append(.count(title(part)) { $0.table[part.step, part.direction].lines })
    }
    columns.append(.count("All lines") { $0.lines })
    columns.append(.count("Calls") { $0.table.total.calls })
    return ScrollTable(label: "Lines by step and direction", columns: columns, rows: rows).markup
  }
}
