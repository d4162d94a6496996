import DMAModel
import Replay

extension RunComparison {
  /// Judges gates, each for every device that it is about, in their order.
  ///
  /// A gate is broken only if what is known excludes that its limit is kept. All gates that need an interval share an
  /// error of 5 % (Bonferroni): a build with ten gates fails by chance no more often than one with one, and each
  /// interval is wider for it.
  public func judge(_ gates: [Gate]) -> [GateResult] {
    let cases = gates.flatMap { gate in scopes(of: gate).map { (gate: gate, scope: $0) } }
    let tests = max(1, cases.count { if case .metric = $0.gate.subject { $0.scope != nil } else { false } })
    let gateLevel = 1 - (1 - level) / Double(tests)
    var known: [Scope: [Change]] = [:]
    for (gate, scope) in cases {
      guard let scope, case .metric(let metric) = gate.subject,
        known[scope]?.contains(where: { $0.metric.name == metric.name }) != true
      else { continue }
      let metrics = cases.compactMap { other -> Metric? in
        guard other.scope == scope, case .metric(let metric) = other.gate.subject else { return nil }
        return metric
      }
      known[scope] = sampler.changes(metrics, scope, level: gateLevel, tests: tests, limitsValues: true)
    }
    return cases.map { gate, scope in
      guard let scope else {
        return GateResult(
          gate: gate, device: gate.device, verdict: .unmeasured,
          basis: .nothing("no device that both sides have is called so"))
      }
      switch gate.subject {
      case .newFindings(let severity): return judge(gate, scope, severity)
      case .metric(let metric):
        return judge(gate, scope, known[scope]?.first { $0.metric.name == metric.name })
      }
    }
  }

  /// Nil among them where a device is asked for that there is not.
  private func scopes(of gate: Gate) -> [Scope?] {
    guard let device = gate.device else { return [.whole] }
    let glob = Glob(device)
    var names = matching.common
    // What is found in a new device is new too.
    if case .newFindings = gate.subject { names += matching.new }
    let scopes = names.filter { glob.matches($0) }.sorted().map { name -> Scope in
      gate.direction.map { .direction(device: name, $0) } ?? .device(name)
    }
    return scopes.isEmpty ? [nil] : scopes
  }

  private func judge(_ gate: Gate, _ scope: Scope, _ severity: Rule.Severity?) -> GateResult {
    let rows = findings.new.filter { row in
      (severity == nil || row.severity == severity) && (scope.device == nil || row.device == scope.device)
    }
    guard case .value(let limit) = gate.limit else {
      return GateResult(gate: gate, device: scope.device, verdict: .unmeasured, basis: .nothing("no number"))
    }
    let keeps = gate.comparison.keeps(Double(rows.count), limit)
    return GateResult(
      gate: gate, device: scope.device, verdict: keeps ? .held : .broken, change: nil, findings: rows,
      basis: .exact)
  }

  private func judge(_ gate: Gate, _ scope: Scope, _ change: Change?) -> GateResult {
    guard let change, let now = change.new else {
      return GateResult(
        gate: gate, device: scope.device, verdict: .unmeasured,
        basis: .nothing("the new runs have no such value"))
    }
    var result = GateResult(
      gate: gate, device: scope.device, verdict: .held, change: change, basis: .exact)
    switch gate.limit {
    case .factor(let limit):
      guard let ratio = change.ratio else {
        (result.verdict, result.basis) = (.unmeasured, .nothing("the base has no such value"))
        return result
      }
      judge(&result, ratio, limit, change.interval, change.evidence)
    case .value(let limit):
      if !change.metric.isNormalized {
        let breaking = change.newValues.count { !gate.comparison.keeps($0, limit) }
        result.basis = .everyRun
        result.verdict = breaking == 0 ? .held : breaking == change.newValues.count ? .broken : .uncertain
      } else if Set(change.newValues).count == 1, change.newValues.count > 1 {
        result.verdict = gate.comparison.keeps(now, limit) ? .held : .broken
      } else {
        judge(&result, now, limit, change.newInterval, change.evidence)
      }
    }
    return result
  }

  private func judge(
    _ result: inout GateResult, _ value: Double, _ limit: Double, _ interval: ClosedRange<Double>?,
    _ evidence: Evidence
  ) {
    let keeps = result.gate.comparison.keeps(value, limit)
    if evidence == .exact, case .factor = result.gate.limit {
      result.verdict = keeps ? .held : .broken
    } else if let interval {
      result.basis = .interval
      let isExcluded = result.gate.comparison.excludes(interval, limit)
      result.verdict = isExcluded ? .broken : keeps ? .held : .uncertain
    } else {
      var why = "too few runs for an interval that so many gates share"
      if case .none(let reason) = evidence { why = reason }
      (result.verdict, result.basis) = (keeps ? .held : .uncertain, .noInterval(why))
    }
  }
}

extension Gate.Comparison {
  func keeps(_ value: Double, _ limit: Double) -> Bool {
    switch self {
    case .below: value < limit
    case .atMost: value <= limit
    case .equal: value == limit
    case .atLeast: value >= limit
    case .above: value > limit
    }
  }

  /// Whether no value of the interval keeps the limit.
  func excludes(_ interval: ClosedRange<Double>, _ limit: Double) -> Bool {
    switch self {
    case .below: interval.lowerBound >= limit
    case .atMost: interval.lowerBound > limit
    case .equal: !interval.contains(limit)
    case .atLeast: interval.upperBound < limit
    case .above: interval.upperBound <= limit
    }
  }
}
