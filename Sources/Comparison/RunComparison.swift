import DMAModel
import Replay

/// Base runs against new runs.
///
///     let comparison = RunComparison(base: [before], new: [after])
///     for change in comparison.whole where change.isChange { print(change.metric.name) }
///
/// Evidence, the strongest that the runs carry: facts are exact; from four runs a side on the Mann-Whitney test; below
/// that the block bootstrap over windows of time. The same runs give the same result on every machine.
public struct RunComparison: Sendable {
  public let base: [Run]
  public let new: [Run]
  public let matching: DeviceMatching
  /// The level of intervals, 0.95.
  public let level = 0.95
  /// Metrics of the whole, in the order of the table.
  public private(set) var whole: [Change] = []
  /// Those of devices that both sides have.
  public private(set) var devices: [Change] = []
  /// Directions of devices, kinds of calls, and call sites; most weight first.
  public private(set) var parts: [Change] = []
  /// Call sites that only one side has, dearest first.
  public private(set) var goneSites: [Scope] = []
  public private(set) var newSites: [Scope] = []
  public private(set) var findings = FindingChanges()
  let sampler: Sampler

  public init(base: [Profile], new: [Profile], rules: [MatchRule] = []) {
    matching = DeviceMatching(base: base, new: new, rules: rules)
    let names = matching.names
    let (baseRuns, newRuns) = (base.map { Run($0, renaming: names) }, new.map { Run($0) })
    self.base = baseRuns
    self.new = newRuns
    sampler = Sampler(base: baseRuns, new: newRuns)
    findings = FindingChanges(base: baseRuns, new: newRuns)
    compareWholeAndDevices()
    compareParts()
  }

  private mutating func compareWholeAndDevices() {
    let scopes = [Scope.whole] + matching.common.map { Scope.device($0) }
    var changes = scopes.flatMap { scope in
      sampler.changes(Metric.table, scope, level: level)
    }
    RunComparison.correct(&changes)
    whole = changes.filter { $0.scope == .whole }
    devices = changes.filter { $0.scope != .whole }
  }

  private mutating func compareParts() {
    let scopes = Set((base + new).flatMap { $0.sums.keys }).filter { scope in
      switch scope {
      case .whole, .device: false
      case .direction, .call, .site: true
      }
    }
    let metrics = Metric.table.filter { $0.isNormalized }
    var changes: [Change] = []
    for scope in scopes.sorted(by: Scope.precedes) {
      let (isOld, isNew) = (sampler.has(scope, .base), sampler.has(scope, .new))
      if isOld && isNew {
        changes += sampler.changes(metrics, scope, level: level)
      } else if case .site(let device, _, _) = scope, matching.common.contains(device) {
        if isOld { goneSites.append(scope) } else { newSites.append(scope) }
      }
    }
    RunComparison.correct(&changes)
    parts = changes.sorted { $0.weight > $1.weight }
    goneSites.sort { sampler.cost($0, .base) > sampler.cost($1, .base) }
    newSites.sort { sampler.cost($0, .new) > sampler.cost($1, .new) }
  }

  private static func correct(_ changes: inout [Change]) {
    let tested = changes.indices.filter { changes[$0].probability != nil }
    let corrected = FalseDiscovery.corrected(tested.compactMap { changes[$0].probability })
    for (index, value) in zip(tested, corrected) { changes[index].corrected = value }
  }

  /// Whether each side has one run.
  public var isSingle: Bool { base.count == 1 && new.count == 1 }

  /// Devices of which one side's runs show whether they are coherent, and the other's do not: `isBase` where it is the
  /// base that only assumes it.
  public func assumedDevices(isBase: Bool) -> [String] {
    let (assuming, knowing) = isBase ? (base, new) : (new, base)
    return matching.common.filter { name in
      assuming.contains { $0.assumed.contains(name) }
        && knowing.contains { $0.coherent[name] != nil && !$0.assumed.contains(name) }
    }
  }

  /// Whether every value of the whole and of devices is the same on both sides.
  public var isEqual: Bool {
    (whole + devices).allSatisfy { $0.base == $0.new } && matching.gone.isEmpty && matching.new.isEmpty
      && findings.new.isEmpty && findings.gone.isEmpty
  }

  /// Whether any run was read only in part.
  public var isIncomplete: Bool { (base + new).contains { $0.recording.isIncomplete } }
}

extension Scope {
  /// An order that depends on nothing but names.
  static func precedes(_ a: Scope, _ b: Scope) -> Bool { a.key.lexicographicallyPrecedes(b.key) }

  private var key: [String] {
    switch self {
    case .whole: ["0"]
    case .device(let name): ["1", name]
    case .direction(let name, let direction): ["2", name, String(direction.rawValue)]
    case .call(let operation): ["3", String(operation.rawValue)]
    case .site(let name, let operation, let function): ["4", name, String(operation.rawValue), function]
    }
  }
}
