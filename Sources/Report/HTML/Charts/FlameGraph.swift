/// A flame graph with its root at the top: the width of a frame is its share of the whole.
struct FlameGraph {
  /// How a frame is drawn.
  struct Look {
    /// The class of its colour.
    var style: String
    /// What stands in it where there is room.
    var label: String
    /// What it is and its figures, with `: ` between.
    var title: String
  }

  var tree: FlameTree
  var title: String
  /// What the whole width is, and where the same figures stand as text.
  var description: String
  var look: (FlameTree.Node) -> Look

  private static let row = 19

  var markup: Markup {
    let description = "\(tree.nodes.count) frames in \(tree.depth) rows; \(self.description)"
    return """
      <div class="flame-tools" hidden></div>\
      <div class="scroll flame" role="region" aria-label="\(title)" tabindex="0">\
      <svg class="frames" width="100%" height="\(tree.depth * FlameGraph.row + 1)" role="img" \
      aria-label="\(title). \(description)">\
      <desc>\(description)</desc>\(tree.nodes.map(frame))</svg></div>
      """
  }

  private func frame(_ node: FlameTree.Node) -> Markup {
    let look = look(node)
    let label: Markup = node.share < 0.012 ? "" : "<text x=\"4\" y=\"13\">\(look.label)</text>"
    return """
      <svg class="f \(look.style)" x="\(fine(node.start))" y="\(node.depth * FlameGraph.row)" \
      width="\(fine(node.share))" height="\(FlameGraph.row - 1)">\
      <title>\(look.title)</title>\
      <rect width="100%" height="100%"/>\(label)</svg>
      """
  }

  /// A percentage with three decimals: frames are narrow.
  private func fine(_ share: Double) -> Markup {
    "\(Formatting.fixed(Numbers.unit(share) * 100, 3))%"
  }
}

extension FlameGraph {
  /// The graph of one profile, frames coloured by where their code is.
  init(tree: FlameTree, unit: String, title: String) {
    let whole = FlameGraph.count(tree.nodes.first?.weight ?? 0)
    self.init(
      tree: tree, title: title,
      description: "the whole width is \(whole) \(unit). The table of call sites below has the same figures."
    ) { node in
      let style =
        node.depth == 0 || (node.frame.isNameless && !node.isCaller)
        ? "root" : node.isCaller ? "caller" : node.frame.module.isEmpty ? "kernel" : "module"
      return Look(
        style: style, label: node.frame.function,
        title:
          "\(node.frame.name): \(FlameGraph.count(node.weight)) \(unit), \(Formatting.percent(node.share))")
    }
  }

  private static func count(_ weight: Double) -> String { Formatting.count(UInt64(weight.clamped)) }
}

extension Double {
  /// The number, or the nearest one that a `UInt64` can hold.
  fileprivate var clamped: Double { self > 0 ? min(self, 0x1.fffffffffffffp63) : 0 }
}
