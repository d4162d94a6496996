import DMAModel
import Replay

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Checks as a SARIF 2.1.0 log (OASIS Standard, 27 March 2020): one run, its artifacts the traces.
///
/// What went wrong in a driver has no line in a source file here: a result lies in the trace, and logically in the
/// device and the calling function. Evidence of both sides is in the result's properties.
public struct SARIF {
  private let results: [CheckResult]
  private let toolVersion: String

  /// `toolVersion` is what `dmascope --version` says.
  public init(_ results: [CheckResult], toolVersion: String) {
    (self.results, self.toolVersion) = (results, toolVersion)
  }

  /// The whole log, keys sorted, with a newline at its end.
  public func render() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(log), as: UTF8.self) + "\n"
  }

  private var log: SARIFLog {
    let rules = Rule.all.filter { rule in results.contains { $0.rules.contains { $0.number == rule.number } }
    }
    .sorted { $0.number < $1.number }
    var indices: [Int: Int] = [:]
    for (index, rule) in rules.enumerated() { indices[rule.number] = index }
    var fingerprints = FingerprintCounter()
    var entries: [SARIFLog.Result] = []
    for (artifact, result) in results.enumerated() {
      func add(_ finding: Finding, by entry: Suppression?) {
        entries.append(
          SARIFLog.Result(
            finding, ruleIndex: indices[finding.rule.number],
            trace: location(result.recording.path, index: artifact),
            fingerprint: fingerprints.next(finding), suppressedBy: entry))
      }
      for finding in result.findings { add(finding, by: nil) }
      for item in result.suppressed { add(item.finding, by: item.by) }
    }
    let driver = SARIFLog.Driver(
      version: toolVersion, semanticVersion: toolVersion, rules: rules.map(SARIFLog.Descriptor.init))
    let run = SARIFLog.Run(
      tool: .init(driver: driver), invocations: [invocation],
      artifacts: results.enumerated().map {
        .init(location: location($1.recording.path, index: $0), roles: ["analysisTarget"])
      },
      results: entries)
    return SARIFLog(runs: [run])
  }

  private func location(_ path: String, index: Int) -> SARIFLog.ArtifactLocation {
    SARIFLog.ArtifactLocation(uri: Escaping.uri(path: path), index: index)
  }

  /// What limits the results: damage as errors, caveats as warnings.
  private var invocation: SARIFLog.Invocation {
    var notes: [SARIFLog.Notification] = []
    for (index, result) in results.enumerated() {
      let trace = SARIFLog.Location(
        physicalLocation: .init(artifactLocation: location(result.recording.path, index: index)))
      func add(_ sentences: [String], _ level: String) {
        notes += sentences.map {
          SARIFLog.Notification(level: level, message: .init(text: Escaping.sarif($0)), locations: [trace])
        }
      }
      add(result.recording.problems, "error")
      add(result.caveats, "warning")
    }
    return SARIFLog.Invocation(
      executionSuccessful: !results.contains { $0.recording.isIncomplete },
      toolExecutionNotifications: notes)
  }
}
