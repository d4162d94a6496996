import Comparison
import Foundation
import Replay
import Testing

@testable import Report

/// Gates in JUnit XML, held against what Jenkins demands.
@Suite struct GateJUnitTests {
  static func results(_ gates: [String], because: String = "") throws -> (RunComparison, [GateResult]) {
    let comparison = RunComparison(
      base: [Profiles.board], new: [ComparisonPageTests.doubled(Profiles.board)])
    return (comparison, comparison.judge(try gates.map { try Gate($0, because: because) }))
  }

  @Test func `gates of every outcome make a valid document`() throws {
    let (comparison, results) = try Self.results([
      "peak.bytes <= 1", "maintenance.lines_per_mib < +5%", "nothing*: peak.bytes == 0", "peak.bytes >= 0",
      "findings.new == 0", "findings.new == 1",
    ])
    let outcomes = Set(results.map(\.verdict))
    #expect(outcomes.isSuperset(of: [.held, .broken, .unmeasured]))
    let text = GateJUnit(comparison, gates: results).render()
    #expect(JUnitSchema.problems(text).isEmpty)
    let suite = try #require(XMLTree(text).root?.children.first)
    let failures = suite.children.flatMap(\.children).filter { $0.name == "failure" }
    #expect(suite.attributes["failures"] == String(failures.count) && failures.count >= 2)
    #expect(failures[0].attributes["message"]?.contains("the new run is beyond the limit") == true)
  }

  @Test func `a comparison without gates is valid, too`() throws {
    let (comparison, _) = try Self.results([])
    #expect(JUnitSchema.problems(GateJUnit(comparison, gates: []).render()).isEmpty)
  }

  @Test func `the findings of a check make a valid document`() throws {
    let result = try FindingExamples.result(
      [FindingExamples.size, FindingExamples.line, FindingExamples.live], suppressions: "DMA401 -- known")
    #expect(JUnitSchema.problems(JUnit([result, result]).render()).isEmpty)
  }

  @Test(
    "the schema finds what is wrong",
    arguments: [
      "<testsuites skipped=\"0\"></testsuites>",
      "<testsuite name=\"a\" tests=\"0\" failures=\"0\"></testsuite>",
      "<testsuite name=\"a\" tests=\"2\" failures=\"0\" errors=\"0\"><testcase name=\"b\"/></testsuite>",
      "<testsuites><testcase name=\"a\"/></testsuites>", "<testsuites>text</testsuites>", "<testsuites>",
      "<testsuites name=\"a&b\"/>", "<testsuites name=\"\u{1}\"/>", "<testsuites name='a'/>",
    ])
  func schema(text: String) {
    #expect(!JUnitSchema.problems(text).isEmpty)
  }
}

/// Names of devices, tasks, functions, files and gates, through every form of a comparison.
@Suite struct HostileComparisonTests {
  /// A board of whose names all are `text`, and what a comparison with the usual one says.
  static func comparison(_ text: String) throws -> (base: Profile, new: Profile, RunComparison, [GateResult])
  {
    var new = Profiles.attack
    (new.recording.path, new.recording.kernel, new.filter) = ("dir/" + text, text, text)
    new.platform.name = text
    new.caveats = [text]
    new.recording.problems = [text]
    for index in new.devices.indices { new.devices[index].name = text + "\(index)" }
    for index in new.timeline.series.indices { new.timeline.series[index].device = text + "\(index)" }
    for index in new.operations.indices { new.operations[index].device = text + "0" }
    for index in new.tasks.indices { new.tasks[index].name = text }
    for index in new.callSites.indices {
      new.callSites[index].frames = [text, "f" + text, text + "+0x1 [\(text)]"]
      (new.callSites[index].caller, new.callSites[index].device) = ("f" + text, text + "0")
    }
    new.findings = [FindingExamples.hostile(text)]
    var base = new
    base.recording.path = text
    base.findings = []
    base.callSites.removeLast()
    for index in base.callSites.indices { base.callSites[index].work.cleanedLines /= 2 }
    base.devices[2].name = "other" + text
    let comparison = RunComparison(base: [base], new: [new])
    let gates = try ["peak.bytes <= 1", "findings.new == 0", "*: peak.bytes <= 1", "x: leaks == 0"]
      .map { try Gate($0, because: text) }
    return (base, new, comparison, comparison.judge(gates))
  }

  /// What must be nowhere in text for people.
  static func raw(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter {
      ($0.value < 0x20 && $0 != "\n") || (0x7f...0x9f).contains($0.value)
        || (0x200b...0x200f).contains($0.value)
        || (0x202a...0x202e).contains($0.value) || (0x2066...0x2069).contains($0.value)
    }
  }

  @Test(arguments: FindingExamples.hostile.indices)
  func `stay text on a terminal`(_ index: Int) throws {
    let (_, _, comparison, gates) = try Self.comparison(FindingExamples.hostile[index])
    let options = TextOptions(width: 80, color: false, verbose: true, top: 50)
    let text = ComparisonText(comparison, gates: gates, options: options).render()
    #expect(Self.raw(text).isEmpty)
  }

  @Test(arguments: FindingExamples.hostile.indices)
  func `stay text on the page`(_ index: Int) throws {
    let (base, new, comparison, gates) = try Self.comparison(FindingExamples.hostile[index])
    let page = ComparisonHTML(comparison, base: [base], new: [new], gates: gates, toolVersion: "1").render()
    let outline = HTMLOutline(page)
    #expect(outline.problems.isEmpty, "\(outline.problems.prefix(3))")
    #expect(outline.elements.filter { $0.name == "script" }.count == 1)
    #expect(
      !outline.elements.contains { $0.name == "img" || $0.attributes.contains { $0.name.hasPrefix("on") } })
    #expect(Self.raw(page).isEmpty && !page.contains("<script>alert"))
  }

  @Test(arguments: FindingExamples.hostile.indices)
  func `stay in their cells of Markdown`(_ index: Int) throws {
    let (_, _, comparison, gates) = try Self.comparison(FindingExamples.hostile[index])
    let text = ComparisonMarkdown(comparison, gates: gates).render()
    #expect(Self.raw(text).isEmpty)
    #expect(!text.contains(/<(?!\/?(?:code|details|summary)>|br>)/))
    var columns: Int?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("|") else {
        columns = nil
        continue
      }
      let count = line.count { $0 == "|" }
      #expect(columns ?? count == count, "\(line)")
      columns = columns ?? count
    }
    #expect(!text.contains("::stop-commands::") || text.contains("`::stop-commands::"))
  }

  @Test(arguments: FindingExamples.hostile.indices)
  func `stay text in JUnit`(_ index: Int) throws {
    let (_, _, comparison, gates) = try Self.comparison(FindingExamples.hostile[index])
    let text = GateJUnit(comparison, gates: gates).render()
    #expect(JUnitSchema.problems(text).isEmpty && Self.raw(text).isEmpty)
  }

  @Test(arguments: FindingExamples.hostile.indices)
  func `are exact in JSON`(_ index: Int) throws {
    let name = FindingExamples.hostile[index]
    let (_, _, comparison, gates) = try Self.comparison(name)
    let text = try ComparisonJSON(comparison, gates: gates, toolVersion: "1").render()
    let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let new = try #require((document["new"] as? [[String: Any]])?.first)
    #expect(new["path"] as? String == "dir/" + name && new["kernel"] as? String == name)
    let findings = try #require(
      ((document["findings"] as? [String: Any])?["new"] as? [[String: Any]])?.first)
    #expect(findings["device"] as? String == name && findings["message"] as? String == name)
    #expect((document["gates"] as? [[String: Any]])?.first?["because"] as? String == name)
  }
}
