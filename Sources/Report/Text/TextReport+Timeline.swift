import DMAModel
import Replay

/// A row of block characters, as high as the values are.
enum Sparkline {
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// One character a value, the highest being `█`; 0 is a blank.
  static func of(_ values: [UInt64]) -> String {
    guard let highest = values.max(), highest > 0 else { return String(repeating: " ", count: values.count) }
    return String(
      values.map { value in
        if value == 0 { return " " }
        let height = Double(value) / Double(highest) * Double(blocks.count)
        return blocks[min(blocks.count - 1, max(0, Int(height.rounded(.up)) - 1))]
      })
  }

  /// Sums of so many neighbours each; the last may have fewer.
  static func gathered(_ values: [UInt64], by count: Int) -> [UInt64] {
    stride(from: 0, to: values.count, by: max(1, count)).map { start in
      values[start..<min(values.count, start + max(1, count))].reduce(0, &+)
    }
  }
}

extension TextReport {
  private struct Row {
    var device: String
    var what: String
    var values: [UInt64]
    var highest: String
  }

  /// A sparkline for each device over one time axis.
  func addTimeline(to page: inout TextPage) {
    let timeline = profile.timeline
    let order = devicesByCost.map(\.name)
    let series = timeline.series.sorted {
      (order.firstIndex(of: $0.device) ?? .max, $0.device) < (
        order.firstIndex(of: $1.device) ?? .max, $1.device
      )
    }
    guard timeline.buckets > 1, !series.isEmpty else { return }
    let (shown, further) = top(series)
    let names = shown.map { DisplayWidth.of(Escaping.terminal($0.device)) }
    let nameWidth = min(24, max(6, names.max() ?? 0))
    let labelWidth = nameWidth + 2 + 7 + 2
    let room = max(10, page.width - labelWidth - 2 - 9)
    let step = max(1, (timeline.buckets + room - 1) / room)
    let rows = shown.flatMap { self.rows(of: $0, step: step) }
    guard !rows.isEmpty else { return }
    let columns = (timeline.buckets + step - 1) / step
    let span = Formatting.duration(timeline.bucketNs.multipliedClamped(by: UInt64(step)))
    page.heading("When", "a column is \(span); each row against its own highest column, at the right")
    for row in rows {
      let name = padded(DisplayWidth.fit(Escaping.terminal(row.device), nameWidth), nameWidth)
      let line = padded(Sparkline.of(row.values), columns)
      page.line("\(name)  \(padded(row.what, 7))  \(line)  \(row.highest)")
    }
    addLosses(columns, step, labelWidth, to: &page)
    if further > 0 { page.line("… \(further) more devices (--top)", .quiet) }
  }

  /// What a device did: lines where it has any, else maps; bounces besides.
  private func rows(of series: DeviceSeries, step: Int) -> [Row] {
    let buckets = profile.timeline.buckets
    func values(_ values: [UInt64]) -> [UInt64] {
      let known = Array(values.prefix(buckets))
      return Sparkline.gathered(known + [UInt64](repeating: 0, count: buckets - known.count), by: step)
    }
    let (cleaned, invalidated) = (values(series.cleanedLines), values(series.invalidatedLines))
    let lines = zip(cleaned, invalidated).map { $0 &+ $1 }
    let (maps, bounced) = (values(series.maps), values(series.bouncedBytes))
    var rows: [Row] = []
    if let most = lines.max(), most > 0 {
      rows.append(
        Row(device: series.device, what: "lines", values: lines, highest: Formatting.count(most)))
    } else if let most = maps.max(), most > 0 {
      rows.append(Row(device: series.device, what: "maps", values: maps, highest: Formatting.count(most)))
    }
    if let most = bounced.max(), most > 0 {
      let name = rows.isEmpty ? series.device : ""
      rows.append(Row(device: name, what: "copied", values: bounced, highest: Formatting.bytes(most)))
    }
    return rows
  }

  private func addLosses(_ columns: Int, _ step: Int, _ labelWidth: Int, to page: inout TextPage) {
    let lossy = Set(profile.timeline.lossBuckets.map { $0 / step })
    guard lossy.contains(where: { $0 >= 0 && $0 < columns }) else { return }
    let marks = String((0..<columns).map { lossy.contains($0) ? "×" : " " })
    page.line(padded("events lost", labelWidth) + marks, .caveat)
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
  }
}

extension UInt64 {
  /// The product, or the largest number where it does not fit.
  func multipliedClamped(by other: UInt64) -> UInt64 {
    let product = multipliedReportingOverflow(by: other)
    return product.overflow ? .max : product.partialValue
  }
}
