import Comparison
import DMAModel
import Replay

/// Both sides, run by run.
struct RunsSection {
  let context: ComparisonContext
  private static let limit = 40

  var section: Section {
    let rows = [context.base, context.new].flatMap { side in
      side.profiles.indices.map { Row(side: side, index: $0) }
    }
    let table = ScrollTable(label: "Runs", columns: columns, rows: Array(rows.prefix(Self.limit)))
    return Section(
      id: "runs", title: "Runs",
      body: table.markup + Piece.omitted(rows.count - Self.limit, "runs"))
  }

  private struct Row {
    var side: ComparisonContext.Side
    var index: Int
    var profile: Profile { side.profiles[index] }
    var recording: Recording { profile.recording }
  }

  private var columns: [Column<Row>] {
    [
      Column("Side", .name) { row in
        let number = row.side.profiles.count > 1 ? " \(row.index + 1)" : ""
        return "<span class=\"side \(row.side.word)\">\(row.side.word)\(number)</span>"
      },
      Column("Run", .text) { row in
        let merged = row.profile.merged.map { " (a sum of \(Formatting.count($0.count)) recordings)" } ?? ""
        return "\(Page.fileName(row.recording.path))\(merged)"
      },
      Column("System", .text) { row in
        "\([row.recording.kernel, row.recording.architecture].filter { !$0.isEmpty }.joined(separator: " "))"
      },
      Column("Length") { "\(Formatting.duration($0.recording.span))" },
      .count("Events") { $0.recording.events },
      Column("Lost", .text) { row in
        if row.recording.isIncomplete { return "a part could not be read" }
        if row.recording.lostEvents > 0 { return "\(count: row.recording.lostEvents) events" }
        return row.recording.lostWindows > 0 ? "some events" : "none"
      },
      .count("Mappings") { $0.profile.totals.map.calls }, .bytes("Mapped") { $0.profile.totals.map.bytes },
      .count("Lines") { $0.profile.totals.work.lines },
      .bytes("Bounced") { $0.profile.totals.bounce.bytes },
      Column("Read as", .text) { row in
        "\(row.profile.platform.name), \(count: row.profile.platform.cacheLine)-byte lines\(row.profile.filter.isEmpty ? "" : ", " + row.profile.filter)"
      },
      Column("Path", .text) { "\($0.recording.path)" },
    ]
  }
}
