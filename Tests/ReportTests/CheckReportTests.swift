import Replay
import Testing

@testable import Report

@Suite struct CheckReportTests {
  static func text(
    _ result: CheckResult, width: Int = 80, color: Bool = false, verbose: Bool = false, examples: Int = 1
  ) -> String {
    CheckReport(
      result, options: TextOptions(width: width, color: color, verbose: verbose), examples: examples
    ).render()
  }

  static let all = [FindingExamples.size, FindingExamples.line, FindingExamples.live]

  @Test func `findings stand by severity and rule, with both sides`() throws {
    let result = try FindingExamples.result(
      Self.all, suppressions: "DMA401 until=2026-12-31 -- vendor fix scheduled, ticket 12")
    #expect(
      Self.text(result) == """
        board.dat · trace.dat v7 (zstd) · Linux 6.12.117 aarch64 · 2 CPUs · 2.00 s
          2,403 events, none lost

        ! That the devices are not coherent is assumed from the platform.

        error DMA203 unmap-size-mismatch
          \(FindingExamples.size.rule.title)

          0000:00:05.0 · e1000_clean_tx_irq+0x1c [e1000] · 17 times
            unmapped with 1,301 bytes, mapped with 1,300
            asked   dma_unmap_page · 1.395827 s · CPU 1 · ksoftirqd/1 (23)
                    dma_addr 0x3e02000 · size 1301
                    from e1000_clean_tx_irq+0x1c [e1000]
            before  dma_map_page · 1.395011 s · CPU 0 · iperf3 (410)
                    dma_addr 0x3e02000 · size 1300
                    from e1000_xmit_frame+0x2f0 [e1000]
            right   unmap 1,300 bytes
          more: dmascope explain DMA203

        hint DMA213 live-at-end
          \(FindingExamples.live.rule.title)

          0000:00:05.0 · 3 times
            mapped 0.5 s before the end
            asked   dma_map_page · 2.500000 s · CPU 1 · ksoftirqd/1 (23)
                    size 4096
          more: dmascope explain DMA213

        Suppressed
          1 finding: vendor fix scheduled, ticket 12 · line 1 · until 2026-12-31

        1 error, 0 warnings, 1 hint, 1 suppressed

        """)
  }

  @Test func `with more asked for, all examples, whole stacks and what is suppressed are shown`() throws {
    let text = Self.text(
      try FindingExamples.result(Self.all, suppressions: "DMA401 -- known"), verbose: true)
    #expect(text.contains("from e1000_clean_tx_irq+0x1c [e1000]\n                 net_rx_action+0x120\n"))
    #expect(text.contains("unmapped with 61 bytes, mapped with 60"))
    #expect(text.contains("… and 15 more like these"))
    #expect(text.contains("warning DMA401 cache-line-shared · 0000:00:06.0 · 1 time\n"))
    #expect(!Self.text(try FindingExamples.result(Self.all)).contains("net_rx_action"))
    #expect(Self.text(try FindingExamples.result(Self.all), examples: 2).contains("unmapped with 61 bytes"))
  }

  @Test func `no findings are one line that names what limits it`() throws {
    let nothing = try FindingExamples.result([])
    #expect(Self.text(nothing).hasSuffix("\n\nNo findings in 2,403 events, within the limits named above\n"))
    var profile = Profiles.board
    profile.caveats = []
    let options = try CheckOptions(rules: RuleChoice(), today: #require(CalendarDate("2026-06-30")))
    #expect(Self.text(CheckResult(profile, options: options)).hasSuffix("\n\nNo findings in 2,403 events\n"))
    #expect(
      Self.text(CheckResult(Profile(), options: options))
        .hasSuffix("\n\nNo findings: no event of the DMA API, so nothing to check\n"))
    #expect(
      Self.text(try FindingExamples.result([FindingExamples.line], suppressions: "* -- known"))
        .hasSuffix("\n\nNo findings in 2,403 events, within the limits named above, 1 suppressed\n"))
  }

  @Test func `what is milder than asked for is counted`() throws {
    let text = Self.text(try FindingExamples.result(Self.all, least: .warning))
    #expect(
      text.hasSuffix("\n1 error, 1 warning, 0 hints\n0 errors, 0 warnings, 1 hint not shown (--severity)\n"))
    #expect(!text.contains("DMA213"))
  }

  @Test(arguments: [60, 80, 120])
  func `no line is wider than asked for and none has a control character`(width: Int) throws {
    let findings = Self.all + FindingExamples.hostile.map(FindingExamples.hostile)
    for verbose in [false, true] {
      let text = Self.text(try FindingExamples.result(findings), width: width, verbose: verbose)
      for line in text.split(separator: "\n") { #expect(DisplayWidth.of(line) <= width, "\(line)") }
      #expect(!text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || $0.value == 0x202e })
    }
  }

  @Test func `colour is added where it is wanted, and nothing else`() throws {
    let result = try FindingExamples.result(Self.all)
    let coloured = Self.text(result, color: true)
    #expect(coloured.contains("\u{1b}[31merror\u{1b}[0m DMA203"))
    #expect(coloured.replacing(/\x1b\[[0-9]*m/, with: "") == Self.text(result))
  }

  @Test func `the report counts them and lists the first`() {
    let text = TextReport(FindingExamples.profile(Self.all), options: TextOptions(width: 100)).render()
    #expect(text.contains("\nFindings    1 error, 1 warning, 1 hint\n"))
    #expect(text.contains("\nerror     DMA203 unmap-size-mismatch  0000:00:05.0"))
    #expect(!text.contains("asked"))
    let more = TextReport(
      FindingExamples.profile(Self.all), options: TextOptions(width: 100, verbose: true, top: 1))
    #expect(more.render().contains("    asked   dma_unmap_page"))
    #expect(more.render().contains("… 2 more rows (--top)"))
    #expect(TextReport(Profiles.board, options: TextOptions()).render().contains("\nFindings    none\n"))
  }
}
