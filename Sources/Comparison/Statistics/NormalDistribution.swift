#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The standard normal distribution, and what is drawn from it for small samples.
enum NormalDistribution {
  /// The probability of a value above `z`.
  static func upperTail(_ z: Double) -> Double { erfc(z / 2.squareRoot()) / 2 }

  static func log10(_ value: Double) -> Double { log(value) / log(10) }

  /// The value with probability `tail` above it, by bisection; `tail` in 0 ... 0.5.
  static func quantile(upperTail tail: Double) -> Double {
    var (low, high) = (0.0, 40.0)
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if upperTail(middle) > tail { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// Student's quantile with so many degrees of freedom, from the normal one (Abramowitz and Stegun, 26.7.5).
  static func studentQuantile(upperTail tail: Double, freedom: Double) -> Double {
    let z = quantile(upperTail: tail)
    let (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z)
    let first = (z3 + z) / (4 * freedom)
    let second = (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom * freedom)
    let third = (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom * freedom * freedom)
    return z + first + second + third
  }
}

extension Change {
  static func binaryLogarithm(_ value: Double) -> Double { log2(value) }
}
