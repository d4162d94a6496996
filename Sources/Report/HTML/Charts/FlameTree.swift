import Replay

/// Call stacks merged from the outermost frame inwards, each frame with the weight of all stacks through it.
struct FlameTree {
  /// A function without its offset, and the module it is in (empty for the kernel itself).
  struct Frame: Hashable {
    var function: String
    var module = ""

    var name: String { module.isEmpty ? function : function + " " + module }
    /// Whether it is an address that no symbol covers.
    var isNameless: Bool { function.hasPrefix("0x") }
  }

  /// Frames, the outermost first.
  struct Stack {
    var frames: [Frame]
    /// What gives frames their width.
    var weight: Double
    /// What it is held against; 0 where there is no comparison.
    var other = 0.0
    /// Places of frames that are the call site.
    var callers: Set<Int> = []
  }

  struct Node {
    var frame: Frame
    var weight = 0.0
    var other = 0.0
    /// Whether weight is attributed to this frame as the call site.
    var isCaller = false
    var depth: Int
    /// Sum of the weights to the left, 0 ... 1, and the own share of the whole.
    var start = 0.0
    var share = 0.0
    /// The weight on the side that has more: what siblings are sorted by, so that two graphs have them in one order.
    var heaviest: Double { max(weight, other) }
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

  /// Nil if nothing weighs anything. Stacks without weight are held against others all the same.
  init?(_ stacks: [Stack]) {
    var all = [Node(frame: Frame(function: "all"), depth: 0)]
    var children: [[Frame: Int]] = [[:]]
    for stack in stacks where stack.weight > 0 || stack.other > 0 {
      all[0].weight += stack.weight
      all[0].other += stack.other
      var parent = 0
      let first = max(0, stack.frames.count - FlameTree.depthLimit)
      for (place, frame) in stack.frames.enumerated().dropFirst(first) {
        let node: Int
        if let known = children[parent][frame] {
          node = known
        } else {
          node = all.count
          children[parent][frame] = node
          children.append([:])
          all.append(Node(frame: frame, depth: all[parent].depth + 1))
        }
        all[node].weight += stack.weight
        all[node].other += stack.other
        if stack.callers.contains(place) { all[node].isCaller = true }
        parent = node
      }
    }
    guard all[0].weight > 0 else { return nil }
    place(all, children)
  }

  init?(_ sites: [CallSiteProfile], weight: (CallSiteProfile) -> UInt64) {
    self.init(
      sites.filter { !$0.frames.isEmpty }.map { site in
        let texts = Array(site.frames.reversed())
        let frames = texts.map(FlameTree.split)
        let callers = texts.indices.filter {
          texts[$0] == site.caller || frames[$0].name == site.caller || frames[$0].function == site.caller
        }
        return Stack(frames: frames, weight: Double(weight(site)), callers: Set(callers))
      })
  }

  /// Lays the nodes out level by level, the heaviest to the left.
  private mutating func place(_ all: [Node], _ children: [[Frame: Int]]) {
    let whole = all[0].weight
    var level: [(node: Int, start: Double)] = [(0, 0)]
    while !level.isEmpty && nodes.count < FlameTree.nodeLimit {
      var next: [(node: Int, start: Double)] = []
      for (index, start) in level {
        var node = all[index]
        node.start = start
        node.share = Numbers.unit(node.weight / whole)
        if node.share < FlameTree.shareLimit || nodes.count >= FlameTree.nodeLimit {
          omitted += 1
          continue
        }
        depth = max(depth, node.depth + 1)
        nodes.append(node)
        var left = start
        let heaviestFirst = children[index].sorted { a, b in
          let (wa, wb) = (all[a.value].heaviest, all[b.value].heaviest)
          return wa != wb ? wa > wb : a.key.name < b.key.name
        }
        for (_, child) in heaviestFirst {
          next.append((child, left))
          left += Numbers.unit(all[child].weight / whole)
        }
      }
      level = next
    }
  }

  /// `e1000_clean+0x1c [e1000]` is the function `e1000_clean` in `[e1000]`, `[e1000]+0x15c4` some place in it.
  static func split(_ frame: String) -> Frame {
    if frame.hasPrefix("["), let end = frame.firstIndex(of: "]") {
      return Frame(function: "(no symbol)", module: String(frame[...end]))
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
    return Frame(function: String(function), module: module)
  }
}
