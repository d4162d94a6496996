import Replay

/// Mask pressure of each device in figures, and what bounces took of the pool.
struct MaskTables {
  let context: ReportContext
  let devices: [DeviceProfile]

  private static let limit = 60

  var markup: Markup {
    "\(pressure)\(slots)"
  }

  private var pressure: Markup {
    let rows = Array(devices.sorted { $0.pressure > $1.pressure }.prefix(MaskTables.limit))
    var columns: [Column<DeviceProfile>] = [
      Column("Device", .name) { context.link($0.name) },
      Column("Mask") { "\(Wording.mask(of: $0))" }
        .sorted { String(64 - ($0.streamingMask ?? 0).leadingZeroBitCount) },
    ]
    if rows.contains(where: { $0.requiredMask != nil }) {
      columns.append(
        Column("Required") { "\($0.requiredMask.map(Wording.mask) ?? "")" }
          .sorted { String(64 - ($0.requiredMask ?? 0).leadingZeroBitCount) })
    }
    columns += [
      Column("Highest address", .code) { "\($0.highestAddress.map(Formatting.hex) ?? "")" },
      Column("Headroom, bits") { "\($0.headroomBits.map(String.init) ?? "")" },
      .count("Bounced for it") { $0.bounce.mask }, .count("Failed maps") { $0.map.failed },
      Column("Pressure") { "\(Formatting.percent(Numbers.unit($0.pressure)))" }
        .sorted { String(Numbers.unit($0.pressure)) },
    ]
    if rows.contains(where: { $0.coherentZone != nil }) {
      columns.append(
        Column("Low coherent memory", .text) { device in
          device.coherentZone.map { "\($0.rawValue): \(bytes: device.peak.coherentBytes)" } ?? ""
        })
    }
    if rows.contains(where: { $0.iovaWindow != nil }) {
      columns += [
        Column("IOVA window used") { "\($0.iovaWindowShare.map { "≤ " + Formatting.percent($0) } ?? "")" }
          .sorted { String($0.iovaWindowShare ?? 0) },
        .count("Above it") { $0.mappingsAboveWindow },
      ]
    }
    let narrow = rows.filter { $0.sufficientDescriptorBits != nil }.map(\.name)
    let advice: Markup =
      narrow.isEmpty
      ? ""
      : "<p class=\"note\">32-bit descriptors would do for \(narrow.prefix(8).map { context.link($0) }.joined(", "))\(narrow.count > 8 ? " and others" : ""): the platform requires no more.</p>"
    return """
      <h3 class="sub">Pressure</h3><p class="note">\(Piece.define("mask-pressure", "Pressure")) is the share of the bytes wanted mapped that bounced for the mask \
      or failed because of it.</p>\
      \(ScrollTable(label: "Mask pressure", columns: columns, rows: rows).markup)\
      \(Piece.omitted(devices.count - rows.count, "devices"))\(advice)
      """
  }

  private var slots: Markup {
    guard let pool = context.profile.totals.slots else { return "" }
    let rows = Array(
      devices.filter { $0.slots != nil }.sorted { ($0.slots?.peak ?? 0) > ($1.slots?.peak ?? 0) }
        .prefix(MaskTables.limit))
    guard !rows.isEmpty else { return "" }
    let unserved = context.profile.recording.lostWindows > 0 ? "Without a mapping" : "Got no slot"
    let columns: [Column<DeviceProfile>] = [
      Column("Device", .name) { context.link($0.name) }, .count("Requests") { $0.bounce.requests },
      .count(unserved) { $0.bounce.unserved }, .count("Too large for any") { $0.bounce.tooLarge },
      .count("Slots at the peak") { $0.slots?.peak ?? 0 },
      .bytes("Memory at the peak") { Numbers.multiply($0.slots?.peak ?? 0, SlotUse.slotBytes) },
      .count("Slots at the end") { $0.slots?.live ?? 0 },
    ]
    return """
      <h3 class="sub">Bounce buffers</h3><p class="note">All devices together held at most \
      \(Piece.define("swiotlb-slot", Formatting.count(pool.peak, "slot"))) at once, \(bytes: Numbers.multiply(pool.peak, SlotUse.slotBytes)); \
      \(Formatting.pool(context.profile.platform.swiotlb, pool)).</p>\
      \(ScrollTable(label: "Bounce buffers", columns: columns, rows: rows).markup)
      """
  }
}
