import DMAModel
import Replay

/// The devices in the order in which a reader asks for them, and the colour that each has on the whole page.
///
/// Most cache lines first, then most bounced bytes, most mapped bytes, name. The first six of those that matter in
/// any chart have a colour of their own; the others share the last one.
struct DeviceRanking {
  static let colours = 6
  /// The class of what stands for all other devices.
  static let others = "c0"

  let devices: [DeviceProfile]
  /// Names of the devices with a colour, in the order of the colours.
  let coloured: [String]
  private let colourClass: [String: String]
  private let anchors: [String: String]

  init(_ profile: Profile) { self.init(profile.devices) }

  /// - Parameter devices: each once.
  init(_ devices: [DeviceProfile]) {
    let devices = devices.sorted { a, b in
      if a.work.lines != b.work.lines { return a.work.lines > b.work.lines }
      let (bouncedA, bouncedB) = (a.bounce.bytes, b.bounce.bytes)
      if bouncedA != bouncedB { return bouncedA > bouncedB }
      if a.map.bytes != b.map.bytes { return a.map.bytes > b.map.bytes }
      return a.name < b.name
    }
    self.devices = devices
    coloured = DeviceRanking.mostVisible(devices, DeviceRanking.colours)
    var classes: [String: String] = [:]
    for (index, name) in coloured.enumerated() { classes[name] = "c\(index + 1)" }
    colourClass = classes
    var anchors: [String: String] = [:]
    for (index, device) in devices.enumerated() where anchors[device.name] == nil {
      anchors[device.name] = "dev-\(index)"
    }
    self.anchors = anchors
  }

  /// The class that colours what belongs to this device.
  func colour(_ device: String) -> String { colourClass[device] ?? DeviceRanking.others }

  /// The fragment of the device's row.
  func anchor(_ device: String) -> String { anchors[device] ?? "devices" }

  /// Up to `limit` devices with the largest share of anything that a chart shows, in ranking order.
  private static func mostVisible(_ devices: [DeviceProfile], _ limit: Int) -> [String] {
    let measures: [@Sendable (DeviceProfile) -> UInt64] = [
      { $0.work.lines }, { $0.bounce.bytes }, { $0.map.bytes },
      { Numbers.add($0.peak.bytes, $0.peak.coherentBytes) },
    ]
    var score = [Double](repeating: 0, count: devices.count)
    for measure in measures {
      let whole = Numbers.sum(devices.map(measure))
      for (index, device) in devices.enumerated() {
        score[index] = max(score[index], Numbers.share(measure(device), of: whole))
      }
    }
    let chosen = devices.indices.sorted { score[$0] != score[$1] ? score[$0] > score[$1] : $0 < $1 }
      .prefix(limit)
    return chosen.sorted().map { devices[$0].name }
  }
}

extension Bounce {
  /// Bytes copied in both directions.
  var bytes: UInt64 { Numbers.add(bytesIn, bytesOut) }
}
