import Replay

/// A speedscope file (https://www.speedscope.app/file-format-schema.json) with one profile for each weight.
struct Speedscope {
  private let stacks: WeightedStacks
  private let path: String
  private let toolVersion: String

  init(_ profile: Profile, toolVersion: String) {
    stacks = WeightedStacks(profile)
    path = profile.recording.path
    self.toolVersion = toolVersion
  }

  func render() -> String {
    var numbers: [String: Int] = [:]
    var frames: [String] = []
    let samples = stacks.rows.map { row in
      row.frames.map { name -> Int in
        if let known = numbers[name] { return known }
        numbers[name] = frames.count
        frames.append("{\"name\": \(Escaping.json(Escaping.terminal(name)))}")
        return frames.count - 1
      }
    }
    let profiles = ExportWeight.allCases.map { profile($0, samples) }
    return """
      {"$schema": "https://www.speedscope.app/file-format-schema.json",
      "name": \(Escaping.json(Escaping.terminal(path))),
      "exporter": "dmascope \(toolVersion)",
      "activeProfileIndex": 0,
      "shared": {"frames": [
      \(frames.joined(separator: ",\n"))
      ]},
      "profiles": [
      \(profiles.joined(separator: ",\n"))
      ]}

      """
  }

  private func profile(_ weight: ExportWeight, _ samples: [[Int]]) -> String {
    let (name, unit) =
      switch weight {
      case .lines: ("cache lines", "none")
      case .bytes: ("bytes maintained and copied", "bytes")
      case .ns: ("estimated time", "nanoseconds")
      case .calls: ("calls", "none")
      }
    let weights = stacks.rows.map { $0.weight(weight) }
    let used = weights.indices.filter { weights[$0] > 0 }
    let lists = used.map { "[" + samples[$0].map { String($0) }.joined(separator: ",") + "]" }
    return """
      {"type": "sampled", "name": "\(name)", "unit": "\(unit)", "startValue": 0, \
      "endValue": \(used.reduce(UInt64(0)) { $0 &+ weights[$1] }), \
      "samples": [\(lists.joined(separator: ","))], \
      "weights": [\(used.map { String(weights[$0]) }.joined(separator: ","))]}
      """
  }
}
