import Testing

@testable import Replay

@Suite("Rules")
struct RuleTests {
  /// Rules whose breach is always one of another rule, too, as the kernel's checker prints both.
  static let companions: [Int: Set<Int>] = [304: [303], 305: [303]]

  @Test("have ids and names of their own, in order")
  func identity() {
    let numbers = Rule.all.map(\.number)
    #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
    #expect(Set(Rule.all.map(\.name)).count == Rule.all.count)
    for rule in Rule.all {
      #expect(rule.id == "DMA\(rule.number)" && rule.name.wholeMatch(of: /[a-z][a-z0-9-]+/) != nil)
      #expect(Rule.named(rule.id.lowercased()) === rule && Rule.named(rule.name) === rule)
    }
  }

  @Test("say what is demanded and how to fix it", arguments: Rule.all.map(\.number))
  func texts(number: Int) throws {
    let rule = try #require(Rule.named("DMA\(number)"))
    for text in [rule.title, rule.demand, rule.fix] {
      #expect(text.count > 20 && text.hasSuffix("."), "\(rule.id): \(text)")
    }
    #expect(rule.example != rule.counterExample)
  }

  @Test("are found broken in their examples, and no other", arguments: Rule.all.map(\.number))
  func example(number: Int) throws {
    let rule = try #require(Rule.named("DMA\(number)"))
    let recording = try FixtureEvents(lines: rule.example)
    #expect(recording.recording.problems.isEmpty && recording.recording.undecodedEvents.isEmpty)
    let findings = recording.findings()
    let allowed = RuleTests.companions[number, default: []].union([number])
    #expect(findings.contains { $0.rule === rule && $0.severity == rule.severity }, "\(rule.id) is not found")
    let others = findings.filter { !allowed.contains($0.rule.number) && $0.isGrave }
    #expect(others.isEmpty, "\(others.map { "\($0.rule.id): \($0.examples[0].message)" })")
  }

  @Test("are not found broken in what comes close", arguments: Rule.all.map(\.number))
  func counterExample(number: Int) throws {
    let rule = try #require(Rule.named("DMA\(number)"))
    let recording = try FixtureEvents(lines: rule.counterExample)
    #expect(recording.recording.problems.isEmpty && recording.recording.undecodedEvents.isEmpty)
    #expect(recording.events.count > 0)
    let findings = recording.findings().filter { $0.rule === rule || $0.isGrave }
    #expect(findings.isEmpty, "\(findings.map { "\($0.rule.id): \($0.examples[0].message)" })")
  }
}
