import Replay

/// The parts of a SARIF 2.1.0 log that a check writes; names are those of the standard. All text is escaped.
struct SARIFLog: Encodable {
  var schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
  var version = "2.1.0"
  var runs: [Run]

  enum CodingKeys: String, CodingKey {
    case schema = "$schema"
    case version, runs
  }

  struct Run: Encodable {
    var tool: Tool
    var invocations: [Invocation]
    var artifacts: [Artifact]
    var results: [Result]
  }

  struct Tool: Encodable {
    var driver: Driver
  }

  struct Driver: Encodable {
    var name = "dmascope"
    var version: String
    var semanticVersion: String
    var rules: [Descriptor]
  }

  struct Descriptor: Encodable {
    var id: String
    var name: String
    var shortDescription: Message
    var fullDescription: Message
    var help: Message
    var defaultConfiguration: Configuration
    var properties: Tags

    struct Configuration: Encodable {
      var level: String
    }
    struct Tags: Encodable {
      var tags: [String]
    }
  }

  struct Message: Encodable {
    var text: String
  }

  struct Invocation: Encodable {
    var executionSuccessful: Bool
    var toolExecutionNotifications: [Notification]
  }

  struct Notification: Encodable {
    var level: String
    var message: Message
    var locations: [Location]
  }

  struct Artifact: Encodable {
    var location: ArtifactLocation
    var roles: [String]
  }

  struct ArtifactLocation: Encodable {
    var uri: String
    var index: Int
  }

  struct Location: Encodable {
    var physicalLocation: PhysicalLocation
    var logicalLocations: [LogicalLocation]?
  }

  struct PhysicalLocation: Encodable {
    var artifactLocation: ArtifactLocation
  }

  struct LogicalLocation: Encodable {
    var name: String
    var fullyQualifiedName: String?
    var kind: String
  }

  struct Result: Encodable {
    var ruleId: String
    var ruleIndex: Int?
    var level: String
    var message: Message
    var locations: [Location]
    var occurrenceCount: UInt64
    var partialFingerprints: [String: String]
    var suppressions: [SuppressionEntry]
    var properties: Properties
  }

  struct SuppressionEntry: Encodable {
    var kind = "external"
    var status = "accepted"
    var justification: String
  }

  struct Properties: Encodable {
    var device: String
    var callSite: String
    var examples: [FindingDocument.Example]
  }
}

extension SARIFLog.Descriptor {
  init(_ rule: Rule) {
    id = rule.id
    name = rule.name
    shortDescription = .init(text: Escaping.sarif(rule.title))
    fullDescription = .init(text: Escaping.sarif(rule.demand.isEmpty ? rule.title : rule.demand))
    let advice = rule.fix.isEmpty ? "" : rule.fix + " "
    help = .init(text: Escaping.sarif("\(advice)More: dmascope explain \(rule.id)"))
    defaultConfiguration = .init(level: rule.severity.sarifLevel)
    properties = .init(tags: ["dma", RuleFamily.of(rule).id])
  }
}

extension SARIFLog.Result {
  init(
    _ finding: Finding, ruleIndex: Int?, trace: SARIFLog.ArtifactLocation, fingerprint: String,
    suppressedBy entry: Suppression?
  ) {
    ruleId = finding.rule.id
    self.ruleIndex = ruleIndex
    level = finding.severity.sarifLevel
    message = .init(text: Escaping.sarif(finding.sentence))
    var logical = [SARIFLog.LogicalLocation(name: Escaping.terminal(finding.device), kind: "resource")]
    if !finding.callSite.isEmpty {
      let function = finding.callSiteFunction
      logical.append(
        .init(
          name: Escaping.terminal(function.isEmpty ? finding.callSite : function),
          fullyQualifiedName: Escaping.terminal(finding.callSite), kind: "function"))
    }
    locations = [.init(physicalLocation: .init(artifactLocation: trace), logicalLocations: logical)]
    // The standard's integers have at least 32 bits; some readers have no more.
    occurrenceCount = max(1, min(finding.count, UInt64(Int32.max)))
    partialFingerprints = ["primaryLocationLineHash": fingerprint, "dmascopeFinding/v1": fingerprint]
    suppressions = entry.map { [.init(justification: Escaping.sarif($0.reason))] } ?? []
    properties = .init(
      device: Escaping.terminal(finding.device), callSite: Escaping.terminal(finding.callSite),
      examples: finding.examples.map { FindingDocument.Example($0, text: Escaping.terminal) })
  }
}

extension Rule.Severity {
  /// `error`, `warning` or `note`.
  var sarifLevel: String {
    switch self {
    case .error: "error"
    case .warning: "warning"
    case .hint: "note"
    }
  }
}

extension Finding {
  /// One sentence that stands alone: what, who, from where, how often. Not escaped.
  var sentence: String {
    var text = "\(device): \(examples.first?.message ?? rule.title)"
    if !callSite.isEmpty { text += ", in \(callSite)" }
    if count > 1 { text += ", \(Formatting.count(count)) times" }
    if let right = examples.first?.right, !right.isEmpty { text += "; right would be: \(right)" }
    return text
  }
}
