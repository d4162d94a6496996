import Replay

/// Findings as lines of a text page: by rule, most severe first, each with what was seen on both sides.
struct FindingsText {
  /// Occurrences shown of each finding.
  let examples: Int
  /// Whether whole call stacks are shown, not only the caller.
  let showsStacks: Bool

  private static let labelWidth = 8

  func add(_ findings: some Sequence<Finding>, to page: inout TextPage) {
    for group in FindingsText.groups(Array(findings)) {
      page.blank()
      let first = group[0]
      page.entry(first.severity.name, [first.rule.label], first.severity.style)
      page.entry("", [first.rule.title], indent: 2)
      for finding in group { add(finding, to: &page) }
      page.entry("", ["more: dmascope explain \(first.rule.id)"], indent: 2)
    }
  }

  /// Findings of the same severity and rule; most severe first, then by the rule's number. None is empty.
  static func groups(_ findings: [Finding]) -> [[Finding]] {
    var groups: [[Int]: [Finding]] = [:]
    for finding in findings {
      groups[[-finding.severity.rawValue, finding.rule.number], default: []].append(finding)
    }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }

  private func add(_ finding: Finding, to page: inout TextPage) {
    page.blank()
    var parts = [finding.device.isEmpty ? "(no device)" : finding.device]
    if !finding.callSite.isEmpty { parts.append(finding.callSite) }
    if finding.count != 1 { parts.append(Formatting.count(finding.count, "time")) }
    page.entry("", parts, indent: 2)
    let shown = finding.examples.prefix(examples)
    for (index, example) in shown.enumerated() {
      if index > 0 { page.blank() }
      add(example, to: &page)
    }
    let more = finding.count &- UInt64(min(UInt64(shown.count), finding.count))
    if more > 0, examples > 1 {
      page.entry("", ["… and \(Formatting.count(more)) more like these"], indent: 4)
    }
  }

  private func add(_ example: Finding.Example, to page: inout TextPage) {
    page.entry("", [example.message], indent: 4)
    add("asked", example.asked, to: &page)
    if let before = example.before { add("before", before, to: &page) }
    if !example.right.isEmpty {
      page.entry("right", [example.right], indent: 4, labelWidth: FindingsText.labelWidth, .heading)
    }
  }

  private func add(_ label: String, _ evidence: Finding.Evidence, to page: inout TextPage) {
    let width = FindingsText.labelWidth
    let place = "\(Formatting.timestamp(evidence.time)) s"
    page.entry(
      label, [evidence.call, place, "CPU \(evidence.cpu)", evidence.who], indent: 4, labelWidth: width,
      .heading)
    page.entry(
      "", evidence.parameters.map { "\($0.name) \($0.value)" }, indent: 4, labelWidth: width)
    let frames = evidence.frames.prefix(showsStacks ? evidence.frames.count : 1)
    for (index, frame) in frames.enumerated() {
      page.entry(index == 0 ? "from" : "", [frame], indent: 4 + width, labelWidth: 5)
    }
  }
}

extension Rule.Severity {
  var style: Paint.Style {
    switch self {
    case .error: .alarm
    case .warning: .caveat
    case .hint: .heading
    }
  }
}
