/// A number by which runs are compared.
///
/// To add one: a row in `Metric.table`; where it counts something new, a `Quantity` and what fills it in
/// `Runs/Run+Sums.swift`, or a member of `Standing`. Names are used in gates and in JSON: they never change.
public struct Metric: Sendable {
  /// `maintenance.lines_per_mib`
  public let name: String
  /// What it is, in a few words: `cache lines maintained a MiB mapped`.
  public let title: String
  public let unit: Unit
  public let better: Better
  /// What it belongs to; changes are named by it.
  public let family: Family
  public let formula: Formula
  /// Whether it speaks for its family.
  public let isChief: Bool

  public enum Unit: String, Sendable {
    case lines, calls, mappings, bytes, nanoseconds, syncs, invalidations, share, bits, findings, leaks
  }

  public enum Better: String, Sendable { case lower, higher }

  public enum Family: String, Sendable, CaseIterable {
    case maintenance, bounces, iotlb, cost, syncs, failures, masks, memory, findings
  }

  public enum Formula: Sendable {
    /// Sums divided by a sum, times `scale`: comparable between runs of different length.
    case ratio([Quantity], per: Quantity, scale: Double)
    /// As it stands at the end of the run, or at its highest.
    case standing(@Sendable (Standing) -> Double?)
  }

  /// What it is divided by: `MiB`, `mapping`; empty where it is not.
  public var normalizedBy: String {
    guard case .ratio(_, let per, _) = formula else { return "" }
    return per == .mappedBytes ? "MiB" : per == .maps ? "map call" : "mapping"
  }

  /// Whether runs of different length can be compared by it.
  public var isNormalized: Bool { !normalizedBy.isEmpty }

  /// Whether it is a fact about the run that does not vary by chance once the workload is the same: findings.
  public var isDeterministic: Bool { family == .findings }

  init(
    _ name: String, _ title: String, _ unit: Unit, _ family: Family, better: Better = .lower,
    isChief: Bool = false, _ formula: Formula
  ) {
    (self.name, self.title, self.unit, self.better) = (name, title, unit, better)
    (self.family, self.formula, self.isChief) = (family, formula, isChief)
  }

  /// The metric with this name, `findings.DMA203` included; nil if there is none.
  public static func named(_ name: String) -> Metric? {
    if let metric = table.first(where: { $0.name == name }) { return metric }
    let parts = name.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, parts[0] == "findings" else { return nil }
    return ofRule(String(parts[1]))
  }

  func value(_ quantities: Quantities) -> Double? {
    guard case .ratio(let above, let per, let scale) = formula, let below = quantities[per], below > 0 else {
      return nil
    }
    var sum = 0.0
    for quantity in above {
      guard let value = quantities[quantity] else { return nil }
      sum += value
    }
    return sum / below * scale
  }
}
