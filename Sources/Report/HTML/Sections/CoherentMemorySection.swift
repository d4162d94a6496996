import DMAModel
import Replay

/// Memory that was allocated for devices, and the pools cut from it.
struct CoherentMemorySection {
  let context: ReportContext

  private static let limit = 100

  var section: Section? {
    let devices = context.ranking.devices.filter { $0.allocate.calls > 0 || $0.free.calls > 0 }
    let pools = context.profile.pools
    guard !devices.isEmpty || !pools.isEmpty else { return nil }
    return Section(
      id: "coherent", title: pools.isEmpty ? "Coherent memory" : "Coherent memory and pools",
      body: memory(devices) + self.pools(pools))
  }

  private func memory(_ devices: [DeviceProfile]) -> Markup {
    if devices.isEmpty { return "<p>No coherent memory was allocated.</p>" }
    var columns: [Column<DeviceProfile>] = [
      Column("Device", .name) { context.link($0.name) }.sorted { $0.name },
      .count("Allocated") { $0.allocate.calls }, .bytes("Bytes") { $0.allocate.bytes },
      .count("Failed") { $0.allocate.failed }, .count("Freed") { $0.free.calls },
      .count("Blocks at the end") { $0.live.coherentBlocks },
      .bytes("Bytes at the end") { $0.live.coherentBytes },
      .bytes("Most bytes") { $0.peak.coherentBytes },
    ]
    if devices.contains(where: { $0.work.preparedLines > 0 }) {
      columns.append(.count("Lines prepared") { $0.work.preparedLines })
    }
    let shown = Array(devices.prefix(CoherentMemorySection.limit))
    return ScrollTable(label: "Coherent memory", columns: columns, rows: shown, sortable: shown.count > 1)
      .markup
      + Piece.omitted(devices.count - shown.count, "devices")
  }

  private func pools(_ pools: [PoolProfile]) -> Markup {
    if pools.isEmpty { return "" }
    let columns: [Column<PoolProfile>] = [
      Column("Pool", .name) { "\($0.name.isEmpty ? "unnamed" : $0.name)" }.sorted { $0.name },
      Column("Device", .text) { context.link($0.device) },
      .bytes("Block") { $0.blockSize }, .bytes("Alignment") { $0.alignment },
      .bytes("Boundary") { $0.boundary },
      .count("Allocated") { $0.allocations }, .count("Freed") { $0.frees }, .count("Failed") { $0.failed },
      .count("At the end") { $0.live }, .count("Most") { $0.peak },
      Column("Most bytes") {
        "\(bytes: Numbers.multiply($0.peak, $0.blockSize))"
      }.sorted { String(Numbers.multiply($0.peak, $0.blockSize)) },
      Column("Recorded", .text) {
        "\($0.created ? $0.destroyed ? "made and destroyed" : "made" : $0.destroyed ? "destroyed" : "use only")"
      },
    ]
    let shown = Array(pools.prefix(CoherentMemorySection.limit))
    return """
      <h3 class="sub">\(Piece.define("pool", "Pools"))</h3>\
      \(ScrollTable(label: "Pools", columns: columns, rows: shown, sortable: shown.count > 1).markup)\
      \(Piece.omitted(pools.count - shown.count, "pools"))
      """
  }
}
