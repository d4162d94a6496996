import Replay
import Testing

@testable import Report

@Suite struct SuppressionsTests {
  /// Ids of the rules of what remains after the suppressions of `text`.
  static func remaining(_ text: String, day: String = "2026-06-30") throws -> [String] {
    try FindingExamples.result(
      [FindingExamples.size, FindingExamples.line, FindingExamples.live], suppressions: text, day: day
    ).findings.map(\.rule.id)
  }

  @Test(
    "an entry takes what it names and nothing else",
    arguments: [
      ("DMA203 -- r", ["DMA401", "DMA213"]), ("dma203 -- r", ["DMA401", "DMA213"]),
      ("unmap-size-mismatch -- r", ["DMA401", "DMA213"]), ("DMA2* -- r", ["DMA401"]), ("* -- r", []),
      ("DMA2?3 device=0000:00:05.0 -- r", ["DMA401"]), ("* device=0000:00:06.* -- r", ["DMA203", "DMA213"]),
      ("* site=e1000_clean_tx_irq -- r", ["DMA401", "DMA213"]),
      ("* site=e1000_* -- r", ["DMA401", "DMA213"]),
      ("* site=*[e1000] -- r", ["DMA401", "DMA213"]), ("* site=other -- r", ["DMA203", "DMA401", "DMA213"]),
      ("# DMA203 -- r\n\n  \r\n", ["DMA203", "DMA401", "DMA213"]),
      ("DMA203 until=2026-06-30 -- r", ["DMA401", "DMA213"]),
      ("DMA203 until=2026-06-29 -- r", ["DMA203", "DMA401", "DMA213"]),
    ])
  func covers(text: String, left: [String]) throws { #expect(try Self.remaining(text) == left) }

  @Test(
    "a line that cannot be understood is named",
    arguments: [
      ("DMA203", "line 1: expected a reason behind \" -- \", found none"),
      ("\n# x\nDMA203 --", "line 3: expected a reason behind \" -- \", found nothing behind it"),
      (" -- why", "line 1: expected a rule, found \"--\""),
      ("unmap-siz -- r", "line 1: expected a rule like DMA203 unmap-size-mismatch, found \"unmap-siz\""),
      ("DMA203 driver=x -- r", "line 1: expected device=, site= or until=, found \"driver=x\""),
      ("DMA203 e1000 -- r", "line 1: expected device=GLOB, site=GLOB or until=YYYY-MM-DD, found \"e1000\""),
      (
        "DMA203 device= -- r",
        "line 1: expected device=GLOB, site=GLOB or until=YYYY-MM-DD, found \"device=\""
      ),
      ("DMA203 site=a site=b -- r", "line 1: expected site= once, found it twice"),
      ("DMA203 until=2026-02-29 -- r", "line 1: expected a day as YYYY-MM-DD, found \"2026-02-29\""),
      ("DMA203 until=\u{1b}[2J -- r", "line 1: expected a day as YYYY-MM-DD, found \"\\x1b[2J\""),
    ])
  func wrong(text: String, message: String) {
    #expect {
      try Suppressions(text, file: "known.txt")
    } throws: { error in
      "\(error)" == "known.txt: " + message
    }
  }

  @Test func `unused and expired entries are found`() throws {
    let text =
      "DMA203 -- used\nDMA701 -- unused\nDMA401 until=2020-01-01 -- expired\nDMA203 -- hidden by the first\n"
    let list = try Suppressions(text, file: "known.txt")
    let today = try #require(CalendarDate("2026-06-30"))
    let result = try FindingExamples.result([FindingExamples.size, FindingExamples.line], suppressions: text)
    #expect(list.unused(in: [result], today: today).map(\.line) == [2, 4])
    #expect(list.expired(today).map(\.line) == [3])
    #expect(result.findings.map(\.rule.id) == ["DMA401"])
  }

  @Test func `an entry for a rule that was not looked at is not called unused`() throws {
    let list = try Suppressions("DMA701 -- r", file: "known.txt")
    let result = try FindingExamples.result([], only: ["DMA203"])
    #expect(list.unused(in: [result], today: try #require(CalendarDate("2026-06-30"))).isEmpty)
  }

  @Test(
    "days are those of the calendar",
    arguments: ["2024-02-29", "2000-02-29", "2026-12-31", "0001-01-01"])
  func days(text: String) throws { #expect(CalendarDate(text)?.description == text) }

  @Test(
    "other days are refused",
    arguments: [
      "2100-02-29", "2026-00-01", "2026-04-31", "2026-1-01", "2026-01-01x", "+026-01-01", "", "2026-13-01",
    ])
  func noDays(text: String) { #expect(CalendarDate(text) == nil) }
}
