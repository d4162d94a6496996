import DMAModel
import Replay

extension TextReport {
  /// The most that one change would save, for the summary.
  var avoidable: [String] {
    guard let first = profile.avoidable.first else { return profile.devices.isEmpty ? [] : ["nothing found"] }
    var parts = ["\(first.kind.definition.title.lowercasedFirst), \(first.occurrences)", first.device]
    if first.estimate.high > 0 {
      parts.append("saves \(first.isUpperBound ? "up to " : "")≈ \(Formatting.range(first.estimate))")
    }
    let more = profile.avoidable.count - 1
    if more > 0 { parts.append("\(more) more below") }
    return parts
  }

  /// What could be saved, ranked, and how.
  func addAvoidable(to page: inout TextPage) {
    guard !profile.avoidable.isEmpty else { return }
    let rows = profile.avoidable
    let scale = Formatting.timeUnit(for: rows.map(\.estimate.high).max() ?? 0)
    var table = Table([
      .init(title: "What", alignment: .left, shrinksTo: 20),
      .init(title: "Device", alignment: .left, shrinksTo: 12),
      .init(title: "Direction", alignment: .left, dropOrder: 3),
      .init(title: "Call site", alignment: .left, shrinksTo: 16, dropOrder: 2), .init(title: "Calls"),
      .init(title: "Lines"), .init(title: "Copied", dropOrder: 4), .init(title: "IOTLB", dropOrder: 5),
      .init(title: "Memory", dropOrder: 6), .init(title: "Saves", unit: scale.unit, dropOrder: 1),
    ])
    let (shown, further) = top(rows)
    for row in shown {
      let saving = row.estimate.high > 0 ? cost(row.estimate, scale.scale) : ""
      table.add([
        .init(row.kind.definition.title), .init(row.device),
        .init(row.direction == .none ? "" : row.direction.name), .init(row.callSite), .init(row.occurrences),
        .init(row.work.lines == 0 ? "" : number(row.work.lines)),
        .init(row.bouncedBytes == 0 ? "" : size(row.bouncedBytes)),
        .init(row.iotlbInvalidations == 0 ? "" : number(row.iotlbInvalidations)),
        .init(row.memoryBytes == 0 ? "" : size(row.memoryBytes)),
        .init(row.isUpperBound && !saving.isEmpty ? "≤ " + saving : saving),
      ])
    }
    page.heading("Avoidable", "rows overlap; ≤: how much of it is needed is not in the trace")
    page.table(table, further: further)
    var met: Set<Avoidable.Kind> = []
    for row in shown where met.insert(row.kind).inserted {
      page.entry(row.kind.definition.title, [row.kind.remedy], indent: 2, labelWidth: 32)
    }
  }
}
