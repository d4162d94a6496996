import Comparison
import DMAModel
import Replay

/// The first screen: what changed, which gates are broken and why, and where there is no evidence.
struct VerdictSection {
  let context: ComparisonContext
  private var comparison: RunComparison { context.comparison }
  private var gates: [GateResult] { context.gates }

  private static let limit = 20
  private static let heldLimit = 6

  var section: Section {
    Section(
      id: "verdict", title: "The verdict",
      body: "\(limits)\(headline)\(changes)<div class=\"figures\">\(figures)</div>\(gateList)\(undecided)")
  }

  private var limits: Markup {
    let limits = comparison.limits.map(Shortening.sentence)
    if limits.isEmpty { return "" }
    return """
      <div class="caveats" role="note" aria-label="What limits this comparison"><h3>Read this first</h3>\
      <ul>\(limits.prefix(Self.limit).map { "<li>\($0)</li>" as Markup })</ul>\
      \(Piece.omitted(limits.count - Self.limit, "sentences"))</div>
      """
  }

  private var headline: Markup {
    let broken = GateCounts(gates).broken
    let gate: Markup =
      broken == 0
      ? "" : "<b class=\"worse\">✗ \(Formatting.count(UInt64(broken), "gate")) broken.</b> "
    guard let first = comparison.answer.first else {
      let words =
        comparison.isEqual ? "Nothing changed." : "Nothing changed by more than chance would do."
      return "<p class=\"headline\">\(gate)\(words)</p>"
    }
    return "<p class=\"headline\">\(gate)\(sentence(first))</p>"
  }

  /// What a statement says, its kind of change in front.
  private func sentence(_ statement: Statement) -> Markup {
    let parts = statement.parts.map(Shortening.sentence)
    let head = parts.first ?? ""
    let rest = ComparisonWording.list(Array(parts.dropFirst()))
    let details: Markup = rest.isEmpty ? "" : " <span class=\"unit\">\(rest)</span>"
    let tone = ComparisonWording.tone(statement.change)
    let arrow = ComparisonWording.arrow(statement.change)
    return "<span class=\"\(tone)\">\(arrow)</span><b>\(head.uppercasedFirst)</b>\(details)"
  }

  private var changes: Markup {
    let others = comparison.answer.dropFirst()
    if others.isEmpty { return "" }
    return "<ul class=\"changes\">\(others.map { "<li>\(sentence($0))</li>" as Markup })</ul>"
  }

  private var figures: [Markup] {
    let families: [(Metric.Family, String)] = [
      (.cost, "Estimated cost"), (.maintenance, "Cache maintenance"), (.bounces, "Bounces"),
    ]
    var figures = families.compactMap { family, title -> AnswerFigure? in
      guard
        let change = comparison.whole.first(where: { $0.metric.family == family && $0.metric.isChief }),
        !change.isEmptyOnBothSides
      else { return nil }
      return figure(title, change)
    }
    let rows = comparison.findings
    if !rows.new.isEmpty || !rows.gone.isEmpty {
      figures.append(
        AnswerFigure(
          title: "Findings", value: "\(rows.new.count)", unit: "new",
          lines: comparison.findingSummary.map { "\($0)" },
          tone: rows.new.contains { $0.severity > .hint } ? "bad" : ""))
    }
    if !gates.isEmpty {
      let counts = GateCounts(gates)
      figures.append(
        AnswerFigure(
          title: "Gates", value: counts.broken > 0 ? "✗ \(counts.broken)" : "✓ \(gates.count)",
          unit: counts.broken > 0 ? "of \(gates.count) broken" : "not broken",
          lines: counts.parts.map { "\($0)" },
          tone: counts.broken > 0 ? "bad" : "good"))
    }
    return figures.map(\.markup)
  }

  private func figure(_ title: String, _ change: Change) -> AnswerFigure {
    var lines: [Markup] = ["\(change.metric.measure(change.base)) → \(change.metric.measure(change.new))"]
    if !change.intervalText.isEmpty { lines.append("95 %: \(change.intervalText)") }
    let evidence = ComparisonWording.evidence(change)
    if !evidence.isEmpty { lines.append("\(evidence)") }
    let tone = change.isChange ? (change.isBetter ? "good" : "bad") : ""
    let text = change.changeText.isEmpty ? "–" : ComparisonWording.arrow(change) + change.changeText
    return AnswerFigure(title: title, value: "\(text)", unit: change.columnTitle, lines: lines, tone: tone)
  }

  private var gateList: Markup {
    if gates.isEmpty { return "" }
    let told = gates.filter { $0.verdict != .held }
    let held = gates.filter { $0.verdict == .held }
    let shown = told.prefix(Self.limit) + (held.count <= Self.heldLimit ? held[...] : [])
    let folded: Markup =
      held.count <= Self.heldLimit
      ? ""
      : Piece.more(
        "✓ \(held.count) gates held",
        "<ol class=\"findings\">\(held.prefix(200).map(item))</ol>\(Piece.omitted(held.count - 200, "gates"))"
      )
    return """
      <h3 class="sub">Gates</h3><ol class="findings">\(shown.map(item))</ol>\
      \(Piece.omitted(told.count - Self.limit, "gates"))\(folded)
      """
  }

  private func item(_ result: GateResult) -> Markup {
    let (sign, style): (String, String) =
      switch result.verdict {
      case .broken: ("✗", "error")
      case .uncertain: ("?", "warning")
      case .unmeasured: ("–", "")
      case .held: ("✓", "")
      }
    let device: Markup =
      result.device == result.gate.device
      ? "" : result.device.map { " for \(context.label($0))" as Markup } ?? ""
    let facts = ComparisonWording.list([result.numbers, result.reason].map(Shortening.sentence))
    let because: Markup =
      result.gate.because.isEmpty ? "" : "<div>\(Shortening.sentence(result.gate.because))</div>"
    let rows = result.verdict == .broken ? result.findings : []
    let findings = rows.prefix(8).map { row -> Markup in
      "<div class=\"note\">\(row.severity.name) \(Shortening.sentence(ComparisonWording.list(row.parts)))</div>"
    }
    return """
      <li class="finding \(style)"><div><span class="severity">\(sign) \(result.verdict.word)</span>\
      <code>\(Shortening.sentence(result.gate.text))</code>\(device)</div><div>\(facts)</div>\(because)\(findings)\
      \(Piece.omitted(rows.count - 8, "findings"))</li>

      """
  }

  /// What differs without evidence, and why there is none.
  private var undecided: Markup {
    let rows = comparison.whole.filter(\.isUncertain)
    if rows.isEmpty { return "" }
    let items = rows.map { change -> Markup in
      let why: String =
        if case .none(let reason) = change.evidence {
          "? not tested: \(reason)"
        } else {
          "~ chance would do" + (change.intervalText.isEmpty ? "" : ", 95 %: \(change.intervalText)")
        }
      return """
        <li>\(change.metric.title): \(change.metric.measure(change.base)) → \(change.metric.measure(change.new)), \
        \(change.changeText) <span class="unit">\(why)</span></li>
        """
    }
    return """
      <h3 class="sub">No evidence</h3><p class="note">These differ, and what was recorded cannot tell that from chance.</p>\
      <ul class="changes">\(items)</ul>
      """
  }
}

extension Change {
  /// What a figure of it counts, for a heading: `ns a MiB mapped`.
  fileprivate var columnTitle: String { metric.normalizedBy.isEmpty ? "" : "a \(metric.normalizedBy)" }
}
