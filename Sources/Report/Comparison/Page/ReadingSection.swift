import Comparison

/// How the page is to be read, and what the metrics are.
struct ReadingSection {
  let context: ComparisonContext

  var section: Section {
    let notes =
      context.comparison.notes + ["▲ more than before, ▼ less; worse and better are those of the metric."]
    let metrics = Metric.table.map { metric -> Markup in
      "<dt>\(metric.name)</dt><dd>\(metric.title)\(metric.better == .higher ? "; more is better" : "")</dd>"
    }
    return Section(
      id: "reading", title: "How to read this",
      body: """
        <ul class="changes">\(notes.map { "<li>\($0)</li>" as Markup })</ul>\
        \(Piece.more("What the metrics are", "<dl class=\"definitions\">\(metrics)</dl>"))
        """)
  }
}
