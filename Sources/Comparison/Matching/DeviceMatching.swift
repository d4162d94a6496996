import Replay

/// Which device of the base is which of the new runs.
public struct DeviceMatching: Sendable {
  /// Devices of the base with another name on the new side.
  public private(set) var renamed: [Pair] = []
  /// Devices that only one side has, by name (of that side).
  public private(set) var gone: [String] = []
  public private(set) var new: [String] = []
  /// Devices that both have, by the new name.
  public private(set) var common: [String] = []
  /// Rules that brought nothing together, and why.
  public private(set) var problems: [String] = []

  public struct Pair: Sendable, Equatable {
    public var old: String
    public var new: String
    /// Why they are taken for one, in words; for rules the rule.
    public var because: String
    public var isRule: Bool
  }

  /// Rules go first, then names, then kinds: a device that is left over is taken for one of the other side only if each
  /// is the only one that the other can be.
  public init(base: [Profile], new: [Profile], rules: [MatchRule] = []) {
    let (oldNames, newNames) = (DeviceMatching.names(base), DeviceMatching.names(new))
    var (free, wanted) = (Set(oldNames), Set(newNames))
    for rule in rules {
      let pairs = oldNames.compactMap { old in rule.newName(of: old).map { (old, $0) } }
      for (old, target) in pairs {
        if free.contains(old), wanted.contains(target) {
          free.remove(old)
          wanted.remove(target)
          renamed.append(Pair(old: old, new: target, because: "--match \(rule.text)", isRule: true))
        } else {
          let what = newNames.contains(target) ? "is taken by another device" : "is not in the new runs"
          problems.append("--match \(rule.text): \(old) would be \(target), which \(what)")
        }
      }
      if pairs.isEmpty { problems.append("--match \(rule.text): no device of the base has such a name") }
    }
    let same = free.intersection(wanted)
    free.subtract(same)
    wanted.subtract(same)
    matchKinds(&free, &wanted, base, new)
    renamed.sort { $0.new < $1.new }
    common = (same + renamed.map(\.new)).sorted()
    gone = free.sorted()
    self.new = wanted.sorted()
  }

  /// New names by old ones, where they differ.
  public var names: [String: String] {
    Dictionary(renamed.map { ($0.old, $0.new) }, uniquingKeysWith: { first, _ in first })
  }

  private static func names(_ profiles: [Profile]) -> [String] {
    Set(profiles.flatMap { $0.devices.map(\.name) }).sorted()
  }

  private mutating func matchKinds(
    _ free: inout Set<String>, _ wanted: inout Set<String>, _ base: [Profile], _ new: [Profile]
  ) {
    guard !free.isEmpty, !wanted.isEmpty, free.count <= 256, wanted.count <= 256 else { return }
    let (old, candidates) = (kinds(free, base), kinds(wanted, new))
    for (name, kind) in old.sorted(by: { $0.key < $1.key }) {
      let possible = candidates.filter { kind.couldBe($0.value) }
      guard possible.count == 1, let target = possible.first,
        old.count(where: { $0.value.couldBe(target.value) }) == 1
      else { continue }
      free.remove(name)
      wanted.remove(target.key)
      renamed.append(Pair(old: name, new: target.key, because: kind.common(target.value), isRule: false))
    }
  }

  private func kinds(_ names: Set<String>, _ profiles: [Profile]) -> [String: DeviceKind] {
    var result: [String: DeviceKind] = [:]
    for profile in profiles {
      for device in profile.devices where names.contains(device.name) && result[device.name] == nil {
        result[device.name] = DeviceKind(device, in: profile)
      }
    }
    return result
  }
}
