import Replay

/// The built-in platform profiles, for people.
public enum PlatformList {
  /// - Parameter width: columns.
  public static func text(width: Int, color: Bool) -> String {
    var table = Table([
      .init(title: "Platform", alignment: .left), .init(title: "Architecture", alignment: .left),
      .init(title: "Line", unit: "bytes"), .init(title: "Call", unit: "ns"),
      .init(title: "Clean", unit: "ns a line"), .init(title: "Invalidate", unit: "ns a line"),
      .init(title: "Machine", alignment: .left, shrinksTo: 20),
    ])
    for profile in PlatformProfile.builtIn {
      func price(_ work: Work) -> Table.Cell {
        .init(profile.prices[work].map { Formatting.nanoseconds($0.range) } ?? "")
      }
      table.add([
        .init(profile.name ?? ""), .init(profile.architecture ?? ""),
        .init(profile.cacheLine.map(String.init) ?? ""), price(.call), price(.cleanLine),
        price(.invalidateLine), .init(profile.summary ?? ""),
      ])
    }
    var page = TextPage(TextOptions(width: width, color: color))
    page.heading(
      "Built-in platforms", "none is calibrated: no measurement of such a machine stands behind them")
    page.table(table)
    return page.text
  }
}
