/// A flame graph with its root at the top: the width of a frame is its share of the whole.
struct FlameGraph {
  var tree: FlameTree
  /// What the widths count, for instance `cache lines`.
  var unit: String
  var title: String

  private static let row = 19

  var markup: Markup {
    let whole = tree.nodes.first?.weight ?? 0
    let description =
      "\(tree.nodes.count) frames in \(tree.depth) rows; the whole width is \(Formatting.count(whole)) \(unit). "
      + "The table of call sites below has the same figures."
    return """
      <div class="flame-tools" hidden></div>\
      <div class="scroll flame" role="region" aria-label="\(title)" tabindex="0">\
      <svg class="frames" width="100%" height="\(tree.depth * FlameGraph.row + 1)" role="img" \
      aria-label="\(title). \(description)">\
      <desc>\(description)</desc>\(tree.nodes.map(frame))</svg></div>
      """
  }

  private func frame(_ node: FlameTree.Node) -> Markup {
    let style: Markup =
      node.depth == 0
      ? "root"
      : node.isCaller ? "caller" : node.isNameless ? "root" : node.module.isEmpty ? "kernel" : "module"
    let name = node.module.isEmpty ? node.function : node.function + " " + node.module
    let label: Markup = node.share < 0.012 ? "" : "<text x=\"4\" y=\"13\">\(node.function)</text>"
    return """
      <svg class="f \(style)" x="\(fine(node.start))" y="\(node.depth * FlameGraph.row)" \
      width="\(fine(node.share))" height="\(FlameGraph.row - 1)">\
      <title>\(name): \(count: node.weight) \(unit), \(Formatting.percent(node.share))</title>\
      <rect width="100%" height="100%"/>\(label)</svg>
      """
  }

  /// A percentage with three decimals: frames are narrow.
  private func fine(_ share: Double) -> Markup {
    "\(Formatting.fixed(Numbers.unit(share) * 100, 3))%"
  }
}
