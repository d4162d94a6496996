import Comparison
import DMAModel
import Replay

/// Stacks of both sides under one another, each with what it weighs a MiB mapped on either.
///
/// Weights of all runs of a side are added up and divided by all that they mapped, so that runs of different length and
/// number compare.
struct DifferenceStacks {
  /// What stacks are weighed by.
  enum Measure: CaseIterable {
    case lines, bounced, calls

    func of(_ row: WeightedStacks.Row) -> UInt64 {
      switch self {
      case .lines: row.work.lines
      case .bounced: row.bounced
      case .calls: row.calls
      }
    }

    var title: String {
      switch self {
      case .lines: "Cache lines cleaned or invalidated"
      case .bounced: "Bytes copied through bounce buffers"
      case .calls: "Calls of the DMA API"
      }
    }

    func text(_ value: Double) -> String {
      switch self {
      case .lines: Metric.number(value) + " lines/MiB"
      case .bounced:
        (value < 1024 ? Metric.number(value) + " B" : Formatting.bytes(UInt64(min(value, 1e18)))) + "/MiB"
      case .calls: Metric.number(value) + " calls/MiB"
      }
    }
  }

  struct Row {
    var frames: [FlameTree.Frame]
    /// The function that is held to be the caller; empty without stacks.
    var caller: String
    var base = 0.0
    var new = 0.0
  }

  let measure: Measure
  private(set) var rows: [Row] = []
  private(set) var base = 0.0
  private(set) var new = 0.0

  /// - Parameter withStacks: whether call stacks are used; otherwise device, call and direction stand for them.
  init(_ measure: Measure, base: [Profile], new: [Profile], withStacks: Bool) {
    self.measure = measure
    var places: [[FlameTree.Frame]: Int] = [:]
    for (profiles, key) in [(base, \Row.base), (new, \Row.new)] {
      let mapped = profiles.reduce(0) { $0 + Double($1.totals.map.bytes) } / Double(1 << 20)
      guard mapped > 0 else { continue }
      for row in profiles.flatMap({ WeightedStacks($0, withStacks: withStacks).rows }) {
        let weight = Double(measure.of(row)) / mapped
        guard weight > 0 else { continue }
        let frames = Self.frames(row.frames, withStacks: withStacks)
        let place = places[frames] ?? rows.count
        if place == rows.count {
          places[frames] = place
          rows.append(Row(frames: frames, caller: Self.function(row.caller).name))
        }
        rows[place][keyPath: key] += weight
      }
    }
    self.base = rows.reduce(0) { $0 + $1.base }
    self.new = rows.reduce(0) { $0 + $1.new }
  }

  /// The device and the call around a stack are no functions. Functions are called as other builds and boots would call
  /// them: without what a compiler appends to its copies, and without addresses.
  private static func frames(_ texts: [String], withStacks: Bool) -> [FlameTree.Frame] {
    texts.enumerated().map { place, text in
      withStacks && place > 0 && place < texts.count - 1 ? function(text) : .init(function: text)
    }
  }

  private static func function(_ text: String) -> FlameTree.Frame {
    var frame = FlameTree.split(text)
    if frame.isNameless { frame.function = "(no symbol)" }
    if let dot = frame.function.firstIndex(of: "."), dot > frame.function.startIndex {
      frame.function = String(frame.function[..<dot])
    }
    return frame
  }

  var isEmpty: Bool { base == 0 && new == 0 }

  /// A tree with the widths of the new side, or of the base; nil if that has nothing.
  func tree(widths key: KeyPath<Row, Double>) -> FlameTree? {
    let other = key == \Row.new ? \Row.base : \Row.new
    return FlameTree(
      rows.map { row in
        let callers = row.frames.indices.filter { row.frames[$0].name == row.caller }
        return FlameTree.Stack(
          frames: row.frames, weight: row[keyPath: key], other: row[keyPath: other], callers: Set(callers))
      })
  }

  /// The share of a side's weight that comes through callers without a symbol.
  func nameless(_ key: KeyPath<Row, Double>) -> Double {
    let all = rows.reduce(0) { $0 + $1[keyPath: key] }
    let part = rows.reduce(0) { $0 + ($1.caller.hasPrefix("(no symbol)") ? $1[keyPath: key] : 0) }
    return all > 0 ? part / all : 0
  }

  /// Rows by the size of the difference.
  var ranked: [Row] {
    rows.filter { $0.base != $0.new }.sorted { a, b in
      let (x, y) = (abs(a.new - a.base), abs(b.new - b.base))
      return x != y ? x > y : a.frames.map(\.name).lexicographicallyPrecedes(b.frames.map(\.name))
    }
  }
}
