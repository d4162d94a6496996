/// Runs of both sides laid over each other, each on its own time from its start: the base as an area with an outline,
/// the new side as a line, further runs of a side as thin lines.
struct OverlayChart {
  /// One quantity of the runs of a side; each has as many values as its run lasts.
  struct Side {
    var word: String
    var runs: [[UInt64]]
    /// The run that is drawn strongly.
    var middle: Int

    var shown: [UInt64] { middle < runs.count ? runs[middle] : [] }
    var peak: UInt64 { runs.compactMap { $0.max() }.max() ?? 0 }
  }

  var title: String
  var unit: String
  var kind: LinearScale.Unit
  var grid: TimeGrid
  var base: Side
  var new: Side
  var lossBuckets: [Int] = []
  /// The least that the vertical axis reaches to, so that charts with one unit can share it.
  var reaching: UInt64 = 0
  var height = 150

  /// The most runs of a side that are drawn.
  static let runLimit = 8

  var isEmpty: Bool { base.peak == 0 && new.peak == 0 }

  var markup: Markup {
    let scale = LinearScale(maximum: max(base.peak, new.peak, reaching), unit: kind)
    let ticks = scale.ticks { kind == .bytes ? Formatting.bytes($0) : Formatting.count($0) }
    // The script reads series from the last one drawn to the first, in the order of the legend.
    let data: Markup = """
      \(losses)\(path("base area", StepPath.area(heights(base.shown, scale))))\
      \(others(base, scale))\(others(new, scale))\
      \(path("new line", StepPath.line(heights(new.shown, scale)), new.shown))\
      \(path("base line", StepPath.line(heights(base.shown, scale)), base.shown))
      """
    let image = Figure.svg(
      height: height, title: title, description: description,
      """
      \(Axis.vertical(ticks))\(Figure.stretched(width: grid.buckets, data))\
      <g class="xticks">\(Axis.horizontal(TimeScale(span: grid.span).ticks))</g>
      """)
    var legend: [(colour: String, label: Markup)] = [
      ("over-base", "base\(more(base))"), ("over-new", "new\(more(new))"),
    ]
    if !lossBuckets.isEmpty { legend.append(("loss", "events lost in one of the runs")) }
    return Figure(
      title: title, unit: unit, legend: legend,
      plot: "<div class=\"plot\" data-label=\"\(title)\">\(image)</div>",
      attributes: "class=\"chart over-time overlay\" data-kind=\"\(kind == .bytes ? "bytes" : "count")\""
    ).markup
  }

  private func more(_ side: Side) -> String {
    let others = min(side.runs.count, Self.runLimit) - 1
    return others > 0 ? ", \(Formatting.count(UInt64(others), "other run")) thin" : ""
  }

  private func heights(_ values: [UInt64], _ scale: LinearScale) -> [Int] {
    values.map { StepPath.height(scale.position($0)) }
  }

  private func path(_ style: String, _ data: String, _ values: [UInt64]? = nil) -> Markup {
    let attribute: Markup = values.map { " data-values=\"\(TimeChart.encode($0))\"" } ?? ""
    return "<path class=\"\(style)\"\(attribute) d=\"\(data)\"/>"
  }

  private func others(_ side: Side, _ scale: LinearScale) -> Markup {
    side.runs.indices.filter { $0 != side.middle }.prefix(Self.runLimit - 1).map {
      path("\(side.word) other", StepPath.line(heights(side.runs[$0], scale)))
    }.joined()
  }

  private var losses: Markup {
    lossBuckets.isEmpty ? "" : path("loss", StepPath.bands(lossBuckets))
  }

  private var description: String {
    func words(_ side: Side) -> String {
      let span = Formatting.duration(Numbers.multiply(grid.bucketNs, UInt64(side.shown.count)))
      let peak = side.shown.max() ?? 0
      return
        "\(side.word) over \(span), at most \(kind == .bytes ? Formatting.bytes(peak) : Formatting.count(peak))"
    }
    return "Both sides from their starts: \(words(base)); \(words(new))."
  }
}
