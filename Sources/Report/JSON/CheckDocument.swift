import DMAModel
import Replay

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Checks as JSON text, schema `dmascope.check/1`; see `CheckDocument` for its names.
public struct CheckJSON {
  private let document: CheckDocument

  /// `toolVersion` is what `dmascope --version` says.
  public init(_ results: [CheckResult], toolVersion: String) {
    document = CheckDocument(
      tool: .init(version: toolVersion), checks: results.map(CheckDocument.Check.init))
  }

  /// The whole document, keys sorted, with a newline at its end.
  public func render() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }
}

/// The document of schema `dmascope.check/1`: for each trace what limits the check and what was found. Findings are
/// those of `dmascope.report/1`.
struct CheckDocument: Encodable {
  var schema = "dmascope.check/1"
  var tool: ReportDocument.Tool
  var checks: [Check]

  struct Check: Encodable {
    var path: String
    /// Whether part of the input could not be read.
    var incomplete: Bool
    var caveats: [String]
    /// Ids of the rules that were looked at.
    var rules: [String]
    var summary: Summary
    var findings: [FindingDocument]
    var suppressed: [Suppressed]

    init(_ result: CheckResult) {
      path = result.recording.path
      incomplete = result.recording.isIncomplete
      caveats = result.caveats
      rules = result.rules.map(\.id)
      summary = Summary(result)
      findings = result.findings.map(FindingDocument.init)
      suppressed = result.suppressed.map(Suppressed.init)
    }
  }

  /// Numbers of findings.
  struct Summary: Encodable {
    var errors: Int
    var warnings: Int
    var hints: Int
    var suppressed: Int
    /// Milder than what was asked for.
    var hidden: Int

    init(_ result: CheckResult) {
      let counts = FindingCounts(result.findings)
      (errors, warnings, hints) = (counts.errors, counts.warnings, counts.hints)
      (suppressed, hidden) = (result.suppressed.count, result.hidden.count)
    }
  }

  struct Suppressed: Encodable {
    var reason: String
    /// Of the suppression file.
    var line: Int
    var finding: FindingDocument

    init(_ item: CheckResult.Suppressed) {
      (reason, line) = (item.by.reason, item.by.line)
      finding = FindingDocument(item.finding)
    }
  }
}
