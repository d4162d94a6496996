import Replay

/// What changed, family by family of metrics, what matters most first.
public struct Statement: Sendable {
  public let family: Metric.Family
  /// The change that says it: of the device that accounts for it, or of the whole.
  public let change: Change
  /// The devices that account for nine tenths of it, the largest part first; all that changed if it takes more than
  /// three.
  public let devices: [String]
  /// Whether devices that snoop on one side did not on the other, so that no code need have changed.
  public let isCoherenceChange: Bool
  let weight: Double
}

extension RunComparison {
  /// Statements on what is known to have changed. Ranked by the size of the effect, weighted by what the family costs of
  /// the whole where it has a price. Costs, findings and gates speak for themselves elsewhere.
  public var answer: [Statement] {
    Metric.Family.allCases.filter { $0 != .cost && $0 != .findings }
      .compactMap(statement).sorted { $0.weight > $1.weight }
  }

  private func statement(_ family: Metric.Family) -> Statement? {
    let candidates = (whole + devices).filter { $0.metric.family == family && $0.isChange }
    guard
      let loudest = candidates.max(by: {
        ($0.metric.isChief ? 1 : 0, $0.scope == .whole ? 1 : 0, $0.weight)
          < ($1.metric.isChief ? 1 : 0, $1.scope == .whole ? 1 : 0, $1.weight)
      })
    else { return nil }
    let parts = contributions(loudest.metric)
    let all = parts.reduce(0) { $0 + abs($1.value) }
    var (named, sum): ([String], Double) = ([], 0)
    for part in parts.sorted(by: { (abs($0.value), $1.key) > (abs($1.value), $0.key) }) where sum < 0.9 * all
    {
      named.append(part.key)
      sum += abs(part.value)
    }
    var change = loudest
    if named.count == 1,
      let own = devices.first(where: {
        $0.scope == .device(named[0]) && $0.metric.name == loudest.metric.name && $0.isChange
      })
    {
      change = own
    } else if case .device(let name) = loudest.scope {
      named = [name]
    }
    return Statement(
      family: family, change: change, devices: named, isCoherenceChange: coherenceChanged(named, family),
      weight: loudest.weight * importance(family))
  }

  /// What each device adds to a metric of the whole on the new side, less what it added on the base's.
  private func contributions(_ metric: Metric) -> [String: Double] {
    var result: [String: Double] = [:]
    for name in matching.common + matching.new + matching.gone {
      let scope = Scope.device(name)
      switch metric.formula {
      case .ratio(let above, let per, _):
        result[name] = Self.part(above, per, scope, new) - Self.part(above, per, scope, base)
      case .standing:
        let (old, now) = (sampler.values(metric, scope, .base), sampler.values(metric, scope, .new))
        result[name] = (OrderInterval.median(now) ?? 0) - (OrderInterval.median(old) ?? 0)
      }
    }
    return result
  }

  private static func part(_ above: [Quantity], _ per: Quantity, _ scope: Scope, _ runs: [Run]) -> Double {
    let values = runs.map { run -> Double in
      guard let sums = run.sums[scope], let all = run.sums[.whole]?[per], all > 0 else { return 0 }
      return above.reduce(0) { $0 + (sums[$1] ?? 0) } / all
    }
    return OrderInterval.median(values) ?? 0
  }

  /// The share of the estimated cost that a family has, on the side where it has more; what has no price weighs as
  /// little as it is rarely the matter.
  private func importance(_ family: Metric.Family) -> Double {
    switch family {
    case .maintenance: share { $0 - ($1 + $2) }
    case .bounces: share { _, copies, _ in copies }
    case .iotlb: share { _, _, iotlb in iotlb }
    case .failures, .masks:
      (base + new).contains { run in
        (run.sums[.whole]?[.failed] ?? 0) > 0 || (run.standings[.whole]?.maskPressure ?? 0) > 0.1
      } ? 0.5 : 0.1
    case .syncs: 0.1
    case .memory, .cost, .findings: 0.05
    }
  }

  private func share(_ part: (_ all: Double, _ copies: Double, _ iotlb: Double) -> Double) -> Double {
    let shares = (base + new).compactMap { run -> Double? in
      guard let sums = run.sums[.whole], let all = sums[.cost], all > 0 else { return nil }
      return max(0, min(1, part(all, sums[.copyCost] ?? 0, sums[.iotlbCost] ?? 0) / all))
    }
    return max(0.05, shares.max() ?? 1)
  }

  private func coherenceChanged(_ names: [String], _ family: Metric.Family) -> Bool {
    guard family == .maintenance, !names.isEmpty else { return false }
    return names.allSatisfy { name in
      let (old, now) = (Set(base.compactMap { $0.coherent[name] }), Set(new.compactMap { $0.coherent[name] }))
      return old.count == 1 && now.count == 1 && old != now
    }
  }
}
