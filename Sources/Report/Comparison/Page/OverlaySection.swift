import DMAModel
import Replay

/// Both sides over time: laid over each other, and side by side by device, all on the same axes.
struct OverlaySection {
  let context: ComparisonContext

  /// The most devices that have overlays of their own.
  private static let deviceLimit = 4

  /// What is drawn of each run.
  private struct Measure {
    var title: String
    var unit: String
    var kind: LinearScale.Unit
    var joining: TimeSeries.Joining
    var values: @Sendable (DeviceSeries) -> [UInt64]
  }

  private static func measures(_ step: String) -> [Measure] {
    [
      Measure(
        title: "Lines cleaned or invalidated", unit: "cache lines per \(step)", kind: .count, joining: .sum,
        values: { TimeSeries.add($0.cleanedLines, $0.invalidatedLines) }),
      Measure(
        title: "Bytes copied through bounce buffers", unit: "bytes per \(step)", kind: .bytes, joining: .sum,
        values: \.bouncedBytes),
      Measure(
        title: "Bytes mapped", unit: "streaming and coherent, highest of each step", kind: .bytes,
        joining: .maximum, values: \.liveBytes),
      Measure(
        title: "Map calls", unit: "calls per \(step)", kind: .count, joining: .sum, values: \.maps),
    ]
  }

  var section: Section? {
    let sides = [context.base, context.new]
    guard let grid = TimeGrid(sides.flatMap { $0.profiles.map(\.timeline) }) else { return nil }
    let step = Formatting.duration(grid.bucketNs)
    let series = sides.map { side in
      side.profiles.map { TimeSeries($0.timeline, context.ranking, on: grid) }
    }
    let charts = Drawing(context: context, grid: grid, base: series[0], new: series[1])
    var parts = Self.measures(step).filter { !charts.isEmpty($0) }
    // Map calls are shown where nothing that costs is.
    if parts.contains(where: { $0.kind == .bytes && $0.joining == .sum }) || parts.count > 2 {
      parts.removeAll { $0.title == "Map calls" }
    }
    if parts.isEmpty { return nil }
    let devices = context.ranking.coloured.prefix(Self.deviceLimit)
    let single = devices.map { device in
      parts.map { charts.overlay($0, device: device) }.joined()
    }.joined()
    return Section(
      id: "time", title: "Over time",
      lead: """
        Every run on its own time, counted from its first event, in steps of \(step). \(lengths(grid)) \
        What is drawn is not divided by what was mapped: loads may differ.\(choices)
        """,
      body: """
        <div class="time" data-bucket="\(String(grid.bucketNs))" data-buckets="\(grid.buckets)">\
        <div class="time-tools" hidden></div><div class="charts">\(parts.map(charts.group))</div>\
        \(Piece.more("Laid over each other, device by device", "<div class=\"charts\">\(single)</div>"))</div>\
        \(charts.table(parts))
        """)
  }

  private func lengths(_ grid: TimeGrid) -> String {
    let spans = [context.base, context.new].map { side in
      side.profiles.map(\.recording.span)
    }
    let words = zip(["The base", "the new side"], spans).map { name, spans -> String in
      guard let low = spans.min(), let high = spans.max() else { return "" }
      let range =
        low == high
        ? Formatting.duration(low) : "\(Formatting.duration(low)) to \(Formatting.duration(high))"
      return "\(name) took \(range)"
    }
    return words.joined(separator: ", ") + "."
  }

  private var choices: String {
    let parts = [context.base, context.new].map(\.choice).filter { !$0.isEmpty }
    if parts.isEmpty { return "" }
    return
      " Drawn strongly, and alone by device, is \(parts.joined(separator: ", and ")): what is in the middle by estimated cost a MiB mapped. No runs are added up or averaged."
  }

  /// Charts on one grid.
  private struct Drawing {
    let context: ComparisonContext
    let grid: TimeGrid
    let base: [TimeSeries]
    let new: [TimeSeries]

    private func total(_ series: TimeSeries, _ measure: Measure, device: String?) -> [UInt64] {
      let values = series.total(measure.joining) { one in
        device == nil || one.device == device ? measure.values(one) : []
      }
      return Array(values.prefix(series.lasts))
    }

    func isEmpty(_ measure: Measure) -> Bool {
      (base + new).allSatisfy { series in total(series, measure, device: nil).allSatisfy { $0 == 0 } }
    }

    /// Both sides as one chart; empty where a device has nothing to show.
    func overlay(_ measure: Measure, device: String? = nil) -> Markup {
      let sides = [(context.base, base), (context.new, new)].map { side, series in
        OverlayChart.Side(
          word: side.word, runs: series.map { total($0, measure, device: device) }, middle: side.middle)
      }
      let chart = OverlayChart(
        title: device.map { "\($0): \(measure.title.lowercasedFirst)" } ?? measure.title,
        unit: measure.unit, kind: measure.kind, grid: grid, base: sides[0], new: sides[1],
        lossBuckets: Set((base + new).flatMap(\.lossBuckets)).sorted(), height: device == nil ? 150 : 90)
      return chart.isEmpty ? "" : chart.markup
    }

    /// The overlay of a quantity, and below it the sides beside each other by device, on one scale.
    func group(_ measure: Measure) -> Markup {
      let shown = [(context.base, base), (context.new, new)].compactMap { side, series in
        side.middle < series.count ? (side, series[side.middle]) : nil
      }
      let lines = shown.map { $0.1.byDevice(measure.joining, measure.values) }
      let peak = lines.map { TimeChart.peak($0, buckets: grid.buckets) }.max() ?? 0
      let charts = zip(shown, lines).map { side, lines -> Markup in
        let path = side.0.profiles[side.0.middle].recording.path
        return TimeChart(
          title: "\(side.0.word.uppercasedFirst) by device",
          unit: Page.fileName(path) + (lines.isEmpty ? ", nothing" : ""), kind: measure.kind,
          lines: lines,
          series: side.1, noun: "", reaching: peak
        ).markup
      }
      return "<div class=\"group\">\(overlay(measure))<div class=\"sides\">\(charts)</div></div>"
    }

    /// The overlays as numbers, in at most 32 rows.
    func table(_ measures: [Measure]) -> Markup {
      let width = (grid.buckets - 1) / 32 + 1
      let starts = Array(stride(from: 0, to: grid.buckets, by: width))
      var columns: [Column<Int>] = [
        Column("From", .name) { start in
          start == 0 ? "0" : "\(Formatting.duration(Numbers.multiply(grid.bucketNs, UInt64(start))))"
        }
      ]
      for measure in measures {
        for (side, series) in [(context.base, base), (context.new, new)] where side.middle < series.count {
          let values = total(series[side.middle], measure, device: nil)
          columns.append(
            Column("\(measure.title), \(side.word)") { start in
              let part = values.dropFirst(start).prefix(width)
              if part.isEmpty { return "<span class=\"zero\">over</span>" }
              let value = measure.joining == .sum ? Numbers.sum(part) : part.max() ?? 0
              return measure.kind == .bytes ? "\(bytes: value)" : "\(count: value)"
            })
        }
      }
      return Piece.more(
        "The charts as a table",
        ScrollTable(label: "Both sides over time", columns: columns, rows: starts).markup)
    }
  }
}
