import Comparison
import DMAModel
import Replay

// Sentences about a comparison as a whole, for every form of it. Nothing here is escaped.
extension RunComparison {
  /// What limits the truth of it, most important first.
  var limits: [String] {
    var result: [String] = []
    for run in base + new where run.recording.isIncomplete || run.recording.lostWindows > 0 {
      let what = run.recording.isIncomplete ? "a part of it could not be read" : "events were lost"
      result.append("\(run.path): \(what); its numbers cover the rest.")
    }
    let all = base + new
    if Set(all.map(\.platform)).count > 1 || Set(all.map(\.cacheLine)).count > 1 {
      let machines = Set(all.map { "\($0.platform), \($0.cacheLine)-byte lines" }).sorted()
      result.append("The runs were read as different machines: \(machines.joined(separator: "; ")).")
    }
    if Set(all.map(\.filter)).count > 1 { result.append("The runs were filtered differently.") }
    for isBase in [true, false] {
      let names = assumedDevices(isBase: isBase)
      guard !names.isEmpty else { continue }
      let (mine, other) = isBase ? ("base", "new") : ("new", "base")
      let who =
        names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
      result.append(
        "Whether \(who) snooped is known on the \(other) side, and only assumed on the \(mine) one "
          + "(--\(mine)-coherent GLOB, --\(mine)-noncoherent GLOB).")
    }
    if isSingle {
      result.append(
        "One run a side: what is called a change here is more than the windows of time within these runs vary by. How "
          + "much runs differ among themselves, they cannot tell; four runs a side or more can.")
    } else if min(base.count, new.count) < 4 {
      result.append(
        "Fewer than four runs on a side: intervals come from windows of time within the runs, and know little of how "
          + "runs differ.")
    }
    for pair in matching.renamed where !pair.isRule {
      result.append(
        "\(pair.old) of the base is taken for \(pair.new): \(pair.because). --match OLD=NEW says otherwise.")
    }
    return result + matching.problems
  }

  var deviceSummary: [[String]] {
    var parts = [Formatting.count(UInt64(matching.common.count), "device") + " on both sides"]
    let renamed = matching.renamed.count
    if renamed > 0 { parts.append("\(renamed) by another name") }
    var groups = [parts]
    for (title, names) in [("new", matching.new), ("gone", matching.gone)] where !names.isEmpty {
      groups.append([
        title + ": " + names.prefix(4).joined(separator: ", ")
          + (names.count > 4 ? " and \(names.count - 4) more" : "")
      ])
    }
    return groups
  }

  var findingSummary: [String] {
    if findings.new.isEmpty && findings.gone.isEmpty {
      return [findings.common == 0 ? "none" : "the same on both sides (\(findings.common))"]
    }
    func list(_ rows: [FindingChanges.Row]) -> String {
      let counts = Rule.Severity.allCases.reversed().compactMap { severity -> String? in
        let count = rows.count { $0.severity == severity }
        return count == 0 ? nil : Formatting.count(UInt64(count), severity.name)
      }
      return counts.isEmpty ? "none" : counts.joined(separator: ", ")
    }
    return ["new: " + list(findings.new), "gone: " + list(findings.gone)]
  }

  /// What stands in the column of evidence, in a few words.
  var evidenceRemark: String {
    isSingle || min(base.count, new.count) < 4
      ? "block bootstrap over windows of time"
      : "medians; Mann-Whitney test, corrected by Benjamini and Hochberg"
  }

  var notes: [String] {
    var notes = [
      "~ chance would do; ? no test; exact: it does not vary; p: the chance of such a difference if there were none, "
        + "corrected for the number of rows (Benjamini and Hochberg).",
      "Metrics with a slash do not depend on how long the runs were; the others do.",
    ]
    let blocks = whole.compactMap { change -> Int? in
      if case .windows(let blocks) = change.evidence { blocks } else { nil }
    }.min()
    if let blocks {
      notes.append(
        "Intervals are from a block bootstrap: windows of time are drawn anew in \(blocks) blocks of neighbours or more, "
          + "2,000 times on each side.")
    }
    return notes
  }
}

extension Run {
  /// `direct.dat · Linux 6.12 x86_64 · 12.1 s · 40,000 events`, for a list of runs.
  var headline: [String] {
    let name = path == "-" ? "standard input" : path
    let machine = [recording.kernel, recording.architecture].filter { !$0.isEmpty }.joined(separator: " ")
    return [
      name, machine.isEmpty ? "" : "Linux " + machine, Formatting.duration(recording.span),
      Formatting.count(recording.events, "event"),
    ]
  }
}

extension Change {
  var isEmptyOnBothSides: Bool { (base ?? 0) == 0 && (new ?? 0) == 0 }

  /// `≈ 30.1 µs/MiB → 0 (gone)`, and its evidence.
  var summary: [String] {
    if isEmptyOnBothSides { return ["none on either side"] }
    var parts = ["≈ \(metric.measure(base)) → \(metric.measure(new))", changeText]
    if !intervalText.isEmpty { parts.append("95 %: " + intervalText) }
    parts.append(evidenceText)
    return parts
  }
}

extension FindingChanges.Row {
  var parts: [String] {
    [
      "\(rule.id) \(rule.name)", device.isEmpty ? "no device" : device, function,
      Formatting.count(count, "time"), message,
    ]
  }
}

extension GateResult.Verdict {
  var word: String {
    switch self {
    case .held: "held"
    case .broken: "broken"
    case .uncertain: "uncertain"
    case .unmeasured: "unmeasured"
    }
  }

  var rank: Int {
    switch self {
    case .broken: 0
    case .uncertain: 1
    case .unmeasured: 2
    case .held: 3
    }
  }
}

/// How many gates came to what.
public struct GateCounts {
  private let results: [GateResult]

  public init(_ results: [GateResult]) { self.results = results }

  public var broken: Int { results.count { $0.verdict == .broken } }

  var parts: [String] {
    let others: [(GateResult.Verdict, String)] = [
      (.broken, "broken"), (.uncertain, "uncertain, not broken"), (.unmeasured, "not measured"),
    ]
    let named = others.compactMap { verdict, word -> String? in
      let count = results.count { $0.verdict == verdict }
      return count == 0 ? nil : "\(count) \(word)"
    }
    let held = results.count { $0.verdict == .held }
    return (named.isEmpty ? ["all \(held) held"] : named + ["\(held) held"])
  }
}
