import DMAModel
import Replay

/// Which code asked for the work: a flame graph, and a table of call sites with their stacks.
struct CallSitesSection {
  let context: ReportContext

  private static let limit = 80
  private static let frameLimit = 24

  var section: Section? {
    let sites = context.profile.callSites
    guard !sites.isEmpty else { return nil }
    let shown = Array(sites.prefix(CallSitesSection.limit))
    let table = ScrollTable(
      label: "Call sites", columns: columns, rows: shown, sortable: true,
      filterLabel: shown.count > 8 ? "Filter call sites" : nil)
    return Section(
      id: "call-sites", title: "Call sites",
      lead: """
        Who \(Piece.define("call-site", "asked for the work")). Stacks are merged from the outermost function at the \
        top; what stands next to the DMA API is at the bottom.
        """,
      body: flame + table.markup + Piece.omitted(sites.count - shown.count, "call sites"))
  }

  /// What the flame graph is drawn by: the first of these that is not all zero.
  private var measure: (title: String, unit: String, weight: (CallSiteProfile) -> UInt64) {
    let sites = context.profile.callSites
    if sites.contains(where: { $0.work.lines > 0 }) {
      return ("Call stacks by cache lines", "cache lines", { $0.work.lines })
    }
    if sites.contains(where: { $0.bouncedBytes > 0 }) {
      return ("Call stacks by bytes bounced", "bytes", { $0.bouncedBytes })
    }
    return ("Call stacks by calls of the DMA API", "calls", { $0.apiCalls })
  }

  private var flame: Markup {
    let (title, unit, weight) = measure
    guard let tree = FlameTree(context.profile.callSites, weight: weight) else { return "" }
    let legend: [(String, Markup, Bool)] = [
      ("flame-caller", "call site", tree.nodes.contains { $0.isCaller }),
      ("flame-module", "in a module", tree.nodes.contains { !$0.frame.module.isEmpty && !$0.isCaller }),
      ("flame-kernel", "kernel", true),
      ("flame-root", "without a symbol", tree.nodes.contains { $0.frame.isNameless && !$0.isCaller }),
    ]
    let narrow: Markup =
      tree.omitted == 0
      ? "" : "<p class=\"note\">\(count: UInt64(tree.omitted)) frames were too narrow to be drawn.</p>"
    return Figure(
      title: title, unit: "width = share of \(unit)",
      legend: legend.filter(\.2).map { (colour: $0.0, label: $0.1) },
      plot: FlameGraph(tree: tree, unit: unit, title: title).markup, after: narrow
    ).markup
  }

  private var columns: [Column<CallSiteProfile>] {
    let sites = context.profile.callSites
    var columns: [Column<CallSiteProfile>] = [
      Column("Call site", .name) { caller($0) }.sorted { $0.caller },
      Column("Device", .text) { context.link($0.device) },
      Column("Call", .text) { "\($0.operation.name)" },
      .count("API calls") { $0.apiCalls },
    ]
    if context.hasMaintenance {
      let whole = Numbers.sum(sites.map(\.work.lines))
      columns.append(.count("Lines") { $0.work.lines })
      columns.append(
        Column("Share") {
          Piece.meter(Formatting.share($0.work.lines, of: whole))
        }.sorted { String($0.work.lines) })
      columns.append(.bytes("Bytes named") { $0.maintenance.bytes })
    }
    if sites.contains(where: { $0.bouncedBytes > 0 }) {
      columns.append(.bytes("Bounced") { $0.bouncedBytes })
    }
    if sites.contains(where: { $0.estimate.high > 0 }) {
      columns.append(
        Column("Cost") {
          "\(Formatting.range($0.estimate))"
        }.sorted { String(Numbers.nanoseconds($0.estimate.mid)) })
    }
    return columns
  }

  private func caller(_ site: CallSiteProfile) -> Markup {
    let name = site.caller.isEmpty ? site.frames.first ?? "unknown" : site.caller
    if site.frames.isEmpty { return "<code>\(name)</code>" }
    let frames = site.frames.prefix(CallSitesSection.frameLimit).map { frame -> Markup in
      frame == site.caller ? "<li class=\"here\">\(frame)</li>" : "<li>\(frame)</li>"
    }
    let rest = site.frames.count - CallSitesSection.frameLimit
    return """
      <details><summary><code>\(name)</code></summary><ol class="stack">\(frames)</ol>\
      \(Piece.omitted(rest, "frames"))</details>
      """
  }
}
