import Comparison

/// Broken gates for standard error: each with its numbers and its reason, a line each; not escaped.
public enum GateLines {
  public static func broken(_ results: [GateResult]) -> [String] {
    results.filter { $0.verdict == .broken }.map { result in
      let device = result.device.map { $0 == result.gate.device ? "" : " for \($0)" } ?? ""
      let parts = [result.numbers, result.reason, result.gate.because].filter { !$0.isEmpty }
      return "gate broken: \(result.gate.text)\(device): " + parts.joined(separator: "; ")
    }
  }
}
