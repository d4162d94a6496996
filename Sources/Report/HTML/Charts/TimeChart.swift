/// Areas stacked on one another over the recording's time, with the losses shaded.
struct TimeChart {
  var title: String
  var unit: String
  var kind: LinearScale.Unit
  var lines: [TimeSeries.Line]
  var series: TimeSeries
  /// What the stacking adds up to, for the description: `cache lines`.
  var noun: String
  /// The least that the vertical axis reaches to, so that charts with one unit can share it.
  var reaching: UInt64 = 0

  var markup: Markup {
    let stack = levels
    let peak = stack.last?.max() ?? 0
    let scale = LinearScale(maximum: max(peak, reaching), unit: kind)
    let ticks = scale.ticks { kind == .bytes ? Formatting.bytes($0) : Formatting.count($0) }
    let areas = zip(lines, stack).reversed().map { line, level in area(line, level, scale) }
    let data: Markup = """
      \(losses)\(after)\(areas.joined())
      """
    let image = Figure.svg(
      height: 150, title: title, description: description(stack.last ?? [], peak),
      """
      \(Axis.vertical(ticks))\(Figure.stretched(width: series.buckets, data))\
      <g class="xticks">\(Axis.horizontal(TimeScale(span: series.span).ticks))</g>
      """)
    var legend = lines.map { (colour: $0.colour, label: Markup(text: $0.label)) }
    if !series.lossBuckets.isEmpty { legend.append((colour: "loss", label: "events lost")) }
    if series.lasts < series.buckets { legend.append((colour: "after", label: "the run is over")) }
    return Figure(
      title: title, unit: unit, legend: legend,
      plot: "<div class=\"plot\" data-label=\"\(title)\">\(image)</div>",
      attributes: "class=\"chart over-time\" data-kind=\"\(kind == .bytes ? "bytes" : "count")\""
    ).markup
  }

  /// The highest point of the stack.
  static func peak(_ lines: [TimeSeries.Line], buckets: Int) -> UInt64 {
    lines.reduce([UInt64](repeating: 0, count: buckets)) { TimeSeries.add($0, $1.values) }.max() ?? 0
  }

  /// For each line the sum of it and all before it.
  private var levels: [[UInt64]] {
    var sum = [UInt64](repeating: 0, count: series.buckets)
    return lines.map { line in
      sum = TimeSeries.add(sum, line.values)
      return sum
    }
  }

  private func area(_ line: TimeSeries.Line, _ level: [UInt64], _ scale: LinearScale) -> Markup {
    let heights = level.map { StepPath.height(scale.position($0)) }
    return """
      <path class="\(line.colour)" data-name="\(line.label)" data-values="\(Markup(trusted: TimeChart.encode(line.values)))" \
      d="\(Markup(trusted: StepPath.area(heights)))"/>
      """
  }

  private var losses: Markup {
    series.lossBuckets.isEmpty ? "" : "<path class=\"loss\" d=\"\(StepPath.bands(series.lossBuckets))\"/>"
  }

  /// What is behind the end of a run that is shorter than its axis.
  private var after: Markup {
    if series.lasts >= series.buckets { return "" }
    return "<path class=\"after\" d=\"\(StepPath.bands(Array(series.lasts..<series.buckets)))\"/>"
  }

  private func description(_ total: [UInt64], _ peak: UInt64) -> String {
    let time = total.firstIndex(of: peak).map { Numbers.multiply(series.bucketNs, UInt64($0)) } ?? 0
    let value = kind == .bytes ? Formatting.bytes(peak) : Formatting.count(peak)
    let names = lines.map(\.label).joined(separator: ", ")
    return "Stacked areas over \(Formatting.duration(series.span)) for \(names). "
      + "The highest is \(value)\(noun.isEmpty ? "" : " " + noun), \(Formatting.duration(time)) after the start."
  }

  /// The values for the script: decimal numbers with spaces between, repeated ones as `value*times`.
  static func encode(_ values: [UInt64]) -> String {
    var parts: [String] = []
    var index = 0
    while index < values.count {
      var run = 1
      while index + run < values.count, values[index + run] == values[index] { run += 1 }
      parts.append(run == 1 ? String(values[index]) : "\(values[index])*\(run)")
      index += run
    }
    return parts.joined(separator: " ")
  }
}
