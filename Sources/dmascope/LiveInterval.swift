import ArgumentParser

/// A time between two summaries: `5s`, `500ms`, `1m`, or bare seconds, with decimals.
struct LiveInterval: ExpressibleByArgument {
  var nanoseconds: UInt64

  /// The least and the most that make sense.
  static let range: ClosedRange<Double> = 0.1...86_400

  init?(argument: String) {
    let units: [(String, Double)] = [("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)]
    var digits = argument[...]
    var scale = 1.0
    if let unit = units.first(where: { argument.hasSuffix($0.0) }) {
      digits = digits.dropLast(unit.0.count)
      scale = unit.1
    }
    guard let first = digits.first, first.isASCII, first.isNumber,
      digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(digits)
    else { return nil }
    let seconds = number * scale
    guard LiveInterval.range.contains(seconds) else { return nil }
    nanoseconds = UInt64(seconds * 1e9)
  }
}
