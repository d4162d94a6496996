import DMAModel
import Replay

extension DeviceProfile {
  /// `32`, `≥34` where only the highest address is known, empty where nothing is.
  var maskBits: String {
    guard let mask = streamingMask else { return "" }
    return (maskBecause == .observed ? "≥" : "") + Formatting.bits(ofMask: mask)
  }

  /// Whether its mask made it bounce or fail.
  var isUnderPressure: Bool { pressure > 0 || bounce.mask > 0 }

  /// Whether a reader wants to see its mask: pressure, failures, refusals, a mask that the platform outgrows.
  var hasMaskOfInterest: Bool {
    let narrow = maskBecause != .observed && (requiredMask ?? 0) > (streamingMask ?? .max)
    return isUnderPressure || map.failed > 0 || mappingsAboveWindow > 0
      || maskHistory.contains { $0.accepted == false } || narrow
  }
}

extension TextReport {
  /// The summary's row on masks, red where one presses.
  func addMasks(to page: inout TextPage) {
    let pressed = profile.devices.filter(\.isUnderPressure).sorted {
      ($0.pressure.finite ?? 0) > ($1.pressure.finite ?? 0)
    }
    if pressed.isEmpty {
      page.summary("Masks", [noPressure])
      return
    }
    var groups = pressed.prefix(3).map { device in [under(device)] }
    if pressed.count > 3 { groups.append(["and \(pressed.count - 3) more devices"]) }
    page.summary("Masks", groups, .alarm)
  }

  /// `0000:00:05.0 presses its 32-bit mask: 93 % of its bytes bounced or failed, 4,890 bounces for the mask`.
  private func under(_ device: DeviceProfile) -> String {
    let whose = device.maskBits.isEmpty ? "its mask" : "its \(device.maskBits)-bit mask"
    var facts: [String] = []
    if device.pressure > 0 {
      facts.append("\(Formatting.percent(device.pressure)) of its bytes bounced or failed")
    }
    if device.bounce.mask > 0 { facts.append("\(Formatting.count(device.bounce.mask, "bounce")) for it") }
    if device.map.failed > 0 { facts.append("\(Formatting.count(device.map.failed, "map")) failed") }
    return "\(device.name) under pressure of \(whose): " + facts.joined(separator: ", ")
  }

  private var noPressure: [String] {
    guard !profile.devices.isEmpty else { return [] }
    var parts = [
      profile.totals.bounce.forced > 0 ? "no pressure seen, for bounces are forced" : "no pressure"
    ]
    let used = profile.devices.filter { $0.highestAddress != nil }
    if let highest = used.max(by: { ($0.highestAddress ?? 0) < ($1.highestAddress ?? 0) }) {
      parts.append(
        "highest address \(Formatting.hex(highest.highestAddress ?? 0)), \(highest.bitsUsed) bits")
    }
    let tight = profile.devices.filter { $0.headroomBits != nil }
      .min { ($0.headroomBits ?? 0, $0.name) < ($1.headroomBits ?? 0, $1.name) }
    if let tight, let headroom = tight.headroomBits {
      let bits = headroom == 1 ? "1 bit" : "\(headroom) bits"
      parts.append("least headroom \(bits): \(tight.name), \(tight.maskBits)-bit mask")
    } else {
      parts.append("no mask was recorded")
    }
    return parts
  }

  /// Per device, how its addresses stand against its mask.
  func addMaskPressure(to page: inout TextPage) {
    let devices = profile.devices
      .filter { options.verbose || $0.hasMaskOfInterest }
      .filter { $0.streamingMask != nil || $0.highestAddress != nil }
      .sorted { ($1.pressure.finite ?? 0, $0.name) < ($0.pressure.finite ?? 0, $1.name) }
    guard !devices.isEmpty else { return }
    let (shown, further) = top(devices)
    var table = Table([
      .init(title: "Device", alignment: .left, shrinksTo: 12), .init(title: "Mask", unit: "bits"),
      .init(title: "Coherent", unit: "bits", dropOrder: 3),
      .init(title: "Required", unit: "bits", dropOrder: 2), .init(title: "Top address"),
      .init(title: "Headroom", unit: "bits", dropOrder: 1),
      .init(title: "Bounced", unit: "for mask"), .init(title: "Failed", unit: "maps"),
      .init(title: "Pressure", unit: "of bytes"), .init(title: "Refused", unit: "masks", dropOrder: 4),
      .init(title: "IOVAs used", unit: "at most", dropOrder: 5),
      .init(title: "Above the", unit: "window", dropOrder: 6),
    ])
    for device in shown {
      let style: Paint.Style? = device.isUnderPressure ? .alarm : nil
      let refused = device.maskHistory.filter { $0.accepted == false }.count
      table.add([
        .init(device.name), .init(device.maskBits),
        .init(device.coherentMask.map(Formatting.bits) ?? ""),
        .init(device.requiredMask.map(Formatting.bits) ?? ""),
        .init(device.highestAddress.map(Formatting.hex) ?? ""),
        .init(device.headroomBits.map(String.init) ?? ""), .init(number(device.bounce.mask)),
        .init(number(device.map.failed)), .init(Formatting.percent(device.pressure), style),
        .init(number(UInt64(refused))), .init(device.iovaWindowShare.map(Formatting.percent) ?? ""),
        .init(device.mappingsAboveWindow == 0 ? "" : number(device.mappingsAboveWindow)),
      ])
    }
    page.heading(
      "Mask pressure", "share of the bytes wanted mapped that bounced for the mask or failed because of it")
    page.table(table, further: further)
    for device in shown {
      if let bits = device.sufficientDescriptorBits {
        page.item("·", "\(device.name): \(bits)-bit descriptors would do, the platform requires no more.")
      }
    }
  }

  /// Per device, how many addresses need how many bits.
  func addWidths(to page: inout TextPage) {
    var table = Table([
      .init(title: "Device", alignment: .left, shrinksTo: 12), .init(title: "Bits"),
      .init(title: "Mappings", unit: "and blocks"), .init(title: "Bytes"), .init(title: "Share"),
      .init(title: "", alignment: .left, dropOrder: 1),
    ])
    for device in profile.devices {
      let all = device.byWidth.reduce(UInt64(0)) { $0 &+ $1.mappings }
      var name = device.name
      for (bits, width) in device.byWidth.enumerated() where width != WidthCount() {
        let share = Formatting.share(width.mappings, of: all)
        let bar = String(repeating: "█", count: Int((min(1, max(0, share)) * 20).rounded()))
        table.add([
          .init(name), .init(String(bits)), .init(Formatting.count(width.mappings)),
          .init(Formatting.bytes(width.bytes)), .init(Formatting.percent(share)), .init(bar),
        ])
        name = ""
      }
    }
    guard !table.rows.isEmpty else { return }
    page.heading("Addresses by width", "bits that the end of a mapping or block needs")
    page.table(table)
  }

  /// A count for a table, a dot where there is none.
  func number(_ value: UInt64) -> String { value == 0 ? "·" : Formatting.count(value) }
  /// Bytes for a table, a dot where there are none.
  func size(_ value: UInt64) -> String { value == 0 ? "·" : Formatting.bytes(value) }
}
