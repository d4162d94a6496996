import DMAModel
import Replay

/// What was still mapped when the recording ended.
struct LiveSection {
  let context: ReportContext

  private static let limit = 200

  var section: Section? {
    let live = context.profile.live
    guard !context.profile.devices.isEmpty else { return nil }
    if live.isEmpty {
      return Section(
        id: "live", title: "Mapped at the end",
        body: "<p>Nothing that was mapped during the recording was still mapped at its end.</p>")
    }
    let shown = Array(live.prefix(LiveSection.limit))
    let table = ScrollTable(
      label: "Mapped at the end", columns: columns(shown), rows: shown, sortable: shown.count > 1,
      filterLabel: shown.count > 12 ? "Filter mappings" : nil)
    let uncertain: Markup =
      live.contains(where: \.uncertain)
      ? " A ? marks what is \(Piece.define("uncertain", "uncertain"))." : ""
    return Section(
      id: "live", title: "Mapped at the end",
      lead:
        "\(Formatting.count(UInt64(live.count), "mapping or block", plural: "mappings and blocks")).\(uncertain)",
      body: table.markup + Piece.omitted(live.count - shown.count, "mappings"))
  }

  /// An address that sorts as text.
  private static func sortable(_ address: UInt64) -> String {
    let digits = String(address, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private func columns(_ shown: [LiveMapping]) -> [Column<LiveMapping>] {
    var columns: [Column<LiveMapping>] = [
      Column("Bus address", .name) {
        "<code>\(Formatting.hex($0.busAddress))</code>\($0.uncertain ? " ?" : "")"
      }.sorted { LiveSection.sortable($0.busAddress) },
      Column("Device", .text) { context.link($0.device) },
      Column("Kind", .text) { "\($0.kind.rawValue)" },
      Column("Direction", .text) { "\($0.direction == .none ? "" : $0.direction.name)" },
      .bytes("Size") { $0.size },
      Column("Age") { "\(Formatting.duration($0.age))" }.sorted { String($0.age) },
    ]
    if shown.contains(where: { $0.physicalAddress != nil }) {
      columns.append(
        Column("Physical address", .code) {
          "\($0.physicalAddress.map(Formatting.hex) ?? "")"
        }.sorted { LiveSection.sortable($0.physicalAddress ?? 0) })
    }
    if shown.contains(where: { !$0.task.isEmpty }) { columns.append(Column("Task", .text) { "\($0.task)" }) }
    if shown.contains(where: { !$0.callSite.isEmpty }) {
      columns.append(Column("Call site", .code) { "\($0.callSite)" })
    }
    return columns
  }
}
