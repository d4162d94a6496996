import Replay

/// A calibration for people: what was fitted, how well, and what could not be.
public struct CalibrationText {
  private let calibration: Calibration
  private let options: TextOptions

  public init(_ calibration: Calibration, options: TextOptions) {
    (self.calibration, self.options) = (calibration, options)
  }

  private var overhead: String {
    guard let overhead = calibration.overhead else {
      return "What recording takes is in it: no calls were recorded that do nothing, which would tell."
    }
    return
      "What recording takes, \(Formatting.range(overhead, scale: 1)) ns by the calls that do nothing, is taken off."
  }

  public func render() -> String {
    var table = Table([
      .init(title: "Operation", alignment: .left), .init(title: "Line", unit: "ns"),
      .init(title: "Call", unit: "ns"), .init(title: "Calls"), .init(title: "Outliers"),
      .init(title: "Lines", unit: "a call"), .init(title: "Sizes"),
      .init(title: "Residual", unit: "median"),
    ])
    for fit in calibration.fits {
      table.add([
        .init(fit.operation.rawValue), .init(Formatting.range(fit.line, scale: 1)),
        .init(Formatting.range(fit.call, scale: 1)), .init(Formatting.count(UInt64(fit.calls))),
        .init(Formatting.count(UInt64(fit.rejected))),
        .init("\(Formatting.count(fit.lines.lowerBound))–\(Formatting.count(fit.lines.upperBound))"),
        .init(Formatting.count(UInt64(fit.sizes))), .init(Formatting.percent(fit.medianResidual)),
      ])
    }
    var page = TextPage(options)
    page.heading("Calibration", "nanoseconds = call + line × lines; ranges are two standard errors")
    page.table(table)
    page.blank()
    page.item("·", "A call costs \(Formatting.range(calibration.call, scale: 1)) ns. \(overhead)")
    for refusal in calibration.refusals { page.item("!", "Not fitted: \(refusal.description)", .alarm) }
    return page.text
  }
}
