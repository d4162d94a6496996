#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// What draws make of ratios of sums.
extension Windows {
  /// The ratio of sums in each draw; no number where the denominator is 0.
  ///
  /// Blocks end somewhere, and what neighbours across an end have in common is lost, so draws of windows that depend on
  /// each other lie too close. Their distances from the ratio of all windows, as factors, are stretched by `stretch`.
  ///
  /// - Parameters:
  ///   - above: the series whose sum is the numerator; none may be negative.
  ///   - scale: what ratios are multiplied by.
  func ratios(_ draws: Draws, _ above: [Int], _ below: Int, scale: Double = 1) -> [Double] {
    let whole = ratio(above.reduce(0) { $0 + total($1) }, total(below)) * scale
    let stretch = whole > 0 ? stretch(above, below) : 1
    return draws.sums[below].indices.map { draw in
      let value = ratio(above.reduce(0) { $0 + draws.sums[$1][draw] }, draws.sums[below][draw]) * scale
      guard stretch > 1, value > 0 else { return value }
      return whole * exp(stretch * log(value / whole))
    }
  }

  private func ratio(_ above: Double, _ below: Double) -> Double { below > 0 ? max(0, above) / below : .nan }

  /// By what factor draws in blocks lie too close, at least 1.
  ///
  /// The variance that blocks show grows with their length towards the true one, and what it lacks is as one over the
  /// length, so twice that of blocks less that of blocks a third as long comes nearer, from above (Vats and Flegal,
  /// "Lugsail lag windows for estimating time-average covariance matrices", Biometrika 2022).
  private func stretch(_ above: [Int], _ below: Int) -> Double {
    let whole = ratio(above.reduce(0) { $0 + total($1) }, total(below))
    let rest = (0..<count).map { window in
      above.reduce(0) { $0 + value($1, window) } - whole * value(below, window)
    }
    let length = blockLength()
    let long = variance(rest, length)
    let short = variance(rest, max(1, length / 3))
    return long > 0 ? max(1, (2 * long - short) / long).squareRoot() : 1
  }

  /// The mean square of the sums of all blocks of a length that lie within one run, for each window.
  private func variance(_ rest: [Double], _ length: Int) -> Double {
    var (sum, windows) = (0.0, 0)
    for run in runs {
      let length = min(length, run.count)
      var block = rest[run.first..<run.first + length].reduce(0, +)
      for start in run.first...(run.first + run.count - length) {
        if start > run.first { block += rest[start + length - 1] - rest[start - 1] }
        sum += block * block
        windows += length
      }
    }
    return windows > 0 ? sum / Double(windows) : 0
  }
}
