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
    let clock = profile.recording.clock.isEmpty ? "the recording's" : profile.recording.clock
    return Section(
      id: "time", title: "Over time",
      lead: """
        \(Formatting.duration(series.span)) in \(series.buckets) steps of \(Formatting.duration(series.bucketNs)). \
        Time counts from \(Formatting.timestamp(profile.timeline.start)) s on \(clock) clock.\(losses)
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
    let lines = series.byDevice(.sum) { TimeSeries.add($0.cleanedLines, $0.invalidatedLines) }
    let kinds = [
      TimeSeries.Line(label: "cleaned", colour: "k1", values: series.total(.sum, \.cleanedLines)),
      TimeSeries.Line(label: "invalidated", colour: "k2", values: series.total(.sum, \.invalidatedLines)),
    ].filter { line in line.values.contains { $0 > 0 } }
    let bounced = series.byDevice(.sum, \.bouncedBytes)
    let live = series.byDevice(.maximum, \.liveBytes)
    let slots = series.byDevice(.maximum, \.swiotlbSlots)
    let maps = series.byDevice(.sum, \.maps)
    let all = [
      TimeChart(
        title: "Lines cleaned and invalidated, by device", unit: "cache lines per \(step)", kind: .count,
        lines: lines, series: series, noun: "cache lines"),
      TimeChart(
        title: "Lines by operation", unit: "cache lines per \(step)", kind: .count, lines: kinds,
        series: series, noun: "cache lines"),
      TimeChart(
        title: "Map calls", unit: "calls per \(step)", kind: .count, lines: lines.isEmpty ? maps : [],
        series: series, noun: "calls"),
      TimeChart(
        title: "Bytes copied through bounce buffers", unit: "bytes per \(step)", kind: .bytes, lines: bounced,
        series: series, noun: ""),
      TimeChart(
        title: "Bytes mapped", unit: "bytes, streaming and coherent; highest of each step", kind: .bytes,
        lines: live, series: series, noun: ""),
      TimeChart(
        title: "Swiotlb slots in use", unit: "slots of 2 KiB, highest of each step", kind: .count, lines: slots,
        series: series, noun: "slots"),
    ]
    return all.filter { !$0.lines.isEmpty }
  }

  private struct Row {
    var from: UInt64
    var lines: UInt64
    var bounced: UInt64
    var live: UInt64
    var slots: UInt64
    var lossy: Bool
  }

  /// The charts as numbers, in at most 32 rows.
  private func table(_ series: TimeSeries) -> Markup {
    let lines = series.total(.sum) { TimeSeries.add($0.cleanedLines, $0.invalidatedLines) }
    let bounced = series.total(.sum, \.bouncedBytes)
    let live = series.total(.maximum, \.liveBytes)
    let slots = series.total(.maximum, \.swiotlbSlots)
    let width = (series.buckets - 1) / 32 + 1
    let lossy = Set(series.lossBuckets.map { $0 / width })
    let rows = stride(from: 0, to: series.buckets, by: width).map { start -> Row in
      let range = start..<min(start + width, series.buckets)
      return Row(
        from: Numbers.multiply(series.bucketNs, UInt64(start)), lines: Numbers.sum(lines[range]),
        bounced: Numbers.sum(bounced[range]), live: live[range].max() ?? 0, slots: slots[range].max() ?? 0,
        lossy: lossy.contains(start / width))
    }
    let columns: [Column<Row>] = [
      Column("From", .name) { "\($0.from == 0 ? "0" : Formatting.duration($0.from))" },
      .count("Lines") { $0.lines }, .bytes("Bounced") { $0.bounced },
      .bytes("Mapped, highest") { $0.live }, .count("Slots, highest") { $0.slots },
      Column("Losses", .text) { $0.lossy ? "events lost" : "" },
    ]
    return Piece.more(
      "The charts as a table",
      ScrollTable(label: "Activity over time", columns: columns, rows: rows).markup)
  }
}
