import DMAModel
import Replay

/// How the run went: charts over one shared time axis.
struct TimeSection {
  let context: ReportContext

  var section: Section? {
    let profile = context.profile
    guard let series = TimeSeries(profile.timeline, context.ranking) else { return nil }
    let charts = self.charts(series)
    guard !charts.isEmpty || !series.lossBuckets.isEmpty else { return nil }
    let clock = profile.recording.clock.isEmpty ? "recording's" : profile.recording.clock
    return Section(
      id: "time", title: "Over time",
      lead: """
        \(Formatting.duration(series.span)) in \(series.buckets) steps of \(Formatting.duration(series.bucketNs)). \
        Time counts from \(Formatting.timestamp(profile.timeline.start)) s on the \(clock) clock.\(losses)
        """,
      body: """
        <div class="time" data-start="\(String(profile.timeline.start))" data-bucket="\(String(series.bucketNs))" \
        data-buckets="\(series.buckets)"><div class="time-tools" hidden></div>\
        <div class="charts">\(charts.map(\.markup))</div></div>\(table(series))
        """)
  }

  private var losses: Markup {
    let recording = context.profile.recording
    if recording.lostWindows == 0 && context.profile.timeline.lossBuckets.isEmpty { return "" }
    return " Events were \(Piece.define("lost", "lost")) where the background is shaded."
  }

  private func charts(_ series: TimeSeries) -> [TimeChart] {
    let step = Formatting.duration(series.bucketNs)
    let highest = "highest of each step; devices add up, though theirs need not coincide"
    let cleaned = series.byDevice(.sum, \.cleanedLines)
    let invalidated = series.byDevice(.sum, \.invalidatedLines)
    let peak = max(
      TimeChart.peak(cleaned, buckets: series.buckets), TimeChart.peak(invalidated, buckets: series.buckets))
    let maps = cleaned.isEmpty && invalidated.isEmpty ? series.byDevice(.sum, \.maps) : []
    let all = [
      TimeChart(
        title: "Lines cleaned", unit: "cache lines per \(step)", kind: .count, lines: cleaned, series: series,
        noun: "cache lines", reaching: peak),
      TimeChart(
        title: "Lines invalidated", unit: "cache lines per \(step)", kind: .count, lines: invalidated,
        series: series, noun: "cache lines", reaching: peak),
      TimeChart(
        title: "Map calls", unit: "calls per \(step)", kind: .count, lines: maps, series: series,
        noun: "calls"),
      TimeChart(
        title: "Bytes copied through bounce buffers", unit: "bytes per \(step)", kind: .bytes,
        lines: series.byDevice(.sum, \.bouncedBytes), series: series, noun: ""),
      TimeChart(
        title: "Bytes mapped", unit: "streaming and coherent, \(highest)", kind: .bytes,
        lines: series.byDevice(.maximum, \.liveBytes), series: series, noun: ""),
      TimeChart(
        title: "Swiotlb slots in use", unit: "slots of 2 KiB, \(highest)", kind: .count,
        lines: series.byDevice(.maximum, \.swiotlbSlots), series: series, noun: "slots"),
    ]
    return all.filter { !$0.lines.isEmpty }
  }

  private struct Row {
    var from: UInt64
    var cleaned: UInt64
    var invalidated: UInt64
    var bounced: UInt64
    var live: UInt64
    var slots: UInt64
    var lossy: Bool
  }

  /// The charts as numbers, in at most 32 rows.
  private func table(_ series: TimeSeries) -> Markup {
    let cleaned = series.total(.sum, \.cleanedLines)
    let invalidated = series.total(.sum, \.invalidatedLines)
    let bounced = series.total(.sum, \.bouncedBytes)
    let live = series.total(.maximum, \.liveBytes)
    let slots = series.total(.maximum, \.swiotlbSlots)
    let width = (series.buckets - 1) / 32 + 1
    let lossy = Set(series.lossBuckets.map { $0 / width })
    let rows = stride(from: 0, to: series.buckets, by: width).map { start -> Row in
      let range = start..<min(start + width, series.buckets)
      return Row(
        from: Numbers.multiply(series.bucketNs, UInt64(start)), cleaned: Numbers.sum(cleaned[range]),
        invalidated: Numbers.sum(invalidated[range]), bounced: Numbers.sum(bounced[range]),
        live: live[range].max() ?? 0, slots: slots[range].max() ?? 0,
        lossy: lossy.contains(start / width))
    }
    let columns: [Column<Row>] = [
      Column("From", .name) { "\($0.from == 0 ? "0" : Formatting.duration($0.from))" },
      .count("Lines cleaned") { $0.cleaned }, .count("Invalidated") { $0.invalidated },
      .bytes("Bounced") { $0.bounced },
      .bytes("Mapped, highest") { $0.live }, .count("Slots, highest") { $0.slots },
      Column("Losses", .text) { $0.lossy ? "events lost" : "" },
    ]
    return Piece.more(
      "The charts as a table",
      ScrollTable(label: "Activity over time", columns: columns, rows: rows).markup)
  }
}
