import Replay

/// Stacks in the folded form of flamegraph.pl: frames joined by semicolons, a blank, and the weight.
struct FoldedStacks {
  private let stacks: WeightedStacks
  private let weight: ExportWeight

  init(_ profile: Profile, weight: ExportWeight) {
    stacks = WeightedStacks(profile)
    self.weight = weight
  }

  /// Lines sorted; stacks that are spelt alike are one. Stacks without weight are left out.
  func render() -> String {
    var sums: [String: UInt64] = [:]
    for row in stacks.rows {
      let amount = row.weight(weight)
      guard amount > 0 else { continue }
      sums[row.frames.map(FoldedStacks.frame).joined(separator: ";"), default: 0] &+= amount
    }
    return sums.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
  }

  /// A frame cannot have the semicolon that separates frames.
  private static func frame(_ name: String) -> String {
    String(Escaping.terminal(name).map { $0 == ";" ? ":" : $0 })
  }
}
