import Replay

/// A calibration as one HTML page: a plot of each fit with its points, and the figures.
public struct CalibrationPage {
  private let calibration: Calibration
  private let title: String
  private let toolVersion: String

  /// - Parameter title: the recording's name.
  public init(_ calibration: Calibration, title: String, toolVersion: String) {
    (self.calibration, self.title, self.toolVersion) = (calibration, title, toolVersion)
  }

  public func render() -> String {
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(title) – dmascope calibration</title>
      <style>
      \(Markup(trusted: Stylesheet.text))
      .page > main:only-child { grid-column: 1 / -1; }
      .chart { margin-top: 1.25rem; }
      .fit-points { fill: currentColor; opacity: .35 }
      .fit-line { stroke: currentColor; stroke-width: 2 }
      </style>
      </head>
      <body>
      <header><p class="brand">dmascope <span>calibration</span></p><h1>\(title)</h1></header>
      <div class="page"><main>
      <p class="lead">Time of a call = \(Formatting.range(calibration.call, scale: 1)) ns + price of a line × lines. Each point is a \
      recorded call; those above the plot are left out of it. \(overhead)</p>
      \(calibration.fits.map(figure))
      \(calibration.refusals.map { "<p><strong>Not fitted:</strong> \($0.description)</p>" as Markup })
      </main></div>
      <footer>Made by dmascope \(toolVersion) from the trace alone.</footer>
      </body>
      </html>

      """
    return page.source
  }

  private var overhead: String {
    guard let overhead = calibration.overhead else {
      return
        "What recording takes is in the call: no calls were recorded that do nothing, which would tell it."
    }
    return
      "Recording takes \(Formatting.range(overhead, scale: 1)) ns, by the calls that do nothing: it is in the points "
      + "and the lines below, and taken off the price of a call."
  }

  private func figure(_ fit: Calibration.Fit) -> Markup {
    let last = Double(fit.lines.upperBound)
    let top = max(1, 1.5 * (fit.call.mid + fit.line.mid * last))
    let scale = LinearScale(maximum: UInt64(min(top, 1e15)), unit: .count)
    let columns = LinearScale(maximum: fit.lines.upperBound, unit: .count, wanted: 6)
    let points = fit.samples.filter { Double($0.nanoseconds) <= scale.maximum }.map { sample -> Markup in
      let x = Axis.percent(columns.position(sample.lines))
      let y = Axis.percent(1 - scale.position(sample.nanoseconds))
      return "<circle class=\"fit-points\" r=\"2\" cx=\"\(x)\" cy=\"\(y)\"/>"
    }
    let end = fit.call.mid + fit.line.mid * columns.maximum
    // The line leaves the plot at its top or at its right.
    let share = end > scale.maximum ? (scale.maximum - fit.call.mid) / max(1e-9, end - fit.call.mid) : 1
    let line: Markup = """
      <line class="fit-line" x1="0" y1="\(Axis.percent(1 - fit.call.mid / scale.maximum))" \
      x2="\(Axis.percent(share))" y2="\(Axis.percent(1 - min(end, scale.maximum) / scale.maximum))"/>
      """
    let words =
      "\(Formatting.range(fit.line, scale: 1)) ns a line, \(Formatting.range(fit.call, scale: 1)) ns a call; "
      + "\(Formatting.count(UInt64(fit.calls), "call")), \(Formatting.count(UInt64(fit.rejected))) outliers, median "
      + "residual \(Formatting.percent(fit.medianResidual))"
    return Figure(
      title: Wording.operation(fit.operation.rawValue), unit: "nanoseconds by lines of a call",
      plot: """
        <div class="plot">\(Figure.svg(
          height: 280, title: "Time of calls that \(fit.operation.rawValue)", description: words,
          Axis.vertical(scale.ticks { Formatting.count($0) }) + points.joined() + line
            + Axis.horizontal(columns.ticks { Formatting.count($0) })))</div>
        """,
      after: "<p class=\"note\">\(words)</p>"
    ).markup
  }
}
