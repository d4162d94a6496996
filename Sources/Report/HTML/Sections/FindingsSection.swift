import DMAModel
import Replay

/// Rules of the API that were broken, most severe first; each opens to what was seen on both sides.
struct FindingsSection {
  let context: ReportContext

  /// Bytes of markup after which the rest is only counted, so that the page stays small.
  private static let budget = 384 << 10
  private static let exampleLimit = 3
  private static let frameLimit = 16
  private static let parameterLimit = 16

  var section: Section? {
    let findings = context.profile.findings
    guard !context.profile.devices.isEmpty || !findings.isEmpty else { return nil }
    if findings.isEmpty {
      return Section(
        id: "findings", title: "Findings", body: "<p>No rule of the DMA API is seen to be broken.</p>")
    }
    var items: Markup = ""
    var shown = 0
    for finding in findings where items.source.utf8.count < FindingsSection.budget {
      items += item(finding)
      shown += 1
    }
    return Section(
      id: "findings", title: "Findings",
      lead: "\(FindingCounts(findings).text). Each opens to the evidence of both sides.",
      body:
        "<ol class=\"findings\">\(items)</ol>\(Piece.omitted(findings.count - shown, "findings"))")
  }

  private func item(_ finding: Finding) -> Markup {
    let severity = finding.severity.name
    let site: Markup = finding.callSite.isEmpty ? "" : ", <code>\(finding.callSite)</code>"
    let first = finding.examples.first
    let title: Markup = """
      <span class="severity">\(severity)</span><b>\(finding.rule.label)</b> \(device(finding))\(site), \
      \(Formatting.count(finding.count, "time"))
      """
    let examples = finding.examples.prefix(FindingsSection.exampleLimit)
    let more = finding.count &- UInt64(min(UInt64(examples.count), finding.count))
    let rest: Markup =
      more == 0
      ? "" : "<p class=\"note\">\(count: more) more like \(examples.count == 1 ? "this" : "these").</p>"
    return """
      <li class="finding \(severity)"><div>\(title)</div><div>\(first?.message ?? finding.rule.title)</div>\
      \(Piece.more("Evidence", "\(about(finding.rule))\(examples.map(evidence))\(rest)"))</li>

      """
  }

  /// Its device, linked where the page has a row for it.
  private func device(_ finding: Finding) -> Markup {
    let isKnown = context.profile.devices.contains { $0.name == finding.device }
    return isKnown ? context.link(finding.device) : "\(finding.device)"
  }

  private func about(_ rule: Rule) -> Markup {
    let advice: Markup = rule.fix.isEmpty ? "" : "<p>\(rule.fix)</p>"
    return "<p>\(rule.title)</p>\(advice)<p class=\"note\">More: <code>dmascope explain \(rule.id)</code></p>"
  }

  private func evidence(_ example: Finding.Example) -> Markup {
    let right: Markup =
      example.right.isEmpty ? "" : Piece.facts([("Right would be", "\(example.right)")])
    let before: Markup = example.before.map { side("Before", $0) } ?? ""
    return """
      <p><b>\(example.message)</b></p><div class="detail">\(side("Asked", example.asked))\(before)</div>\(right)
      """
  }

  private func side(_ title: String, _ evidence: Finding.Evidence) -> Markup {
    var facts: [(String, Markup)] = [
      ("call", "<code>\(evidence.call)</code>"), ("at", "\(Formatting.timestamp(evidence.time)) s"),
      ("on", "CPU \(evidence.cpu)"),
      ("by", "\(evidence.who)"),
    ]
    facts += evidence.parameters.prefix(FindingsSection.parameterLimit).map {
      ($0.name, "<code>\($0.value)</code>")
    }
    let frames = evidence.frames.prefix(FindingsSection.frameLimit).map { "<li>\($0)</li>" as Markup }
    let stack: Markup = frames.isEmpty ? "" : "<ol class=\"stack\">\(frames)</ol>"
    let omitted = Piece.omitted(evidence.frames.count - frames.count, "frames")
    return "<div><h4>\(title)</h4>\(Piece.facts(facts))\(stack)\(omitted)</div>"
  }
}
