import Comparison

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How much more or less a weight is than what it is held against: seven steps, each with a colour and a sign.
enum DifferenceScale {
  enum Step: String, CaseIterable {
    case less3, less2, less1, same, more1, more2, more3
  }

  /// Within a hundredth it is the same; up to a tenth it differs a little, from twofold on much.
  static func step(_ base: Double, _ new: Double) -> Step {
    if base <= 0 { return new > 0 ? .more3 : .same }
    let ratio = new / base
    if ratio >= 2 { return .more3 }
    if ratio >= 1.1 { return .more2 }
    if ratio > 1.01 { return .more1 }
    if ratio >= 1 / 1.01 { return .same }
    if ratio > 1 / 1.1 { return .less1 }
    return ratio > 0.5 ? .less2 : .less3
  }

  /// What stands before a name, so that the colour is not needed; empty for what is the same.
  static func sign(_ base: Double, _ new: Double) -> String {
    if base <= 0, new > 0 { return "new: " }
    if new <= 0, base > 0 { return "gone: " }
    switch step(base, new) {
    case .more3: return "▲▲ "
    case .more2: return "▲ "
    case .more1: return "△ "
    case .same: return ""
    case .less1: return "▽ "
    case .less2: return "▼ "
    case .less3: return "▼▼ "
    }
  }

  /// The steps with their meaning, for a legend.
  static let legend: [(step: Step, text: String)] = [
    (.more3, "▲▲ twofold or more, or new"), (.more2, "▲ more by a tenth or more"),
    (.more1, "△ a little more"),
    (.same, "the same within 1 %"), (.less1, "▽ a little less"), (.less2, "▼ less by a tenth or more"),
    (.less3, "▼▼ half or less, or gone"),
  ]

  /// `▲ +12 %`, `new`, `gone`, `same`.
  static func words(_ base: Double, _ new: Double) -> String {
    if base <= 0 { return new > 0 ? "new" : "same" }
    if new <= 0 { return "gone" }
    return sign(base, new) + Change.text(new / base)
  }

  static func doublings(_ ratio: Double) -> Double { log2(ratio) }

  /// A number to sort changes by; what is new goes behind all, what has no ratio before.
  static func sortKey(_ ratio: Double?) -> Double {
    guard let ratio else { return -1e9 }
    if ratio <= 0 { return -1e6 }
    return ratio.isFinite ? doublings(ratio) : 1e6
  }
}
