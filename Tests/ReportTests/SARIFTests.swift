import Foundation
import Replay
import Testing

@testable import Report

/// The log is decoded with types of its own, made after the standard. The schema of OASIS accepts what these tests
/// render; it is not a part of the project.
@Suite struct SARIFTests {
  struct Log: Decodable {
    var version: String
    var runs: [Run]
  }
  struct Run: Decodable {
    struct Tool: Decodable { var driver: Driver }
    struct Driver: Decodable {
      var name: String
      var version: String
      var rules: [Descriptor]
    }
    var tool: Tool
    var artifacts: [Artifact]
    var invocations: [Invocation]
    var results: [Result]
  }
  struct Descriptor: Decodable {
    struct Configuration: Decodable { var level: String }
    var id: String
    var name: String
    var shortDescription: Message
    var fullDescription: Message
    var help: Message
    var defaultConfiguration: Configuration
  }
  struct Message: Decodable { var text: String }
  struct Artifact: Decodable { var location: ArtifactLocation }
  struct ArtifactLocation: Decodable {
    var uri: String
    var index: Int?
  }
  struct Invocation: Decodable {
    struct Notification: Decodable {
      var level: String
      var message: Message
    }
    var executionSuccessful: Bool
    var toolExecutionNotifications: [Notification]
  }
  struct Result: Decodable {
    struct Location: Decodable {
      struct Physical: Decodable { var artifactLocation: ArtifactLocation }
      struct Logical: Decodable {
        var name: String
        var fullyQualifiedName: String?
        var kind: String
      }
      var physicalLocation: Physical
      var logicalLocations: [Logical]
    }
    struct SuppressionEntry: Decodable {
      var kind: String
      var justification: String
    }
    struct Properties: Decodable {
      struct Example: Decodable {
        struct Side: Decodable {
          var call: String
          var parameters: [String: String]
        }
        var asked: Side
        var before: Side?
      }
      var examples: [Example]
    }
    var ruleId: String
    var ruleIndex: Int
    var level: String
    var message: Message
    var occurrenceCount: Int
    var partialFingerprints: [String: String]
    var suppressions: [SuppressionEntry]
    var locations: [Location]
    var properties: Properties
  }

  static func run(_ results: [CheckResult]) throws -> Run {
    let text = try SARIF(results, toolVersion: "1.2.3").render()
    let log = try JSONDecoder().decode(Log.self, from: Data(text.utf8))
    #expect(log.version == "2.1.0")
    #expect(log.runs.count == 1)
    return try #require(log.runs.first)
  }

  @Test func `rules carry what they demand and the level they have`() throws {
    let run = try Self.run([try FindingExamples.result([])])
    #expect(run.tool.driver.name == "dmascope" && run.tool.driver.version == "1.2.3")
    #expect(run.tool.driver.rules.map(\.id) == Rule.all.map(\.id).sorted())
    let levels: [Rule.Severity: String] = [.error: "error", .warning: "warning", .hint: "note"]
    for descriptor in run.tool.driver.rules {
      let rule = try #require(Rule.named(descriptor.id))
      #expect(descriptor.name == rule.name)
      #expect(descriptor.defaultConfiguration.level == levels[rule.severity])
      #expect(!descriptor.shortDescription.text.isEmpty && !descriptor.fullDescription.text.isEmpty)
      #expect(descriptor.help.text.contains("dmascope explain \(rule.id)"))
    }
    #expect(run.results.isEmpty)
  }

  @Test func `a result says what, where, how often and shows both sides`() throws {
    let run = try Self.run([try FindingExamples.result([FindingExamples.size, FindingExamples.live])])
    let result = try #require(run.results.first)
    #expect(run.tool.driver.rules[result.ruleIndex].id == "DMA203")
    #expect(result.ruleId == "DMA203" && result.level == "error" && result.occurrenceCount == 17)
    #expect(
      result.message.text
        == "0000:00:05.0: unmapped with 1,301 bytes, mapped with 1,300, in e1000_clean_tx_irq+0x1c [e1000], 17 times;"
        + " right would be: unmap 1,300 bytes")
    let location = try #require(result.locations.first)
    #expect(location.physicalLocation.artifactLocation.uri == "board.dat")
    #expect(location.logicalLocations.map(\.name) == ["0000:00:05.0", "e1000_clean_tx_irq"])
    #expect(location.logicalLocations.map(\.kind) == ["resource", "function"])
    #expect(location.logicalLocations[1].fullyQualifiedName == "e1000_clean_tx_irq+0x1c [e1000]")
    #expect(result.properties.examples[0].asked.parameters == ["dma_addr": "0x3e02000", "size": "1301"])
    #expect(result.properties.examples[0].before?.call == "dma_map_page")
    #expect(result.suppressions.isEmpty)
    #expect(run.results[1].level == "note")
  }

  @Test func `traces are artifacts, and what limits a check is told with it`() throws {
    var cut = FindingExamples.profile([FindingExamples.line])
    cut.recording.path = "/srv/a b.dat"
    cut.recording.problems = ["cut at byte 12"]
    let options = try CheckOptions(rules: RuleChoice(), today: #require(CalendarDate("2026-06-30")))
    let run = try Self.run([
      try FindingExamples.result([FindingExamples.size]), CheckResult(cut, options: options),
    ])
    #expect(run.artifacts.map(\.location.uri) == ["board.dat", "file:///srv/a%20b.dat"])
    #expect(run.results.map { $0.locations.first?.physicalLocation.artifactLocation.index } == [0, 1])
    #expect(run.invocations[0].executionSuccessful == false)
    #expect(run.invocations[0].toolExecutionNotifications.map(\.level) == ["warning", "error", "warning"])
    #expect(run.invocations[0].toolExecutionNotifications[1].message.text == "cut at byte 12")
  }

  @Test func `what is suppressed is marked with its reason`() throws {
    let run = try Self.run([
      try FindingExamples.result([FindingExamples.size], suppressions: "DMA203 -- ticket [1](http://a.b)")
    ])
    #expect(run.results.map(\.suppressions.count) == [1])
    #expect(run.results[0].suppressions[0].kind == "external")
    #expect(run.results[0].suppressions[0].justification == "ticket [1] (http://a.b)")
  }

  @Test func `fingerprints outlive another build and another boot, and tell findings apart`() throws {
    let fingerprints = { (finding: Finding) in finding.fingerprint }
    let first = FindingExamples.size(of: "e1000_clean_tx_irq+0x1c [e1000]")
    #expect(fingerprints(first) == fingerprints(FindingExamples.size(of: "e1000_clean_tx_irq+0x40 [e1000]")))
    #expect(fingerprints(first) == fingerprints(FindingExamples.size(of: "e1000_clean_tx_irq.isra.0+0x1c")))
    #expect(fingerprints(first) != fingerprints(FindingExamples.size(of: "e1000_clean+0x1c [e1000]")))
    #expect(
      fingerprints(FindingExamples.size(of: "0xffff800012345678"))
        == fingerprints(FindingExamples.size(of: "[e1000]+0x12")))
    // FNV-1a of "DMA203", 0, "0000:00:05.0", 0, "e1000_clean_tx_irq", by another program.
    #expect(fingerprints(first) == "b056ef2a809d7587")
    let run = try Self.run([
      try FindingExamples.result([first, FindingExamples.size(of: "e1000_clean_tx_irq+0x40")])
    ])
    #expect(
      run.results.map { $0.partialFingerprints["primaryLocationLineHash"] }
        == ["b056ef2a809d7587:1", "b056ef2a809d7587:2"])
  }

  @Test(arguments: FindingExamples.hostile.indices)
  func `hostile names stay text`(index: Int) throws {
    let finding = FindingExamples.hostile(FindingExamples.hostile[index])
    let text = try SARIF([try FindingExamples.result([finding])], toolVersion: "1").render()
    #expect(!text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || $0.value == 0x202e })
    let run = try Self.run([try FindingExamples.result([finding])])
    #expect(run.results.count == 1)
    #expect(!run.results[0].message.text.contains("]("))
  }
}
