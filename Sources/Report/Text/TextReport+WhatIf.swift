import DMAModel
import Replay

extension TextReport {
  /// The recording as it was, and under each assumption.
  func addWhatIf(to page: inout TextPage) {
    guard !profile.whatIf.isEmpty else { return }
    let estimates = [profile.totals.estimate] + profile.whatIf.map(\.totals.estimate)
    let scale = Formatting.timeUnit(for: estimates.map(\.high).max() ?? 0)
    var table = Table([
      .init(title: "What if", alignment: .left, shrinksTo: 20), .init(title: "Calls"),
      .init(title: "Cleaned", unit: "lines"),
      .init(title: "Invalidated", unit: "lines"), .init(title: "Prepared", unit: "lines", dropOrder: 3),
      .init(title: "Bounced", unit: "maps", dropOrder: 1), .init(title: "Copied"),
      .init(title: "IOTLB", dropOrder: 2), .init(title: "Cost", unit: scale.unit),
    ])
    func add(_ name: String, _ totals: Totals, _ sign: String) {
      let copied = totals.bounce.bytesIn &+ totals.bounce.bytesOut
      table.add([
        .init(name), .init(number(totals.work.calls)), .init(number(totals.work.cleanedLines)),
        .init(number(totals.work.invalidatedLines)), .init(number(totals.work.preparedLines)),
        .init(number(totals.bounce.mappings)), .init(size(copied)), .init(number(totals.iotlbInvalidations)),
        .init(totals.estimate.high > 0 ? sign + cost(totals.estimate, scale.scale) : "·"),
      ])
    }
    add("as recorded", profile.totals, "")
    for scenario in profile.whatIf {
      add(scenario.assumption, scenario.totals, scenario.isLowerBound ? "≥ " : "")
    }
    page.heading("What if", "the same recording under other assumptions; ≥: at least so much is left")
    page.table(table, further: 0)
  }
}
