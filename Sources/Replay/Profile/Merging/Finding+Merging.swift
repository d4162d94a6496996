extension Finding {
  private struct Key: Hashable {
    var rule: Int
    var severity: Rule.Severity
    var device: String
    var callSite: String
  }

  static func merged(_ a: [Finding], _ b: [Finding]) -> [Finding] {
    mergedRows(
      a, b,
      key: { Key(rule: $0.rule.number, severity: $0.severity, device: $0.device, callSite: $0.callSite) },
      add: { finding, other in
        finding.count &+= other.count
        finding.examples += other.examples
      }
    ).map { $0.withFirstExamples }.sorted { $0.precedes($1) }
  }

  /// The earliest examples, of one time those whose texts come first.
  private var withFirstExamples: Finding {
    var result = self
    let ordered = examples.map { ($0, $0.texts) }.sorted {
      $0.0.asked.time != $1.0.asked.time
        ? $0.0.asked.time < $1.0.asked.time : $0.1.lexicographicallyPrecedes($1.1)
    }
    result.examples = ordered.prefix(FindingLog.exampleLimit).map(\.0)
    return result
  }
}

extension Finding.Example {
  /// All that it says.
  fileprivate var texts: [String] {
    [message, right] + asked.texts + (before.map { ["before"] + $0.texts } ?? [])
  }
}

extension Finding.Evidence {
  fileprivate var texts: [String] {
    let numbers = [String(time), String(cpu), pid.map { String($0) } ?? ""]
    return [call, task] + numbers + [String(parameters.count)] + parameters.flatMap { [$0.name, $0.value] }
      + [String(frames.count)] + frames
  }
}
