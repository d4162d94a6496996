import DMAModel
import Replay

/// How long mappings lived, for each device, on one logarithmic axis.
struct LifetimesSection {
  let context: ReportContext

  private static let limit = 24
  /// Bars across the axis.
  private static let bins = 96

  var section: Section? {
    let all = context.ranking.devices.filter { $0.lifetimes.count > 0 }
    guard !all.isEmpty else { return nil }
    let shown = all.prefix(LifetimesSection.limit)
    let lowest = shown.compactMap { self.lowest($0.lifetimes) }.min() ?? 1
    let highest = shown.map(\.lifetimes.maximum).max() ?? 1
    let scale = LogarithmicTimeScale(lowest: lowest, highest: highest)
    return Section(
      id: "lifetimes", title: "Lifetimes",
      lead: """
        \(Piece.define("lifetime", "Time from map to unmap")). Each step to the right on the axis is ten times \
        longer; upright lines are the median and the time that 99 of 100 do not exceed.
        """,
      body: """
        <div class="multiples">\(shown.map { chart($0, scale) })</div>\
        \(Piece.omitted(all.count - shown.count, "devices"))\(Piece.more("The charts as a table", table(all)))
        """)
  }

  private func lowest(_ histogram: LifetimeHistogram) -> UInt64? {
    histogram.counts.firstIndex { $0 > 0 }.map { LifetimeHistogram.lowerBound(of: $0) }
  }

  private func chart(_ device: DeviceProfile, _ scale: LogarithmicTimeScale) -> Markup {
    let histogram = device.lifetimes
    var bins = [UInt64](repeating: 0, count: LifetimesSection.bins)
    for (bucket, count) in histogram.counts.enumerated() where count > 0 {
      let position = scale.position(LifetimeHistogram.lowerBound(of: bucket))
      let bin = min(bins.count - 1, Int(position * Double(bins.count)))
      bins[bin] = Numbers.add(bins[bin], count)
    }
    let most = bins.max() ?? 0
    let median = histogram.quantile(0.5) ?? 0
    let late = histogram.quantile(0.99) ?? 0
    let marks = [
      Histogram.Mark(
        position: scale.position(median), label: "median \(Formatting.duration(median))", style: "mark",
        row: 1, turn: 0.35),
      Histogram.Mark(
        position: scale.position(late), label: "p99 \(Formatting.duration(late))", style: "mark", row: 0,
        turn: 0.65),
    ]
    let plot = Histogram(
      title: "Lifetimes of the mappings of \(device.name)",
      description: """
        Median \(Formatting.duration(median)), 99 in 100 at most \(Formatting.duration(late)), \
        longest \(Formatting.duration(histogram.maximum)).
        """,
      bars: bins.map { Numbers.share($0, of: most) }, colour: "bar-fill", ticks: scale.ticks,
      top: Formatting.count(most), marks: marks)
    return """
      <figure class="chart one"><figcaption><h3>\(context.link(device.name))</h3> \
      <span class="unit">\(Formatting.count(histogram.count, "mapping"))</span></figcaption>\(plot.markup)\
      <p class="axis">time from map to unmap</p></figure>
      """
  }

  private func table(_ devices: [DeviceProfile]) -> Markup {
    func quantile(_ title: String, _ share: Double) -> Column<DeviceProfile> {
      Column(title) { "\(Formatting.duration($0.lifetimes.quantile(share) ?? 0))" }
    }
    let columns: [Column<DeviceProfile>] = [
      Column("Device", .name) { "\($0.name)" }, .count("Mappings") { $0.lifetimes.count },
      quantile("p50", 0.5), quantile("p90", 0.9), quantile("p99", 0.99), quantile("p99.9", 0.999),
      Column("Longest") { "\(Formatting.duration($0.lifetimes.maximum))" },
    ]
    return ScrollTable(label: "Lifetimes", columns: columns, rows: Array(devices.prefix(200))).markup
  }
}
