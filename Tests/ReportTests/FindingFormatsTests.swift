import Foundation
import Replay
import Testing

@testable import Report

@Suite struct JUnitTests {
  /// What stands at the end of a case's text: the rule's advice, if it has any.
  static func advice(_ finding: Finding) -> String {
    finding.rule.fix.isEmpty ? "" : Escaping.xml(finding.rule.fix) + "\n"
  }

  @Test func `errors fail their case, hints pass it, what is suppressed is skipped`() throws {
    let result = try FindingExamples.result(
      [FindingExamples.size, FindingExamples.line, FindingExamples.live],
      only: ["DMA202", "DMA203", "DMA213", "DMA401"], suppressions: "DMA401 -- known & harmless")
    #expect(
      JUnit([result]).render() == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="dmascope check" tests="4" failures="1" errors="0">
          <testsuite name="board.dat" tests="4" failures="1" errors="0" skipped="1">
            <testcase classname="dmascope.mapping" name="DMA202 double-unmap"/>
            <testcase classname="dmascope.mapping" name="DMA203 unmap-size-mismatch">
              <failure type="error" message="0000:00:05.0: unmapped with 1,301 bytes, mapped with 1,300, in \
        e1000_clean_tx_irq+0x1c [e1000], 17 times; right would be: unmap 1,300 bytes">error 0000:00:05.0: unmapped \
        with 1,301 bytes, mapped with 1,300, in e1000_clean_tx_irq+0x1c [e1000], 17 times; right would be: unmap 1,300 \
        bytes
          asked:  dma_unmap_page, 1.395827 s, CPU 1, ksoftirqd/1 (23), dma_addr 0x3e02000, size 1301, from \
        e1000_clean_tx_irq+0x1c [e1000]
          before: dma_map_page, 1.395011 s, CPU 0, iperf3 (410), dma_addr 0x3e02000, size 1300, from \
        e1000_xmit_frame+0x2f0 [e1000]
        \(Self.advice(FindingExamples.size))More: dmascope explain DMA203</failure>
            </testcase>
            <testcase classname="dmascope.mapping" name="DMA213 live-at-end">
              <system-out>hint 0000:00:05.0: mapped 0.5 s before the end, 3 times
          asked:  dma_map_page, 2.500000 s, CPU 1, ksoftirqd/1 (23), size 4096
        \(Self.advice(FindingExamples.live))More: dmascope explain DMA213</system-out>
            </testcase>
            <testcase classname="dmascope.cache-line" name="DMA401 cache-line-shared">
              <skipped message="suppressed: known &amp; harmless"/>
            </testcase>
            <system-out>That the devices are not coherent is assumed from the platform.</system-out>
          </testsuite>
        </testsuites>

        """)
  }

  @Test func `every rule is a case, and a recording without findings passes them all`() throws {
    let text = JUnit([try FindingExamples.result([])]).render()
    #expect(text.contains("tests=\"\(Rule.all.count)\" failures=\"0\" errors=\"0\">"))
    for rule in Rule.all { #expect(text.contains("name=\"\(rule.label)\"/>")) }
  }

  @Test(arguments: FindingExamples.hostile.indices)
  func `hostile names stay text`(index: Int) throws {
    var profile = FindingExamples.profile([FindingExamples.hostile(FindingExamples.hostile[index])])
    profile.recording.path = FindingExamples.hostile[index]
    profile.caveats = [FindingExamples.hostile[index]]
    let options = try CheckOptions(
      rules: RuleChoice(only: ["DMA203"]), today: #require(CalendarDate("2026-06-30")))
    let text = JUnit([CheckResult(profile, options: options)]).render()
    #expect(JUnitSchema.problems(text).isEmpty)
    #expect(!text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || $0.value == 0x202e })
    #expect(!text.contains("]]>"))
  }
}

@Suite struct MarkdownFindingsTests {
  @Test func `findings are a table`() throws {
    let result = try FindingExamples.result(
      [FindingExamples.size, FindingExamples.line, FindingExamples.live], suppressions: "DMA401 -- known")
    #expect(
      MarkdownFindings([result]).render() == """
        ### dmascope check: `board.dat`

        > ⚠ That the devices are not coherent is assumed from the platform.

        **1 error, 0 warnings, 1 hint**, 1 suppressed

        | Severity | Rule | Device | Call site | Count | What |
        | --- | --- | --- | --- | ---: | --- |
        | error | DMA203 unmap-size-mismatch | `0000:00:05.0` | `e1000_clean_tx_irq+0x1c [e1000]` | 17 | unmapped with \
        1,301 bytes, mapped with 1,300<br>right: unmap 1,300 bytes |
        | hint | DMA213 live-at-end | `0000:00:05.0` |  | 3 | mapped 0.5 s before the end |

        """)
  }

  @Test(arguments: FindingExamples.hostile.indices)
  func `hostile names stay in their cells`(index: Int) throws {
    let result = try FindingExamples.result([FindingExamples.hostile(FindingExamples.hostile[index])])
    let lines = MarkdownFindings([result]).render().split(separator: "\n")
    let row = try #require(lines.last)
    #expect(row.count { $0 == "|" } == 7)
    #expect(!row.contains(/<(?!\/?code>|br>)/))
    #expect(lines.count == 6)
  }

  @Test func `many findings stay below what a comment may have`() throws {
    let long = String(repeating: "|", count: 10_000)
    let result = try FindingExamples.result([Finding](repeating: FindingExamples.hostile("a"), count: 130))
    let text = MarkdownFindings([result]).render()
    #expect(text.hasSuffix("\n\n… 30 more\n"))
    #expect(text.utf8.count < 65_536)
    let one = MarkdownFindings([try FindingExamples.result([FindingExamples.hostile(long)])]).render()
    #expect(one.utf8.count < 10_000)
  }
}

@Suite struct GitHubAnnotationsTests {
  @Test func `each finding is one command, the most severe first over all traces`() throws {
    let text = try GitHubAnnotations([
      FindingExamples.result([FindingExamples.live]), FindingExamples.result([FindingExamples.line]),
      FindingExamples.result([FindingExamples.size], suppressions: "* -- known"),
    ]).render()
    #expect(
      text == """
        ::warning title=DMA401 cache-line-shared%2C 0000%3A00%3A06.0::0000:00:06.0: 0x40001020 shares the line at \
        0x40001000 (board.dat)
        ::notice title=DMA213 live-at-end%2C 0000%3A00%3A05.0::0000:00:05.0: mapped 0.5 s before the end, 3 times \
        (board.dat)

        """)
  }

  @Test(arguments: FindingExamples.hostile.indices)
  func `hostile names make no further command`(index: Int) throws {
    let text = try GitHubAnnotations([
      FindingExamples.result([FindingExamples.hostile(FindingExamples.hostile[index])])
    ]).render()
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    #expect(
      lines.count == 2 && lines[0].hasPrefix("::error title=DMA203 unmap-size-mismatch%2C ")
        && lines[1].isEmpty)
  }

  @Test func `text for people stands between a stop and its token`() {
    #expect(
      GitHubAnnotations.inert("  ::error::x\n", token: "7f") == "::stop-commands::7f\n  ::error::x\n::7f::\n")
    #expect(GitHubAnnotations.inert("", token: "7f") == "")
  }
}

@Suite struct FindingJSONTests {
  @Test func `the report has findings with both sides, exact`() throws {
    let hostile = FindingExamples.hostile("\u{1b}<b>\"\u{202e}\n")
    let text = try JSONReport(
      FindingExamples.profile([FindingExamples.size, hostile]), toolVersion: "1", includeLive: false
    ).render()
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let findings = try #require(report["findings"] as? [[String: Any]])
    let first = findings[0]
    #expect(first["rule"] as? String == "DMA203" && first["name"] as? String == "unmap-size-mismatch")
    #expect(first["severity"] as? String == "error" && first["count"] as? Int == 17)
    #expect(first["title"] as? String == FindingExamples.size.rule.title)
    let examples = try #require(first["examples"] as? [[String: Any]])
    #expect(examples[0]["right"] as? String == "unmap 1,300 bytes")
    let before = try #require(examples[0]["before"] as? [String: Any])
    #expect(before["timeNs"] as? Int == 1_395_011_000 && before["pid"] as? Int == 410)
    #expect(before["parameters"] as? [String: String] == ["dma_addr": "0x3e02000", "size": "1300"])
    #expect(examples[1]["before"] is NSNull)
    #expect(findings[1]["device"] as? String == "\u{1b}<b>\"\u{202e}\n")
  }

  @Test func `a check of its own counts what is shown and what is not`() throws {
    let result = try FindingExamples.result(
      [FindingExamples.size, FindingExamples.line, FindingExamples.live], least: .warning,
      suppressions: "DMA401 -- known")
    let text = try CheckJSON([result], toolVersion: "1").render()
    let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(document["schema"] as? String == "dmascope.check/1")
    let check = try #require((document["checks"] as? [[String: Any]])?.first)
    #expect(
      check["summary"] as? [String: Int] == [
        "errors": 1, "warnings": 0, "hints": 0, "suppressed": 1, "hidden": 1,
      ])
    #expect((check["suppressed"] as? [[String: Any]])?.first?["reason"] as? String == "known")
    #expect((check["findings"] as? [[String: Any]])?.count == 1)
  }
}
