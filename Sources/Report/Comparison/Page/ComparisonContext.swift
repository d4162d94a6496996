import Comparison
import DMAModel
import Replay

/// What every section of a comparison's page needs.
struct ComparisonContext {
  /// The runs of one side, names short and devices called as on the new side.
  struct Side {
    /// `base` or `new`.
    var word: String
    var profiles: [Profile]
    /// Which of the profiles stands for the side where only one can be shown: the one in the middle by estimated cost a
    /// MiB mapped.
    var middle: Int

    /// The name of its run, or how many there are.
    var title: String {
      profiles.count == 1 ? Page.fileName(profiles[0].recording.path) : "\(profiles.count) \(word) runs"
    }

    /// What is said of a part that shows one run of several; empty for a single one.
    var choice: String {
      profiles.count < 2 ? "" : "of the \(word) side run \(middle + 1) of \(profiles.count)"
    }

    fileprivate init(_ word: String, _ profiles: [Profile], renaming names: [String: String]) {
      self.word = word
      self.profiles = profiles.map { $0.renamingDevices(names).withShortNames }
      let order = profiles.indices.sorted { (Side.cost(profiles[$0]), $0) < (Side.cost(profiles[$1]), $1) }
      middle = order.isEmpty ? 0 : order[(order.count - 1) / 2]
    }

    private static func cost(_ profile: Profile) -> Double {
      let (cost, bytes) = (profile.totals.estimate.mid, Double(profile.totals.map.bytes))
      return cost.isFinite && bytes > 0 ? cost / bytes : 0
    }
  }

  let comparison: RunComparison
  let gates: [GateResult]
  let base: Side
  let new: Side
  let ranking: DeviceRanking
  let toolVersion: String

  init(
    _ comparison: RunComparison, base: [Profile], new: [Profile], gates: [GateResult], toolVersion: String
  ) {
    self.comparison = comparison
    self.gates = gates.sorted { $0.verdict.rank < $1.verdict.rank }
    self.base = Side("base", base, renaming: comparison.matching.names)
    self.new = Side("new", new, renaming: [:])
    self.toolVersion = toolVersion
    var devices: [String: DeviceProfile] = [:]
    for device in (self.base.profiles + self.new.profiles).flatMap(\.devices) {
      guard var known = devices[device.name] else {
        devices[device.name] = device
        continue
      }
      known.work += device.work
      known.bounce += device.bounce
      known.map += device.map
      known.peak.bytes = max(known.peak.bytes, device.peak.bytes)
      known.peak.coherentBytes = max(known.peak.coherentBytes, device.peak.coherentBytes)
      devices[device.name] = known
    }
    ranking = DeviceRanking(Array(devices.values))
  }

  /// A device's name with its colour.
  func label(_ device: String) -> Markup {
    let name = Shortening.name(device)
    return "<span class=\"swatch \(ranking.colour(name))\"></span>\(name)"
  }
}

extension Profile {
  /// The same with other names of devices, in what pages of comparisons show.
  fileprivate func renamingDevices(_ names: [String: String]) -> Profile {
    if names.isEmpty { return self }
    var profile = self
    func rename<Row>(_ rows: inout [Row], _ key: WritableKeyPath<Row, String>) {
      for index in rows.indices {
        guard let name = names[rows[index][keyPath: key]] else { continue }
        rows[index][keyPath: key] = name
      }
    }
    rename(&profile.devices, \.name)
    rename(&profile.operations, \.device)
    rename(&profile.callSites, \.device)
    rename(&profile.timeline.series, \.device)
    return profile
  }
}

/// Words on the page; what a run brings is cut to a length that keeps the page small.
enum ComparisonWording {
  /// A sign beside a change, so that colour is not needed to tell better from worse: `▲` for more, `▼` for less.
  static func arrow(_ change: Change) -> String {
    guard let base = change.base, let new = change.new, base != new else { return "" }
    return new > base ? "▲ " : "▼ "
  }

  /// `worse` or `better` where there is evidence of a change; empty otherwise.
  static func tone(_ change: Change) -> String {
    change.isChange ? (change.isBetter ? "better" : "worse") : ""
  }

  static func list(_ parts: [String]) -> String { parts.filter { !$0.isEmpty }.joined(separator: " · ") }

  /// What kind of evidence there is, in the words of the table: `exact`, `p 0.001`, `~ chance`, `? no test`.
  static func evidence(_ change: Change) -> String {
    switch change.evidenceText {
    case "~": "~ chance"
    case "?": "? no test"
    case let text: text
    }
  }
}
