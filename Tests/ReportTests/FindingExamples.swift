import DMAModel
import Replay
import Testing

@testable import Report

/// Findings made by hand, as a replay would make them.
enum FindingExamples {
  /// An error with both sides.
  static var size: Finding { size(of: "e1000_clean_tx_irq+0x1c [e1000]") }

  static func size(of callSite: String) -> Finding {
    finding(
      "DMA203", .error, callSite: callSite, count: 17,
      [
        Finding.Example(
          message: "unmapped with 1,301 bytes, mapped with 1,300",
          asked: evidence(
            "dma_unmap_page", 1_395_827_000, ["dma_addr": "0x3e02000", "size": "1301"],
            frames: [callSite, "net_rx_action+0x120"]),
          before: evidence(
            "dma_map_page", 1_395_011_000, cpu: 0, task: "iperf3", pid: 410,
            ["dma_addr": "0x3e02000", "size": "1300"], frames: ["e1000_xmit_frame+0x2f0 [e1000]"]),
          right: "unmap 1,300 bytes"),
        Finding.Example(
          message: "unmapped with 61 bytes, mapped with 60",
          asked: evidence("dma_unmap_page", 1_396_000_000, ["dma_addr": "0x3e03000", "size": "61"])),
      ])
  }

  /// A warning on another device, without stacks.
  static var line: Finding {
    finding(
      "DMA401", .warning, device: "0000:00:06.0", callSite: "", count: 1,
      [
        Finding.Example(
          message: "0x40001020 shares the line at 0x40001000",
          asked: evidence("dma_map_page", 1_500_000_000, ["dma_addr": "0x40001020", "size": "32"]))
      ])
  }

  static var live: Finding {
    finding(
      "DMA213", .hint, callSite: "", count: 3,
      [
        Finding.Example(
          message: "mapped 0.5 s before the end",
          asked: evidence("dma_map_page", 2_500_000_000, ["size": "4096"]))
      ])
  }

  /// Texts that would act upon a terminal, a page, a table or a log if they stood there raw.
  static let hostile = [
    "\u{1b}]0;xyz\u{7}\u{1b}[2J", "<script>alert(1)</script>", "\"><img src=x onerror='y'>", "]]>--><b>&\"'",
    "a\r\nb\n::error::c\tz\0", "\u{202e}\u{2066}abc\u{200b}", "$(id)`id`|,;|", "=1+1",
    "@team [x](http://a.b) #1 {0}",
    "::stop-commands::x", "##[error]y", "\\|`\\`|",
  ]

  /// A finding all of whose texts are `text`.
  static func hostile(_ text: String) -> Finding {
    let side = evidence(text, 1, task: text, [text: text], frames: [text, text])
    return finding(
      "DMA203", .error, device: text, callSite: text, count: 2,
      [Finding.Example(message: text, asked: side, before: side, right: text)])
  }

  static func profile(_ findings: [Finding]) -> Profile {
    var profile = Profiles.board
    profile.findings = findings
    return profile
  }

  static func result(
    _ findings: [Finding], only: [String] = [], least: Rule.Severity = .hint, suppressions: String = "",
    day: String = "2026-06-30"
  ) throws -> CheckResult {
    let options = CheckOptions(
      rules: try RuleChoice(only: only), leastSeverity: least,
      suppressions: try Suppressions(suppressions, file: "known.txt"),
      today: try #require(CalendarDate(day)))
    return CheckResult(profile(findings), options: options)
  }

  static func finding(
    _ rule: String, _ severity: Rule.Severity, device: String = "0000:00:05.0", callSite: String,
    count: UInt64,
    _ examples: [Finding.Example]
  ) -> Finding {
    Finding(
      rule: Rule.named(rule) ?? Rule.all[0], severity: severity, device: device, callSite: callSite,
      count: count, examples: examples)
  }

  private static func evidence(
    _ call: String, _ time: UInt64, cpu: Int = 1, task: String = "ksoftirqd/1", pid: Int32 = 23,
    _ parameters: KeyValuePairs<String, String>, frames: [String] = []
  ) -> Finding.Evidence {
    Finding.Evidence(
      call: call, time: time, cpu: cpu, task: task, pid: pid,
      parameters: parameters.map { (name: $0.key, value: $0.value) }, frames: frames)
  }
}
