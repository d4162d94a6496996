/// What charts share: grid lines and labels around a plot that stretches with the page.
///
/// Positions are percentages and text keeps its size, so one drawing serves a phone, a wide screen and paper. Labels
/// of the vertical axis hang out to the left of the plot, those of the horizontal one below it.
enum Axis {
  /// Lines across the plot with their labels at its left.
  static func vertical(_ ticks: [Tick]) -> Markup {
    ticks.map { tick -> Markup in
      let y = percent(1 - tick.position)
      return """
        <line class="grid" x1="0" x2="100%" y1="\(y)" y2="\(y)"/>\
        <text class="ylab" x="-8" y="\(y)" dy=".32em">\(tick.label)</text>
        """
    }.joined()
  }

  /// Short marks and labels below the plot; every second one gives way on a narrow page.
  static func horizontal(_ ticks: [Tick]) -> Markup {
    ticks.enumerated().map { index, tick -> Markup in
      let x = percent(tick.position)
      let anchor: Markup = tick.position > 0.96 ? " end" : tick.position < 0.02 ? " start" : ""
      let sparse: Markup = index % 2 == 1 ? " odd" : ""
      return """
        <g class="xtick\(anchor)\(sparse)"><line x1="\(x)" x2="\(x)" y1="100%" y2="100%" class="tick"/>\
        <text x="\(x)" y="100%" dy="18">\(tick.label)</text></g>
        """
    }.joined()
  }

  /// As `horizontal`, with all labels shown and in the middle below their marks.
  static func centred(_ ticks: [Tick]) -> Markup {
    ticks.map { tick -> Markup in
      let x = percent(tick.position)
      return """
        <g class="xtick"><line x1="\(x)" x2="\(x)" y1="100%" y2="100%" class="tick"/>\
        <text x="\(x)" y="100%" dy="18">\(tick.label)</text></g>
        """
    }.joined()
  }

  static func percent(_ position: Double) -> Markup { "\(Numbers.unit(position) * 100)%" }
}

/// A chart with all that a reader needs around it.
struct Figure {
  var title: String
  /// What the vertical axis counts, for instance `cache lines per 26 ms`.
  var unit: String
  var legend: [(colour: String, label: Markup)] = []
  var plot: Markup
  /// Classes and data of the figure's element.
  var attributes: Markup = "class=\"chart\""
  /// The same figures as a table, or a note; stands below the chart.
  var after: Markup = ""

  var markup: Markup {
    """
    <figure \(attributes)><figcaption><h3>\(title)</h3> <span class="unit">\(unit)</span></figcaption>\
    \(key)\(plot)\(after)</figure>

    """
  }

  private var key: Markup {
    if legend.isEmpty { return "" }
    let entries = legend.map { entry -> Markup in
      "<li><span class=\"swatch \(entry.colour)\"></span>\(entry.label)</li>"
    }
    return "<ul class=\"legend\">\(entries)</ul>"
  }

  /// An image with a title and a description that stretches to the width of its place.
  static func svg(height: Int, title: String, description: String, _ content: Markup) -> Markup {
    """
    <svg class="frame" width="100%" height="\(height)" role="img" aria-label="\(title). \(description)">\
    <title>\(title)</title><desc>\(description)</desc>\(content)</svg>
    """
  }

  /// The part of an image that stretches: `width` × `height` units, the origin at the top left.
  static func stretched(width: Int, height: Int = 1000, _ content: Markup) -> Markup {
    """
    <svg class="data" width="100%" height="100%" viewBox="0 0 \(width) \(height)" \
    preserveAspectRatio="none" aria-hidden="true">\(content)</svg>
    """
  }
}
