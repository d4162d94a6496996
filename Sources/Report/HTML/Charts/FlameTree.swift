import Replay

/// Call stacks merged from the outermost frame inwards, each frame with the weight of all stacks through it.
struct FlameTree {
  struct Node {
    /// The function without its offset, the module it is in (empty for the kernel itself).
    var function: String
    var module: String
    var weight: UInt64 = 0
    /// Whether weight is attributed to this frame as the call site.
    var isCaller = false
    var depth: Int
    /// Sum of the weights to the left, 0 ... 1, and the own share of the whole.
    var start = 0.0
    var share = 0.0
    /// Whether it is an address that no symbol covers.
    var isNameless: Bool { function.hasPrefix("0x") }
  }

  /// Deeper stacks keep their innermost frames.
  static let depthLimit = 48
  /// Frames narrower than this share are left out.
  static let shareLimit = 0.0008
  static let nodeLimit = 1500

  /// What is drawn, by depth, then from left to right. The first is the root.
  private(set) var nodes: [Node] = []
  private(set) var depth = 0
  /// Frames that were too narrow.
  private(set) var omitted = 0

  init?(_ sites: [CallSiteProfile], weight: (CallSiteProfile) -> UInt64) {
    var all = [Node(function: "all", module: "", depth: 0)]
    var children: [[String: Int]] = [[:]]
    for site in sites where weight(site) > 0 && !site.frames.isEmpty {
      let amount = weight(site)
      all[0].weight = Numbers.add(all[0].weight, amount)
      var parent = 0
      for frame in site.frames.prefix(FlameTree.depthLimit).reversed() {
        let (function, module) = FlameTree.split(frame)
        let name = module.isEmpty ? function : function + " " + module
        let node: Int
        if let known = children[parent][name] {
          node = known
        } else {
          node = all.count
          children[parent][name] = node
          children.append([:])
          all.append(Node(function: function, module: module, depth: all[parent].depth + 1))
        }
        all[node].weight = Numbers.add(all[node].weight, amount)
        if frame == site.caller || name == site.caller || function == site.caller {
          all[node].isCaller = true
        }
        parent = node
      }
    }
    guard all[0].weight > 0 else { return nil }
    place(all, children)
  }

  /// Lays the nodes out level by level, the heaviest to the left.
  private mutating func place(_ all: [Node], _ children: [[String: Int]]) {
    let whole = all[0].weight
    var level: [(node: Int, start: Double)] = [(0, 0)]
    while !level.isEmpty && nodes.count < FlameTree.nodeLimit {
      var next: [(node: Int, start: Double)] = []
      for (index, start) in level {
        var node = all[index]
        node.start = start
        node.share = Numbers.share(node.weight, of: whole)
        if node.share < FlameTree.shareLimit || nodes.count >= FlameTree.nodeLimit {
          omitted += 1
          continue
        }
        depth = max(depth, node.depth + 1)
        nodes.append(node)
        var left = start
        let heaviestFirst = children[index].sorted { a, b in
          let (wa, wb) = (all[a.value].weight, all[b.value].weight)
          return wa != wb ? wa > wb : a.key < b.key
        }
        for (_, child) in heaviestFirst {
          next.append((child, left))
          left += Numbers.share(all[child].weight, of: whole)
        }
      }
      level = next
    }
  }

  /// `e1000_clean+0x1c [e1000]` is the function `e1000_clean` in `[e1000]`, `[e1000]+0x15c4` some place in it.
  static func split(_ frame: String) -> (function: String, module: String) {
    if frame.hasPrefix("["), let end = frame.firstIndex(of: "]") {
      return ("(no symbol)", String(frame[...end]))
    }
    var function = Substring(frame)
    var module = ""
    if frame.hasSuffix("]"), let space = frame.lastIndex(of: " ") {
      module = String(frame[frame.index(after: space)...])
      function = frame[..<space]
    }
    if let plus = function.lastIndex(of: "+"), plus != function.startIndex,
      function[function.index(after: plus)...].hasPrefix("0x")
    {
      function = function[..<plus]
    }
    return (String(function), module)
  }
}
