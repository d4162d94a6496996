import DMAModel
import Replay

/// How wide the addresses are that each device was given, and where its mask ends.
struct MasksSection {
  let context: ReportContext

  private static let limit = 24

  var section: Section? {
    let all = context.ranking.devices.filter { device in device.byWidth.contains { $0.mappings > 0 } }
    guard !all.isEmpty else { return nil }
    let shown = all.prefix(MasksSection.limit)
    let range = bits(shown)
    return Section(
      id: "masks", title: "Masks",
      lead: """
        Bytes by \(Piece.define("address-width", "address width")): the bits that the last byte of a mapping needs. \
        The upright line is the device's \(Piece.define("mask", "mask")), dashed where only a lower bound is known; \
        nothing to its right can be reached.
        """,
      body: """
        <div class="multiples">\(shown.map { chart($0, range) })</div>\
        \(Piece.omitted(all.count - shown.count, "devices"))\(Piece.more("The charts as a table", table(all)))\
        \(MaskTables(context: context, devices: all).markup)
        """)
  }

  /// The widths that the charts have in common: what is used, and the masks.
  private func bits(_ devices: some Sequence<DeviceProfile>) -> ClosedRange<Int> {
    var low = 64
    var high = 1
    for device in devices {
      for (bits, count) in device.byWidth.enumerated() where count.mappings > 0 {
        low = min(low, bits)
        high = max(high, bits)
      }
      if let mask = device.streamingMask { high = max(high, 64 - mask.leadingZeroBitCount) }
    }
    let last = min(64, max(high, low + 8))
    return max(0, min(low, last - 12) - 1)...last
  }

  private func chart(_ device: DeviceProfile, _ range: ClosedRange<Int>) -> Markup {
    let counts = range.map { $0 < device.byWidth.count ? device.byWidth[$0] : WidthCount() }
    let most = counts.map(\.bytes).max() ?? 0
    let mask = device.streamingMask.map { 64 - $0.leadingZeroBitCount }
    let width = Double(range.count)
    var marks: [Histogram.Mark] = []
    if let mask, range.contains(mask) {
      marks.append(
        Histogram.Mark(
          position: Double(mask - range.lowerBound + 1) / width, label: "mask \(Wording.mask(of: device))",
          style: device.maskBecause == .observed ? "mark bound" : "mark", row: 0))
    }
    let spacing = range.count > 24 ? 8 : 4
    let ticks = range.filter { $0 % spacing == 0 && $0 > 0 }.map {
      Tick(position: (Double($0 - range.lowerBound) + 0.5) / width, label: "\($0)")
    }
    let plot = Histogram(
      title: "Address widths of \(device.name)", description: description(device, counts, range),
      bars: counts.map { $0.mappings == 0 ? 0 : max(0.001, Numbers.share($0.bytes, of: most)) },
      colour: "bar-fill",
      limit: device.maskBecause == .observed ? nil : mask.map { $0 - range.lowerBound + 1 },
      caption: { index in
        let count = counts[index]
        return "\(range.lowerBound + index) bits: \(Formatting.count(count.mappings, "mapping")), "
          + Formatting.bytes(count.bytes)
      }, ticks: ticks, top: Formatting.bytes(most), marks: marks)
    return small(device, plot.markup)
  }

  private func small(_ device: DeviceProfile, _ plot: Markup) -> Markup {
    var note = device.headroomBits.map { "headroom \($0) \($0.magnitude == 1 ? "bit" : "bits")" } ?? ""
    if device.pressure > 0 { note = "pressure " + Formatting.percent(Numbers.unit(device.pressure)) }
    return """
      <figure class="chart one"><figcaption><h3>\(context.link(device.name))</h3> \
      <span class="unit">\(note)</span></figcaption>\(plot)<p class="axis">bits of the address</p></figure>
      """
  }

  private func description(_ device: DeviceProfile, _ counts: [WidthCount], _ range: ClosedRange<Int>)
    -> String
  {
    let used = zip(range, counts).filter { $0.1.mappings > 0 }
      .map { "\($0.0) bits \(Formatting.bytes($0.1.bytes))" }
    return "Mask \(Wording.mask(of: device)). " + used.joined(separator: ", ")
  }

  private struct Row {
    var device: String
    var bits: Int
    var count: WidthCount
  }

  private func table(_ devices: [DeviceProfile]) -> Markup {
    let rows = devices.flatMap { device in
      device.byWidth.enumerated().filter { $0.element.mappings > 0 }
        .map { Row(device: device.name, bits: $0.offset, count: $0.element) }
    }
    let columns: [Column<Row>] = [
      Column("Device", .name) { "\($0.device)" }, Column("Bits") { "\($0.bits)" },
      .count("Mappings and blocks") { $0.count.mappings }, .bytes("Bytes") { $0.count.bytes },
    ]
    return ScrollTable(label: "Address widths", columns: columns, rows: Array(rows.prefix(400))).markup
      + Piece.omitted(rows.count - 400, "rows")
  }
}
