import Comparison
import DMAModel
import Replay

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A comparison as JSON text, schema `dmascope.compare/1`; see `ComparisonDocument` for its names and units.
public struct ComparisonJSON {
  private let document: ComparisonDocument

  /// `toolVersion` is what `dmascope --version` says.
  public init(_ comparison: RunComparison, gates: [GateResult] = [], toolVersion: String) {
    document = ComparisonDocument(comparison, gates, toolVersion)
  }

  /// The whole document, keys sorted, with a newline at its end.
  public func render() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }
}

/// The document of schema `dmascope.compare/1`.
///
/// Values are in bytes, nanoseconds, cache lines or counts, for each mapping or MiB (2²⁰ bytes) where the metric's name
/// says so. Ratios are new / base, null where the base is 0 and the new value is not.
struct ComparisonDocument: Encodable {
  var schema = "dmascope.compare/1"
  var tool: ReportDocument.Tool
  var base: [RunDocument]
  var new: [RunDocument]
  var limits: [String]
  /// What changed, most important first, in words.
  var answer: [StatementDocument]
  var changes: [ChangeDocument]
  var devices: Devices
  var callSites: Sites
  var findings: Findings
  var gates: [GateDocument]

  init(_ comparison: RunComparison, _ gates: [GateResult], _ version: String) {
    tool = .init(version: version)
    base = comparison.base.map(RunDocument.init)
    new = comparison.new.map(RunDocument.init)
    limits = comparison.limits
    answer = comparison.answer.map(StatementDocument.init)
    changes = (comparison.whole + comparison.devices + comparison.parts).map(ChangeDocument.init)
    devices = Devices(comparison.matching)
    callSites = Sites(
      new: comparison.newSites.map(ScopeDocument.init), gone: comparison.goneSites.map(ScopeDocument.init))
    findings = Findings(
      new: comparison.findings.new.map(FindingRowDocument.init),
      gone: comparison.findings.gone.map(FindingRowDocument.init), common: comparison.findings.common)
    self.gates = gates.map(GateDocument.init)
  }

  struct RunDocument: Encodable {
    var path: String
    var kernel: String
    var arch: String
    var spanNs: UInt64
    var events: UInt64
    var incomplete: Bool
    var caveats: [String]

    init(_ run: Run) {
      path = run.path
      (kernel, arch) = (run.recording.kernel, run.recording.architecture)
      (spanNs, events) = (run.recording.span, run.recording.events)
      (incomplete, caveats) = (run.recording.isIncomplete, run.caveats)
    }
  }

  struct ScopeDocument: Encodable {
    /// `whole`, `device`, `direction`, `call` or `callSite`.
    var kind: String
    var device: String?
    var direction: String?
    var call: String?
    var function: String?

    init(_ scope: Scope) {
      switch scope {
      case .whole: kind = "whole"
      case .device(let name): (kind, device) = ("device", name)
      case .direction(let name, let way): (kind, device, direction) = ("direction", name, way.name)
      case .call(let operation): (kind, call) = ("call", operation.name)
      case .site(let name, let operation, let caller):
        (kind, device, call, function) = ("callSite", name, operation.name, caller)
      }
    }
  }

  struct Interval: Encodable {
    var low: Double
    @OrNull var high: Double?

    init?(_ range: ClosedRange<Double>?) {
      guard let range, range.lowerBound.isFinite else { return nil }
      (low, high) = (range.lowerBound, range.upperBound.finite)
    }
  }

  struct ChangeDocument: Encodable {
    var metric: String
    var scope: ScopeDocument
    var unit: String
    var per: String
    var better: String
    @OrNull var base: Double?
    @OrNull var new: Double?
    var baseValues: [Double]
    var newValues: [Double]
    @OrNull var ratio: Double?
    /// Of the ratio, and of the new value.
    @OrNull var interval: Interval?
    @OrNull var newInterval: Interval?
    var level: Double
    /// `exact`, `ranks`, `windows` or `none`.
    var evidence: String
    /// That there is no change; `corrected` for the number of tests.
    @OrNull var p: Double?
    @OrNull var corrected: Double?
    /// `changed`, `same` or `unclear`.
    var verdict: String
    var share: Double

    init(_ change: Change) {
      metric = change.metric.name
      scope = ScopeDocument(change.scope)
      unit = change.metric.unit.rawValue
      per = change.metric.normalizedBy
      better = change.metric.better.rawValue
      (baseValues, newValues) = (change.baseValues, change.newValues)
      level = change.level
      share = change.share
      verdict = change.isChange ? "changed" : change.base == change.new ? "same" : "unclear"
      evidence =
        switch change.evidence {
        case .exact: "exact"
        case .ranks: "ranks"
        case .windows: "windows"
        case .none: "none"
        }
      (base, new, ratio) = (change.base, change.new, change.ratio?.finite)
      (interval, newInterval) = (Interval(change.interval), Interval(change.newInterval))
      (p, corrected) = (change.probability, change.corrected)
    }
  }

  struct StatementDocument: Encodable {
    var text: String
    var family: String
    var devices: [String]
    var change: ChangeDocument

    init(_ statement: Statement) {
      text = statement.parts.joined(separator: " · ")
      (family, devices) = (statement.family.rawValue, statement.devices)
      change = ChangeDocument(statement.change)
    }
  }

  struct Devices: Encodable {
    var common: [String]
    var new: [String]
    var gone: [String]
    var renamed: [Renamed]

    struct Renamed: Encodable {
      var old: String
      var new: String
      var because: String
    }

    init(_ matching: DeviceMatching) {
      (common, new, gone) = (matching.common, matching.new, matching.gone)
      renamed = matching.renamed.map { Renamed(old: $0.old, new: $0.new, because: $0.because) }
    }
  }

  struct Sites: Encodable {
    var new: [ScopeDocument]
    var gone: [ScopeDocument]
  }

  struct Findings: Encodable {
    var new: [FindingRowDocument]
    var gone: [FindingRowDocument]
    var common: Int
  }

  struct FindingRowDocument: Encodable {
    var rule: String
    var severity: String
    var device: String
    var function: String
    var count: UInt64
    var message: String

    init(_ row: FindingChanges.Row) {
      (rule, severity, device) = (row.rule.id, row.severity.name, row.device)
      (function, count, message) = (row.function, row.count, row.message)
    }
  }

  struct GateDocument: Encodable {
    var gate: String
    var metric: String
    @OrNull var device: String?
    /// `held`, `broken`, `uncertain` or `unmeasured`.
    var verdict: String
    var numbers: String
    var reason: String
    var because: String
    @OrNull var change: ChangeDocument?

    init(_ result: GateResult) {
      (gate, metric) = (result.gate.text, result.gate.metricName)
      verdict = result.verdict.rawValue
      (numbers, reason, because) = (result.numbers, result.reason, result.gate.because)
      (device, change) = (result.device, result.change.map(ChangeDocument.init))
    }
  }
}
