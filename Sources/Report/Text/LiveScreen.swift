import DMAModel
import Replay

/// The first screen of a report on a recording that goes on: what is read, what limits it, the answer, the devices.
///
///     for line in LiveScreen(profile, options: TextOptions(color: true)).lines(rows: 24, columns: 80) { print(line) }
///
/// What has no room is left out, the least important first; the report at the end has it.
public struct LiveScreen {
  private let profile: Profile
  private let options: TextOptions

  /// - Parameter profile: a snapshot of a replay.
  public init(_ profile: Profile, options: TextOptions) { (self.profile, self.options) = (profile, options) }

  /// All of it, for where there is no screen to fit.
  public func render() -> String { parts(options, options.width).whole.joined(separator: "\n") + "\n" }

  /// At most so many lines, none wider than so many columns. Fewer than 30 columns count as 30.
  public func lines(rows: Int, columns: Int) -> [String] {
    let columns = max(30, columns)
    var options = options
    var parts = parts(options, columns)
    // Devices that cost little, then what stands under the first line of each row, then whole rows.
    while parts.count > rows, options.top > 3 {
      options.top = min(options.top - 1, max(3, profile.devices.count - 1))
      parts.devices = self.parts(options, columns).devices
    }
    for limit in [2, 1] where parts.count > rows { parts.shorten(to: limit) }
    for label in LiveScreen.expendable where parts.count > rows { parts.drop(label) }
    while parts.count > rows, options.top > 1 {
      options.top -= 1
      parts.devices = self.parts(options, columns).devices
    }
    return Array(parts.whole.prefix(max(0, rows)))
  }

  /// Rows of the summary that go first where there is no room.
  private static let expendable = [
    "Avoidable", "IOMMU", "Unknown", "Most of it", "Now", "Masks", "Bounces", "Failed",
  ]

  private func parts(_ options: TextOptions, _ width: Int) -> Parts {
    let report = TextReport(profile, options: options, isOver: false)
    func lines(_ add: (inout TextPage) -> Void) -> [String] {
      var page = TextPage(options, width: width)
      add(&page)
      return page.lines
    }
    return Parts(
      headline: lines(report.addHeadline), caveats: lines(report.addCaveats),
      summary: Parts.rows(lines(report.addSummary)), devices: lines(report.addDevices))
  }

  private struct Parts {
    var headline: [String]
    var caveats: [String]
    /// Lines of each row.
    var summary: [[String]]
    var devices: [String]

    /// Rows begin at the edge, further lines of theirs do not.
    static func rows(_ lines: [String]) -> [[String]] {
      var rows: [[String]] = []
      for line in lines {
        if line.hasPrefix(" "), !rows.isEmpty {
          rows[rows.count - 1].append(line)
        } else {
          rows.append([line])
        }
      }
      return rows
    }

    var whole: [String] {
      [headline, caveats, summary.flatMap { $0 }, devices].filter { !$0.isEmpty }.map {
        Array($0.drop { $0.isEmpty })
      }
      .joined(separator: [""]).map { $0 }
    }

    var count: Int { whole.count }

    mutating func shorten(to limit: Int) {
      summary = summary.map { Array($0.prefix(limit)) }
      // What is cut is no sentence: the heads of the caveats are enough to know that there are some.
      if caveats.count > limit { caveats = Array(caveats.prefix(limit)) }
      headline = Array(headline.prefix(2))
    }

    mutating func drop(_ label: String) {
      summary.removeAll { row in
        guard let first = row.first else { return true }
        // The label may be in colour.
        let text = first.hasPrefix("\u{1b}") ? first.drop { $0 != "m" }.dropFirst() : first[...]
        return text.hasPrefix(label + " ")
      }
    }
  }
}
