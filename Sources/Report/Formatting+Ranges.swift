import DMAModel
import Replay

extension Formatting {
  /// An estimate as a range in one unit and two significant digits: `12–48 ms`, `0.90–3.4 µs`; `0` for nothing.
  public static func range(_ estimate: Estimate) -> String {
    let (unit, scale) = timeUnit(for: estimate.high)
    let numbers = range(estimate, scale: scale)
    return numbers == "0" ? "0" : numbers + " " + unit
  }

  /// A price as it was given, in nanoseconds without the unit: `1–5–30`, or one number.
  public static func nanoseconds(_ price: Estimate) -> String {
    let numbers = [price.low, price.mid, price.high].map { significantOrWhole($0) }
    return Set(numbers).count == 1 ? numbers[0] : numbers.joined(separator: "–")
  }

  /// The numbers of an estimate without their unit, `scale` nanoseconds being one.
  public static func range(_ estimate: Estimate, scale: Double) -> String {
    let high = significantOrWhole(estimate.high / scale)
    let low = significantOrWhole(estimate.low / scale)
    return low == high ? high : low + "–" + high
  }

  /// A share as a range: `0.12–0.45 %`, `<0.1 %`, `<0.1–0.3 %`.
  public static func percentRange(low: Double, high: Double) -> String {
    let (low, high) = (percent(low), percent(high))
    return low == high ? high : low.dropLast(2) + "–" + high
  }

  /// The unit in which a time of so many nanoseconds reads best, and how many nanoseconds it has.
  public static func timeUnit(for nanoseconds: Double) -> (unit: String, scale: Double) {
    if !(nanoseconds >= 1e3) { return ("ns", 1) }
    if nanoseconds < 999.5e3 { return ("µs", 1e3) }
    if nanoseconds < 999.5e6 { return ("ms", 1e6) }
    return ("s", 1e9)
  }

  /// A number of addresses' bits for a mask: `32`; a mask that is not all ones from bit 0 keeps its highest bit.
  public static func bits(ofMask mask: UInt64) -> String { String(64 - mask.leadingZeroBitCount) }

  /// `1 mapping`, `2 mappings`: a count with its noun; the plural adds an s unless it is given.
  public static func count(_ value: UInt64, _ noun: String, plural: String? = nil) -> String {
    count(value) + " " + (value == 1 ? noun : plural ?? noun + "s")
  }

  /// `numerator / denominator`, and 0 where that is no number.
  public static func share(_ numerator: UInt64, of denominator: UInt64) -> Double {
    denominator == 0 ? 0 : Double(numerator) / Double(denominator)
  }

  /// Two significant digits below 100, a whole number with separators above.
  private static func significantOrWhole(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return value > 0 ? "∞" : "0" }
    if value < 99.5 { return significant(value, 2) }
    return value < 1e15 ? count(UInt64(threeDigits(value))) : "∞"
  }

  /// A value of at least 99.5 rounded to three significant digits.
  private static func threeDigits(_ value: Double) -> Double {
    var step = 1.0
    while value / step >= 999.5 { step *= 10 }
    return (value / step).rounded() * step
  }
}

extension Profile {
  /// The estimate as a share of all CPU time during the recording (span × CPUs, for a sum of profiles the sum of these);
  /// nil where that time is not known.
  public var estimatedShare: Estimate? {
    let time = merged.map { Double($0.cpuTime) } ?? Double(recording.span) * Double(max(0, recording.cpus))
    guard time > 0 else { return nil }
    let all = totals.estimate
    return Estimate(low: all.low / time, mid: all.mid / time, high: all.high / time)
  }
}
