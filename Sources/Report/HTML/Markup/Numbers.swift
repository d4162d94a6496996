/// Sums and shares of numbers that come from a file: they saturate, and no share leaves 0 ... 1.
enum Numbers {
  static func sum(_ values: some Sequence<UInt64>) -> UInt64 {
    var total: UInt64 = 0
    for value in values { total = add(total, value) }
    return total
  }

  static func add(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }

  static func multiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? .max : product
  }

  static func share(_ part: UInt64, of whole: UInt64) -> Double {
    whole == 0 ? 0 : min(1, Double(part) / Double(whole))
  }

  static func unit(_ value: Double) -> Double { value > 0 ? min(1, value) : 0 }

  /// Nanoseconds as an integer; 0 for what is no number or negative.
  static func nanoseconds(_ value: Double) -> UInt64 {
    value > 0 ? (value < 1.8e19 ? UInt64(value) : .max) : 0
  }
}
