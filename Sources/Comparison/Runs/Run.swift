import DMAModel
import Replay

/// One run, reduced to what is compared. Devices carry the names of the new side.
public struct Run: Sendable {
  /// What it is called: the path of its trace or profile.
  public let path: String
  public let recording: Recording
  public let caveats: [String]
  /// How it was read: platform, line, filter; runs that differ in it are told apart in the report.
  public let platform: String
  public let cacheLine: UInt64
  public let filter: String
  var sums: [Scope: Quantities] = [:]
  var standings: [Scope: Standing] = [:]
  /// By window of time, for the whole and for devices; series in the order of `Quantity`.
  var windows: [Scope: [[Double]]] = [:]
  var findings: [FindingIdentity: FindingRow] = [:]
  /// Devices that are coherent.
  var coherent: [String: Bool] = [:]
  /// Devices whose coherence nothing in the run shows.
  var assumed: Set<String> = []

  /// - Parameter names: devices of this run by another name, that of the new side.
  public init(_ profile: Profile, renaming names: [String: String] = [:]) {
    path = profile.recording.path
    recording = profile.recording
    caveats = profile.caveats
    platform = profile.platform.name
    cacheLine = profile.platform.cacheLine
    filter = profile.filter
    let name: (String) -> String = { names[$0] ?? $0 }
    addSums(profile, name)
    addStandings(profile, name)
    addWindows(profile, name)
    for finding in profile.findings { add(finding, name) }
    for device in profile.devices {
      coherent[name(device.name)] = device.coherent
      if device.coherentBecause == .assumed { assumed.insert(name(device.name)) }
    }
  }

  /// The value of a metric there; nil where it cannot be said.
  func value(_ metric: Metric, _ scope: Scope) -> Double? {
    switch metric.formula {
    case .ratio: sums[scope].flatMap { metric.value($0) }
    case .standing(let read): standings[scope].flatMap(read)
    }
  }
}

/// What makes two findings the same in different runs.
struct FindingIdentity: Hashable, Sendable {
  var rule: String
  var device: String
  var function: String
}

/// Findings of one identity.
struct FindingRow: Sendable {
  var rule: Rule
  var severity: Rule.Severity
  var count: UInt64
  /// The first of them in words.
  var message: String
}

extension Run {
  private mutating func add(_ finding: Finding, _ name: (String) -> String) {
    let identity = FindingIdentity(
      rule: finding.rule.id, device: name(finding.device),
      function: CallSiteName.function(finding.callSite) ?? "")
    var row =
      findings[identity]
      ?? FindingRow(
        rule: finding.rule, severity: finding.severity, count: 0,
        message: finding.examples.first?.message ?? finding.rule.title)
    row.count &+= finding.count
    row.severity = max(row.severity, finding.severity)
    findings[identity] = row
  }
}
