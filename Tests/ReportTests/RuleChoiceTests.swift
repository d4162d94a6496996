import Replay
import Testing

@testable import Report

@Suite struct RuleChoiceTests {
  @Test(
    "a gate is hit by its severity, by worse, and by named rules",
    arguments: [
      (["error"], ["DMA203"]), (["warning"], ["DMA203", "DMA401"]),
      (["hint"], ["DMA203", "DMA401", "DMA213"]),
      (["DMA213"], ["DMA213"]), (["live-at-end,Error"], ["DMA203", "DMA213"]),
      (["warning", "error"], ["DMA203", "DMA401"]), ([], []),
    ])
  func gate(words: [String], hits: [String]) throws {
    let condition = try FailCondition(words)
    let result = try FindingExamples.result([
      FindingExamples.size, FindingExamples.line, FindingExamples.live,
    ])
    #expect(result.hits(of: condition).map(\.rule.id) == hits)
  }

  @Test func `a gate is hit by what is not shown, and not by what is suppressed`() throws {
    let all = [FindingExamples.size, FindingExamples.line, FindingExamples.live]
    let result = try FindingExamples.result(all, least: .error, suppressions: "DMA401 -- known")
    #expect(result.findings.map(\.rule.id) == ["DMA203"])
    #expect(result.hits(of: try FailCondition(["hint"])).map(\.rule.id) == ["DMA203", "DMA213"])
  }

  @Test(
    "a rule that does not exist is answered with the nearest",
    arguments: [
      ("DMA20", "DMA201 unmap-not-mapped"), ("unmap-size", "DMA203 unmap-size-mismatch"),
      ("duoble-unmap", "DMA202 double-unmap"), ("erorr-adress-used", "DMA210 error-address-used"),
    ])
  func unknown(word: String, nearest: String) {
    #expect(throws: UnknownRule.self) { try FailCondition([word]) }
    #expect(throws: UnknownRule.self) { try RuleChoice(only: [word]) }
    #expect(UnknownRule(word).nearest == nearest)
  }

  @Test func `rules are chosen and left out`() throws {
    let all = [FindingExamples.size, FindingExamples.line, FindingExamples.live]
    #expect(
      try FindingExamples.result(all, only: ["DMA401", "live-at-end"]).findings.map(\.rule.id) == [
        "DMA401", "DMA213",
      ])
    let choice = try RuleChoice(ignoring: ["DMA401,DMA203"])
    #expect(Rule.all.filter { !choice.contains($0) }.map(\.number) == [203, 401])
  }

  @Test func `every rule has a family`() {
    for rule in Rule.all { #expect(RuleFamily.of(rule).id != "other", "\(rule.id)") }
    #expect(RuleFamily.all.flatMap(\.rules).count == Rule.all.count)
  }
}
