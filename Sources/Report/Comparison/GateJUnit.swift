import Comparison
import Replay

/// Gates as JUnit XML: a test case for each gate and device. A broken gate is a failure; one that could not be measured
/// is skipped; one that is uncertain passes, and says so in its output.
public struct GateJUnit {
  private let comparison: RunComparison
  private let gates: [GateResult]

  public init(_ comparison: RunComparison, gates: [GateResult]) {
    self.comparison = comparison
    self.gates = gates
  }

  /// The whole document, lines ending in newlines.
  public func render() -> String {
    let failed = gates.count { $0.verdict == .broken }
    let skipped = gates.count { $0.verdict == .unmeasured }
    let counts = " tests=\"\(gates.count)\" failures=\"\(failed)\" errors=\"0\""
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"dmascope compare\"\(counts)>",
      "  <testsuite name=\"gates\"\(counts) skipped=\"\(skipped)\">",
    ]
    for result in gates { lines += testCase(result) }
    if !comparison.limits.isEmpty {
      lines.append(
        "    <system-out>\(comparison.limits.map(Escaping.xml).joined(separator: "\n"))</system-out>")
    }
    return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
  }

  private func testCase(_ result: GateResult) -> [String] {
    let device = result.device == result.gate.device ? "" : result.device.map { " (\($0))" } ?? ""
    let name = Escaping.xml(result.gate.text + device)
    let head = "    <testcase classname=\"dmascope.compare\" name=\"\(name)\""
    let facts = [result.numbers, result.reason].filter { !$0.isEmpty }.joined(separator: "; ")
    let body: String
    switch result.verdict {
    case .broken:
      let details = ([facts, result.gate.because] + result.findings.map { $0.parts.joined(separator: ", ") })
        .filter { !$0.isEmpty }.map(Escaping.xml).joined(separator: "\n")
      body = "<failure type=\"gate\" message=\"\(Escaping.xml(facts))\">\(details)</failure>"
    case .unmeasured: body = "<skipped message=\"\(Escaping.xml(result.reason))\"/>"
    case .held, .uncertain:
      let word = result.verdict == .uncertain ? "uncertain: " : ""
      body = "<system-out>\(Escaping.xml(word + facts))</system-out>"
    }
    return [head + ">", "      " + body, "    </testcase>"]
  }
}
