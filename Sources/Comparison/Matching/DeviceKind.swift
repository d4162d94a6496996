import DMAModel
import Replay

/// What can be told of a device besides its name, as far as that stays the same when its address moves.
///
/// Neither vendor, class nor driver stand in the events. What does: the modules in its call sites, its mask, the shape
/// of its name (`0000:00:05.0` is PCI), and the mix of its calls.
struct DeviceKind {
  /// Modules of the callers, where the runs have stacks with names.
  var modules: Set<String> = []
  var maskBits: Int?
  /// The name with its hexadecimal digits made alike.
  var shape = ""
  /// Calls by kind and direction.
  private var mix: [Int: Double] = [:]

  init(_ device: DeviceProfile, in profile: Profile) {
    shape = String(device.name.map { $0.isHexDigit ? "0" : $0 })
    if device.maskBecause == .set, let mask = device.streamingMask {
      maskBits = 64 - mask.leadingZeroBitCount
    }
    for row in profile.operations where row.device == device.name {
      mix[Int(row.operation.rawValue) * 4 + Int(row.direction.rawValue), default: 0] += Double(row.apiCalls)
    }
    for site in profile.callSites where site.device == device.name {
      if let module = CallSiteName.module(site.caller) { modules.insert(String(module)) }
    }
  }

  /// The cosine of the angle between two mixes of calls, 0 ... 1.
  func likeness(_ other: DeviceKind) -> Double {
    let product = mix.reduce(0) { $0 + $1.value * (other.mix[$1.key] ?? 0) }
    let lengths = DeviceKind.length(mix) * DeviceKind.length(other.mix)
    return lengths > 0 ? product / lengths : 0
  }

  private static func length(_ mix: [Int: Double]) -> Double {
    mix.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Whether the two could be one device: nothing that is known of both contradicts it, and the mix of calls is alike.
  func couldBe(_ other: DeviceKind) -> Bool {
    if shape != other.shape { return false }
    if !modules.isEmpty, !other.modules.isEmpty, modules.isDisjoint(with: other.modules) { return false }
    if let maskBits, let bits = other.maskBits, bits != maskBits { return false }
    return likeness(other) >= 0.9
  }

  /// What two have in common, for people.
  func common(_ other: DeviceKind) -> String {
    var words = ["the same mix of calls"]
    let both = modules.intersection(other.modules).sorted()
    if !both.isEmpty { words.insert("callers in \(both.joined(separator: ", "))", at: 0) }
    if let maskBits, maskBits == other.maskBits { words.append("a mask of \(maskBits) bits") }
    return words.joined(separator: ", ")
  }
}
