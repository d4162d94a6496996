/// Bars over a shared horizontal axis with upright marks (a mask, a median), small enough to stand beside others.
struct Histogram {
  struct Mark {
    /// 0 ... 1 along the axis.
    var position: Double
    var label: String
    /// `mark` or another class of the style sheet.
    var style: String
    /// Which line of labels above the plot, from the top.
    var row: Int
    /// From here on along the axis the label stands to the left of its line.
    var turn = 0.6
  }

  var title: String
  var description: String
  /// One for each step of the axis, 0 ... 1 of the chart's height.
  var bars: [Double]
  /// The class that colours the bars.
  var colour: String
  /// The bars from here on are in the colour of what is out of reach.
  var limit: Int?
  /// What a bar says when pointed at; nil for none.
  var caption: ((Int) -> String?)?
  var ticks: [Tick]
  var top: String
  var marks: [Mark] = []

  var markup: Markup {
    let heights = bars.map { $0 > 0 ? max(15, StepPath.height($0)) : 0 }
    let split = min(max(0, limit ?? heights.count), heights.count)
    let within = StepPath.area(heights.enumerated().map { $0 < split ? $1 : 0 })
    let beyond = StepPath.area(heights.enumerated().map { $0 < split ? 0 : $1 })
    let outside: Markup = beyond.isEmpty ? "" : "<path class=\"beyond\" d=\"\(beyond)\"/>"
    let grid = Axis.vertical([Tick(position: 0, label: "0"), Tick(position: 1, label: top)])
    let image = Figure.svg(
      height: 84, title: title, description: description,
      """
      \(grid)\
      \(Figure.stretched(width: max(1, bars.count), "<path class=\"\(colour)\" d=\"\(within)\"/>\(outside)"))\
      \(captions(heights))\(marks.map(line))<g class="xticks">\(Axis.centred(ticks))</g>
      """)
    return "<div class=\"plot small rows-\(rows)\">\(image)</div>"
  }

  private var rows: Int { marks.map { $0.row + 1 }.max().map { min(2, $0) } ?? 0 }

  private func line(_ mark: Mark) -> Markup {
    let x = Axis.percent(mark.position)
    let end: Markup = mark.position > mark.turn ? " end" : ""
    let shift = mark.position > mark.turn ? -4 : 4
    let y = -(rows - mark.row) * 14 + 10
    return """
      <g class="\(mark.style)"><line x1="\(x)" x2="\(x)" y1="\(y - 8)" y2="100%"/>\
      <text class="marklab\(end)" x="\(x)" dx="\(shift)" y="\(y)">\(mark.label)</text></g>
      """
  }

  /// Invisible columns over the bars that say what they stand for.
  private func captions(_ heights: [Int]) -> Markup {
    guard let caption else { return "" }
    let width = 1 / Double(max(1, heights.count))
    return heights.indices.map { index -> Markup in
      guard heights[index] > 0, let text = caption(index) else { return "" }
      return """
        <rect class="hit" x="\(Axis.percent(Double(index) * width))" y="0" width="\(Axis.percent(width))" \
        height="100%"><title>\(text)</title></rect>
        """
    }.joined()
  }
}
