import DMAModel
import Replay

/// The rows of device × call × direction, most lines first.
struct OperationsTable {
  let context: ReportContext

  private static let limit = 60

  /// Empty where nothing was called.
  var markup: Markup {
    let all = context.profile.operations
    if all.isEmpty { return "" }
    let shown = Array(all.prefix(OperationsTable.limit))
    let table = ScrollTable(
      label: "Calls by device and direction", columns: columns, rows: shown, sortable: shown.count > 1,
      filterLabel: shown.count > 12 ? "Filter calls" : nil)
    return """
      <h3 class="sub">By call of the DMA API</h3>\(table.markup)\(Piece.omitted(all.count - shown.count, "rows"))
      """
  }

  private var columns: [Column<OperationProfile>] {
    let all = context.profile.operations
    var columns: [Column<OperationProfile>] = [
      Column("Device", .name) { context.link($0.device) }.sorted { $0.device },
      Column("Call", .text) { "\($0.operation.name)" },
      Column("Direction", .text) { "\($0.direction == .none ? "" : $0.direction.name)" },
      .count("API calls") { $0.apiCalls },
    ]
    if context.hasMaintenance {
      let whole = Numbers.sum(all.map(\.work.lines))
      columns.append(.count("Lines cleaned") { $0.work.cleanedLines })
      columns.append(.count("Invalidated") { $0.work.invalidatedLines })
      columns.append(
        Column("Share of lines") {
          Piece.meter(Numbers.share($0.work.lines, of: whole))
        }.sorted { String($0.work.lines) })
      columns.append(.bytes("Bytes a call") { OperationsTable.average($0.maintenance) })
    }
    if all.contains(where: { $0.bouncedBytes > 0 }) { columns.append(.bytes("Bounced") { $0.bouncedBytes }) }
    if all.contains(where: { $0.estimate.high > 0 }) {
      columns.append(
        Column("Cost") {
          $0.estimate.high > 0 ? "\(Formatting.range($0.estimate))" : "<span class=\"zero\">0</span>"
        }.sorted { String(Numbers.nanoseconds($0.estimate.mid)) })
    }
    return columns
  }

  /// Bytes that a maintenance call named on average, those of unknown size left out.
  static func average(_ sum: Maintenance) -> UInt64 {
    let sized = sum.calls > sum.unsizedCalls ? sum.calls - sum.unsizedCalls : 0
    return sized == 0 ? 0 : sum.bytes / sized
  }
}
