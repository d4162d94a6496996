import DMAModel
import Replay

/// One row a device, which opens all that is known about it.
struct DevicesSection {
  let context: ReportContext

  /// Rows of the table; devices past it are summed in a line below.
  private static let limit = 96

  var section: Section? {
    let devices = context.ranking.devices
    guard !devices.isEmpty else { return nil }
    let shown = Array(devices.prefix(DevicesSection.limit))
    let table = ScrollTable(
      label: "Devices", columns: columns, rows: shown, sortable: devices.count > 1,
      filterLabel: devices.count > 8 ? "Filter devices" : nil,
      detail: { Piece.more("More about \($0.name)", DeviceDetail(device: $0, context: context).markup) },
      anchor: { context.ranking.anchor($0.name) })
    return Section(
      id: "devices", title: devices.count == 1 ? "The device" : "Devices",
      lead: """
        Bytes are those of the calls. A ? marks \(Piece.define("coherent", "coherence")) that is assumed, ≥ a \
        \(Piece.define("mask", "mask")) of which only a lower bound is known.
        """,
      body: table.markup + omitted(devices.dropFirst(DevicesSection.limit)))
  }

  private var columns: [Column<DeviceProfile>] {
    var columns: [Column<DeviceProfile>] = [
      Column("Device", .name) { context.label($0.name) }.sorted { $0.name },
      Column("Caches", .text) { "\(Wording.coherence($0))" },
      .count("Maps") { $0.map.calls },
      .bytes("Mapped") { $0.map.bytes },
    ]
    if context.hasMaintenance {
      columns.append(.count("Lines cleaned") { $0.work.cleanedLines })
      columns.append(.count("Invalidated") { $0.work.invalidatedLines })
    }
    if context.profile.totals.estimate.high > 0 {
      columns.append(
        Column("Cost") {
          $0.estimate.high > 0 ? "\(Formatting.range($0.estimate))" : "<span class=\"zero\">0</span>"
        }.sorted { String(Numbers.nanoseconds($0.estimate.mid)) })
    }
    columns += [
      Column("Mask, bits") { mask($0) }.sorted { String($0.streamingMask ?? 0) },
      Column("Top address, bits") { device in
        device.highestAddress == nil ? "<span class=\"zero\">–</span>" : "\(device.bitsUsed)"
      }.sorted { String($0.highestAddress ?? 0) },
      .bytes("Bounced") { $0.bounce.bytes },
      Column("Pressure") {
        $0.pressure > 0
          ? "\(Formatting.percent(Numbers.unit($0.pressure)))" : "<span class=\"zero\">0 %</span>"
      }.sorted { Coordinate.text($0.pressure * 1000) },
      .bytes("Most mapped") { Numbers.add($0.peak.bytes, $0.peak.coherentBytes) },
    ]
    return columns
  }

  private func mask(_ device: DeviceProfile) -> Markup {
    guard let mask = device.streamingMask else { return "<span class=\"zero\">–</span>" }
    let bits = mask & (mask &+ 1) == 0 ? "\(64 - mask.leadingZeroBitCount)" : Formatting.hex(mask)
    return "\(device.maskBecause == .observed ? "≥ " : "")\(bits)"
  }

  private func omitted(_ rest: ArraySlice<DeviceProfile>) -> Markup {
    if rest.isEmpty { return "" }
    let lines = Numbers.sum(rest.map(\.work.lines))
    let bytes = Numbers.sum(rest.map(\.map.bytes))
    return """
      <p class="note">\(rest.count) more devices are not shown; together they have \(count: lines) lines and \
      \(bytes: bytes) mapped.</p>
      """
  }
}
