#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A mark on an axis: where it stands (0 ... 1 from the axis' start) and what it says.
struct Tick: Equatable {
  var position: Double
  var label: String
}

/// An axis from 0 to a round number at or above the largest value.
struct LinearScale {
  /// The value at the end of the axis, at least 1.
  let maximum: Double
  let step: Double

  enum Unit { case count, bytes }

  /// About `wanted` ticks in steps of 1, 2 or 5 times a power of ten; of powers of two for bytes.
  init(maximum: UInt64, unit: Unit, wanted: Int = 4) {
    let largest = Double(max(1, maximum))
    let rough = largest / Double(max(1, wanted))
    switch unit {
    case .bytes:
      var step = 1.0
      while step < rough { step *= 2 }
      self.step = step
    case .count:
      var power = 1.0
      while power * 10 <= rough { power *= 10 }
      let factor = [1.0, 2, 5, 10].first { power * $0 >= rough } ?? 10
      step = max(1, power * factor)
    }
    self.maximum = (largest / step).rounded(.up) * step
  }

  /// 0 ... 1 along the axis; 0 for what is no number.
  func position(_ value: UInt64) -> Double { Numbers.unit(Double(value) / maximum) }

  func ticks(_ label: (UInt64) -> String) -> [Tick] {
    let steps = min(20, Int((maximum / step).rounded()))
    return (0...max(1, steps)).map { index in
      let value = Double(index) * step
      let exact = value < 1.8e19 ? UInt64(value) : .max
      return Tick(position: Numbers.unit(value / maximum), label: label(exact))
    }
  }
}

/// Time since the start of the recording in round seconds, milliseconds or less.
struct TimeScale {
  /// Nanoseconds that the axis covers, at least 1.
  let span: UInt64

  init(span: UInt64) { self.span = max(1, span) }

  /// Ticks at round times, about six.
  var ticks: [Tick] {
    var power = 1.0
    let rough = Double(span) / 6
    while power * 10 <= rough { power *= 10 }
    let step = power * ([1.0, 2, 5].first { power * $0 >= rough } ?? 10)
    guard step >= 1, step.isFinite else { return [Tick(position: 0, label: "0")] }
    let (unit, scale) = Formatting.timeUnit(for: Double(span))
    return (0...Int((Double(span) / step).rounded(.down))).map { index in
      let value = Double(index) * step
      let number = value == 0 ? "0" : TimeScale.number(value / scale)
      return Tick(position: value / Double(span), label: number + " " + unit)
    }
  }

  /// As many decimals as a round number needs, and no more.
  private static func number(_ value: Double) -> String {
    for decimals in 0...3 {
      let text = Formatting.fixed(value, decimals)
      if let back = Double(text), abs(back - value) <= value * 1e-9 { return text }
    }
    return Formatting.significant(value, 3)
  }
}

/// An axis of nanoseconds on which each power of ten has the same length.
struct LogarithmicTimeScale {
  private let first: Double
  private let last: Double

  /// Covers `lowest` to `highest` nanoseconds, widened to whole powers of ten.
  init(lowest: UInt64, highest: UInt64) {
    first = log10(Double(max(1, lowest))).rounded(.down)
    last = max(first + 1, log10(Double(max(1, highest))).rounded(.up))
  }

  func position(_ nanoseconds: UInt64) -> Double {
    Numbers.unit((log10(Double(max(1, nanoseconds))) - first) / (last - first))
  }

  /// Powers of ten, or every second or third of them: at most five or so.
  var ticks: [Tick] {
    let step = last - first > 8 ? 3.0 : last - first > 4 ? 2.0 : 1.0
    let lowest = (first / step).rounded(.up) * step
    return stride(from: lowest, through: last, by: step).map { (exponent: Double) -> Tick in
      let position = (exponent - first) / (last - first)
      return Tick(position: position, label: LogarithmicTimeScale.label(Int(exponent)))
    }
  }

  private static func label(_ exponent: Int) -> String {
    let units = ["ns", "µs", "ms", "s", "ks", "Ms", "Gs"]
    let digit = ["1", "10", "100"][max(0, exponent) % 3]
    return digit + " " + units[min(units.count - 1, max(0, exponent) / 3)]
  }
}
