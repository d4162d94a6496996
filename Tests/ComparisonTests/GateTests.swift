import GateFiles
import Testing
import YAMLFiles

@testable import Comparison

@Suite("Gates")
struct GateTests {
  @Test("a gate names a device, a direction, a metric and a limit")
  func parsing() throws {
    let whole = try Gate("maintenance.lines_per_mib < +5%")
    #expect(whole.device == nil && whole.limit == .factor(1.05) && whole.comparison == .below)
    let device = try Gate(" 0000:00:05.0: bounces.per_mapping<=0.01 ")
    #expect(device.device == "0000:00:05.0" && device.limit == .value(0.01) && device.comparison == .atMost)
    let direction = try Gate("a003e00.* FROM_DEVICE: cost.ns_per_mib > -10 %")
    #expect(direction.device == "a003e00.*" && direction.direction == .fromDevice)
    #expect(direction.limit == .factor(0.9))
    #expect(try Gate("peak.bytes <= 64MiB").limit == .value(67_108_864))
    #expect(try Gate("cost.ns_per_mapping < 1.5us").limit == .value(1500))
    #expect(try Gate("findings.DMA203 == 0").metricName == "findings.DMA203")
    #expect(try Gate("findings.unmap-size-mismatch == 0").metricName == "findings.DMA203")
  }

  @Test(
    "what is no gate is refused with what was expected",
    arguments: [
      ("", "METRIC"), ("bounces < 3", "one of the metrics"), ("syncs.per_mapping < many", "a limit"),
      ("x y: syncs.per_mapping < 1", "a device"), ("TO_DEVICE: syncs.per_mapping < 1", "a device"),
      ("findings.new < +5%", "a number of findings"), ("findings.DMA999 == 0", "one of the metrics"),
      ("syncs.per_mapping < -200%", "-100%"), ("syncs.per_mapping < inf", "a limit"),
    ])
  func refusals(text: String, expected: String) {
    let misfit = #expect(throws: MatchRule.Misfit.self) { try Gate(text) }
    #expect(misfit?.description.contains(expected) == true, "\(misfit?.description ?? "")")
  }

  @Test("a limit is exceeded only where the whole interval lies beyond it")
  func intervals() {
    #expect(!Gate.Comparison.below.excludes(1.02...1.2, 1.05))
    #expect(Gate.Comparison.below.excludes(1.06...1.2, 1.05))
    #expect(Gate.Comparison.above.excludes(0.7...0.8, 0.9))
    #expect(Gate.Comparison.equal.excludes(0.7...0.8, 0.9) && !Gate.Comparison.equal.excludes(0.7...0.9, 0.8))
  }

  @Test("a gate file has gates with reasons, sections for devices, a baseline beside it, and rules of names")
  func file() throws {
    let file = try GateFile(
      """
      # what a patch may cost
      baseline: base.dat
      gates:
        - maintenance.lines_per_mib < +5%
        - gate: findings.new == 0
          because: a broken rule is a bug
      devices:
        "0000:00:05.0":
          - bounces.per_mapping < +10%
      match: ["0000:00:04.0=0000:00:05.0"]
      """, path: "ci/gates.yaml")
    #expect(file.baseline == ["ci/base.dat"])
    #expect(file.gates.map(\.device) == [nil, nil, "0000:00:05.0"])
    #expect(file.gates.map(\.because) == ["", "a broken rule is a bug", ""])
    #expect(file.match.map(\.text) == ["0000:00:04.0=0000:00:05.0"])
  }

  @Test(
    "what a gate file cannot say is told with its place",
    arguments: [
      ("gates: [syncs.per_mapping < x]", "gates.yaml:1:9"), ("limits: []", "unknown key 'limits'"),
      ("- a", "expected a mapping"), ("gates: [{gate: syncs.per_mapping < 1, why: x}]", "gate and because"),
      ("gates: []", "no gates"), ("a: [", "line"),
    ])
  func fileErrors(text: String, expected: String) {
    let error = #expect(throws: YAMLFileError.self) { try GateFile(text, path: "gates.yaml") }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test("the star of an old name keeps its place in the new one")
  func rules() throws {
    #expect(try MatchRule("pci-*=0000:*").newName(of: "pci-00:05.0") == "0000:00:05.0")
    #expect(try MatchRule("a?c.*.x=*").newName(of: "abc.7.x") == "7")
    #expect(try MatchRule("a=b").newName(of: "ab") == nil)
    #expect(try MatchRule("eth0=virtio3").newName(of: "eth0") == "virtio3")
    #expect(throws: MatchRule.Misfit.self) { try MatchRule("a=b*") }
    #expect(throws: MatchRule.Misfit.self) { try MatchRule("a") }
  }
}
