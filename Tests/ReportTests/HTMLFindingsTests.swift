import Replay
import Testing

@testable import Report

@Suite struct HTMLFindingsTests {
  @Test func `the count stands in the answer, the evidence opens without a script`() throws {
    let page = HTMLReportTests.page(
      FindingExamples.profile([FindingExamples.size, FindingExamples.line, FindingExamples.live]))
    let text = HTMLReportTests.text(page)
    #expect(text.contains("Findings 3 1 error, 1 warning, 1 hint"))
    #expect(
      text.contains(
        "error DMA203 unmap-size-mismatch 0000:00:05.0 , e1000_clean_tx_irq+0x1c [e1000] , 17 times"))
    #expect(
      text.contains(
        "Before call dma_map_page at 1.395011 s on CPU 0 by iperf3 (410) dma_addr 0x3e02000 size 1300"))
    #expect(text.contains("Right would be unmap 1,300 bytes"))
    #expect(text.contains("15 more like these."))
    let outline = HTMLOutline(page)
    #expect(outline.problems.isEmpty)
    #expect(outline.values(of: "href").contains("#findings"))
  }

  @Test func `none are said to be none`() {
    let text = HTMLReportTests.text(HTMLReportTests.page(Profiles.board))
    #expect(text.contains("Findings none"))
    #expect(text.contains("No rule of the DMA API is seen to be broken."))
  }

  @Test(arguments: FindingExamples.hostile.indices)
  func `hostile names stay text`(index: Int) {
    let page = HTMLReportTests.page(
      FindingExamples.profile([FindingExamples.hostile(FindingExamples.hostile[index])]))
    let outline = HTMLOutline(page)
    #expect(outline.problems.isEmpty, "\(outline.problems.prefix(3))")
    #expect(outline.elements.filter { $0.name == "script" }.count == 1)
    #expect(!outline.elements.contains { $0.name == "img" })
    #expect(!page.unicodeScalars.contains { $0.value == 0x202e || $0.value == 0x1b })
  }

  @Test func `findings of any number and length do not make the page large`() {
    let long = String(repeating: "é<", count: 5_000)
    let page = HTMLReportTests.page(
      FindingExamples.profile([Finding](repeating: FindingExamples.hostile(long), count: 2_000)))
    #expect(page.utf8.count < 1 << 20)
    #expect(HTMLReportTests.text(page).contains("more findings are not shown"))
    #expect(HTMLOutline(page).problems.isEmpty)
  }
}

@Suite struct RuleTextTests {
  @Test func `a rule is explained with its texts, wrapped`() throws {
    for rule in Rule.all {
      let text = RuleText(rule).render(width: 80)
      #expect(text.hasPrefix("\(rule.id) \(rule.name) (\(rule.severity.name))\n\n"))
      #expect(text.contains("What is demanded\n") == !rule.demand.isEmpty)
      #expect(text.contains("What to do\n") == !rule.fix.isEmpty)
      let code = Set((rule.example + "\n" + rule.counterExample).split(separator: "\n").map { "  " + $0 })
      for line in text.split(separator: "\n") where !code.contains(String(line)) {
        #expect(DisplayWidth.of(line) <= 80, "\(line)")
      }
    }
  }

  @Test func `the page has a heading for each rule, and no link leads nowhere`() {
    let page = RulesPage.markdown()
    for rule in Rule.all {
      #expect(page.contains("\n### \(rule.label)\n\n**\(rule.severity.name)** · "))
      #expect(page.contains("[\(rule.id)](#\(rule.label.lowercased().replacing(" ", with: "-")))"))
    }
    for family in RuleFamily.all { #expect(page.contains("\n## \(family.title)\n")) }
  }
}
