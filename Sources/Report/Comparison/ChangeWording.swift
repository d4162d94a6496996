import Comparison
import DMAModel
import Replay

// Changes in words and numbers, for every form of a comparison. Nothing here is escaped.
extension Metric {
  /// A value with its unit where that is part of the number: three significant digits, or all of a whole number.
  func text(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "" }
    switch unit {
    case .nanoseconds: return Metric.duration(value)
    case .bytes:
      return value < 1024 ? Metric.number(value) + (value > 0 ? " B" : "") : Formatting.bytes(UInt64(value))
    case .share: return Formatting.percent(value)
    default: return Metric.number(value)
    }
  }

  private static func duration(_ nanoseconds: Double) -> String {
    if nanoseconds <= 0 { return "0" }
    let (unit, scale) = Formatting.timeUnit(for: nanoseconds)
    return Formatting.significant(nanoseconds / scale, 3) + " " + unit
  }

  static func number(_ value: Double) -> String {
    if value < 0 { return "−" + number(-value) }
    if value == 0 { return "0" }
    if value == value.rounded(), value < 1e15 { return Formatting.count(UInt64(value)) }
    if value >= 999.5, value < 1e15 { return Formatting.count(UInt64(value.rounded())) }
    return Formatting.significant(value, 3)
  }

  /// The unit of a column: `lines/MiB`; empty where the number has it.
  var columnUnit: String {
    let per = normalizedBy.isEmpty ? "" : "/" + normalizedBy
    switch unit {
    case .nanoseconds, .bytes: return per
    case .share: return normalizedBy.isEmpty ? "" : "of \(normalizedBy)s"
    default: return unit.rawValue + per
    }
  }

  /// `22,680 lines/MiB`, `30.1 µs/MiB`, `98 %`.
  func measure(_ value: Double?) -> String {
    let (number, unit) = (text(value), columnUnit)
    if number.isEmpty { return "–" }
    if unit.isEmpty { return number }
    return unit.hasPrefix("/") ? number + unit : number + " " + unit
  }
}

extension Change {
  /// `+12 %`, `×14`, `new`, `gone`, `same`; empty where a side has no value.
  var changeText: String {
    guard let ratio else { return "" }
    return Change.text(ratio)
  }

  static func text(_ ratio: Double) -> String {
    if ratio == 1 { return "same" }
    if ratio == 0 { return "gone" }
    if ratio == .infinity { return "new" }
    if ratio >= 10 { return "×" + Formatting.significant(ratio, ratio < 100 ? 2 : 3) }
    let change = (ratio - 1) * 100
    let sign = change < 0 ? "−" : "+"
    let size = abs(change)
    if size < 0.05 { return sign + "<0.1 %" }
    return sign + (size < 9.95 ? Formatting.fixed(size, 1) : Formatting.fixed(size, 0)) + " %"
  }

  /// The interval of the change, `+8.1 % … +16 %`; that of the new value where there was nothing before.
  var intervalText: String {
    if let ratio, ratio == .infinity, let newInterval {
      return "\(metric.text(newInterval.lowerBound)) … \(metric.text(newInterval.upperBound))"
    }
    guard let interval, interval.lowerBound != interval.upperBound else { return "" }
    return "\(Change.text(interval.lowerBound)) … \(Change.text(interval.upperBound))"
  }

  /// What stands behind the change: `exact`, `p 0.001`, `~` where chance would do, `?` where there is no test.
  var evidenceText: String {
    guard base != nil, new != nil else { return "" }
    switch evidence {
    case .exact: return "exact"
    case .none: return base == new ? "" : "?"
    case .ranks, .windows:
      if base == new { return "" }
      guard isChange, let probability = corrected ?? probability else { return "~" }
      return "p " + (probability < 0.001 ? "<0.001" : Formatting.significant(probability, 2))
    }
  }

  var style: Paint.Style? { isChange && !isBetter ? .alarm : nil }
}

extension Scope {
  /// `0000:00:05.0 TO_DEVICE`, `unmap`, `e1000_clean_rx_irq [e1000] unmap`.
  var text: String {
    switch self {
    case .whole: "all"
    case .device(let name): name
    case .direction(let name, let direction): "\(name) \(direction.name)"
    case .call(let operation): operation.name
    case .site(let name, let operation, let function): "\(function), \(operation.name), \(name)"
    }
  }
}

extension Statement {
  private var what: String {
    switch family {
    case .maintenance: "cache maintenance"
    case .bounces: "bounces"
    case .iotlb: "IOTLB invalidations"
    case .failures: "failed maps"
    case .masks: change.metric.title
    case .syncs: "syncs"
    case .memory, .cost, .findings: change.metric.title
    }
  }

  /// `bounces on 0000:00:05.0: none before, now 0.98 mappings/mapping`
  var parts: [String] {
    var first = what
    if devices.count == 1 {
      first += " of \(devices[0])"
    } else if case .device(let name) = change.scope {
      first += " of \(name)"
    } else if (2...3).contains(devices.count) {
      first += " of \(devices.joined(separator: ", "))"
    } else if devices.count > 3 {
      first += " of \(devices.count) devices"
    }
    var parts = [first + ": " + movement]
    if !change.intervalText.isEmpty {
      parts.append("\(Int((change.level * 100).rounded())) %: \(change.intervalText)")
    }
    let evidence = change.evidenceText
    if !evidence.isEmpty { parts.append(evidence) }
    if isCoherenceChange { parts.append("the devices' coherence changed") }
    return parts
  }

  private var movement: String {
    let (old, now) = (change.metric.measure(change.base), change.metric.measure(change.new))
    guard let ratio = change.ratio else { return "\(old) → \(now)" }
    if ratio == .infinity { return "none before, now \(now)" }
    if ratio == 0 { return "gone, \(old) before" }
    return "\(Change.text(ratio)), \(old) → \(now)"
  }
}

extension GateResult {
  /// What the gate is about: `bounces.per_mapping of 0000:00:05.0`.
  var subject: String {
    guard let device else { return gate.metricName }
    return "\(gate.metricName) of \(device)\(gate.direction.map { " " + $0.name } ?? "")"
  }

  /// The numbers: `22,680 lines/MiB → 0 lines/MiB`.
  var numbers: String {
    if let change {
      let metric = change.metric
      return "\(metric.measure(change.base)) → \(metric.measure(change.new))"
        + (change.changeText.isEmpty ? "" : " (\(change.changeText))")
    }
    if case .newFindings = gate.subject {
      return Formatting.count(UInt64(findings.count), "new finding")
    }
    return ""
  }

  /// Why it is so, in words.
  var reason: String {
    switch basis {
    case .exact: return verdict == .broken ? "exact, beyond the limit" : "exact"
    case .everyRun:
      let runs = change?.newValues.count ?? 0
      let who = runs == 1 ? "the new run" : "\(runs) new runs"
      switch verdict {
      case .broken: return "\(runs == 1 ? "the new run is" : "all \(who) are") beyond the limit"
      case .uncertain: return "some of \(who) are beyond the limit, not all"
      case .held, .unmeasured: return "so in \(runs == 1 ? "the new run" : "all \(who)")"
      }
    case .interval:
      guard let change else { return "" }
      let isFactor = if case .factor = gate.limit { true } else { false }
      let interval = isFactor ? change.interval : change.newInterval
      guard let interval else { return "" }
      let text = { (value: Double) in isFactor ? Change.text(value) : change.metric.text(value) }
      let level = Formatting.significant(change.level * 100, change.level > 0.99 ? 4 : 3)
      let range = "\(level) % interval \(text(interval.lowerBound)) … \(text(interval.upperBound))"
      switch verdict {
      case .broken: return range + ", all of it beyond the limit"
      case .uncertain: return range + ", it may be chance"
      case .held, .unmeasured: return range
      }
    case .noInterval(let why): return verdict == .uncertain ? "may be chance: \(why)" : why
    case .nothing(let why): return why
    }
  }
}
