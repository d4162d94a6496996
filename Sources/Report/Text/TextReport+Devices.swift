import DMAModel
import Replay

extension TextReport {
  /// One row a device, the dearest first, and their sum.
  func addDevices(to page: inout TextPage) {
    guard !profile.devices.isEmpty else { return }
    let scale = Formatting.timeUnit(for: profile.totals.estimate.high)
    var table = Table([
      .init(title: "Device", alignment: .left, shrinksTo: 12), .init(title: "Kind", alignment: .left),
      .init(title: "Maps"), .init(title: "Mapped", dropOrder: 5), .init(title: "Cleaned", unit: "lines"),
      .init(title: "Invalidated", unit: "lines"), .init(title: "Cost", unit: scale.unit),
      .init(title: "Mask", unit: "bits", dropOrder: 3), .init(title: "Top", unit: "bits", dropOrder: 2),
      .init(title: "Bounced", dropOrder: 1),
      .init(title: "Live", unit: isOver ? "at end" : "now", dropOrder: 4),
      .init(title: "Peak", unit: "mapped", dropOrder: 6),
    ])
    let (shown, further) = top(devicesByCost)
    let columns = DeviceColumns(profile, scale: scale.scale)
    for device in shown { table.add(cells(for: device, columns)) }
    if profile.devices.count > 1 { table.add(sumCells(columns)) }
    page.heading("Devices", kindsNote)
    page.table(table, further: further)
  }

  /// Which columns have anything to show, so that the others stay empty and fall away.
  private struct DeviceColumns {
    var maintenance: Bool
    var bounces: Bool
    var cost: Bool
    var scale: Double

    init(_ profile: Profile, scale: Double) {
      maintenance = profile.totals.work.calls > 0
      bounces = profile.totals.bounce != Bounce()
      cost = profile.totals.estimate.high > 0
      self.scale = scale
    }
  }

  private func cells(for device: DeviceProfile, _ columns: DeviceColumns) -> [Table.Cell] {
    let mark = device.coherentBecause == .assumed ? "?" : ""
    let live = device.live.mappings &+ device.live.coherentBlocks
    let pressed: Paint.Style? = device.isUnderPressure ? .alarm : nil
    return [
      .init(device.name), .init((device.coherent ? "coherent" : "non-coh") + mark),
      .init(number(device.map.calls)), .init(size(device.map.bytes)),
      .init(columns.maintenance ? number(device.work.cleanedLines) : ""),
      .init(columns.maintenance ? number(device.work.invalidatedLines) : ""),
      .init(columns.cost ? cost(device.estimate, columns.scale) : ""), .init(device.maskBits, pressed),
      .init(device.highestAddress == nil ? "" : String(device.bitsUsed)),
      .init(columns.bounces ? number(device.bounce.mappings) : ""), .init(number(live)),
      .init(size(device.peak.bytes)),
    ]
  }

  private func sumCells(_ columns: DeviceColumns) -> [Table.Cell] {
    let totals = profile.totals
    return [
      "all", "", .init(number(totals.map.calls)), .init(size(totals.map.bytes)),
      .init(columns.maintenance ? number(totals.work.cleanedLines) : ""),
      .init(columns.maintenance ? number(totals.work.invalidatedLines) : ""),
      .init(columns.cost ? cost(totals.estimate, columns.scale) : ""), "", "",
      .init(columns.bounces ? number(totals.bounce.mappings) : ""),
      .init(number(totals.live.mappings &+ totals.live.coherentBlocks)), .init(size(totals.peak.bytes)),
    ]
  }

  /// A cost in the unit of its column: `1.2–3.4`, `<0.01`.
  func cost(_ estimate: Estimate, _ scale: Double) -> String {
    if !(estimate.high > 0) { return "·" }
    if estimate.high / scale < 0.01 { return "<0.01" }
    if estimate.low / scale < 0.01 { return "<0.01–" + Formatting.significant(estimate.high / scale, 2) }
    return Formatting.range(estimate, scale: scale)
  }

  private var kindsNote: String {
    let assumed = profile.devices.contains { $0.coherentBecause == .assumed }
    return assumed ? "? coherency assumed" : ""
  }

  /// How coherency, masks and addressing of each device are known.
  func addKnowledge(to page: inout TextPage) {
    guard !profile.devices.isEmpty else { return }
    var table = Table([
      .init(title: "Device", alignment: .left, shrinksTo: 12),
      .init(title: "Coherency", alignment: .left, shrinksTo: 20),
      .init(title: "Mask", alignment: .left, shrinksTo: 12),
      .init(title: "Addresses", alignment: .left, shrinksTo: 12, dropOrder: 1),
    ])
    for device in profile.devices {
      table.add([
        .init(device.name),
        .init((device.coherent ? "coherent, " : "non-coherent, ") + device.coherentBecause.words),
        .init(mask(of: device)), .init(device.addressing.words),
      ])
    }
    page.heading("How this is known", profile.platform.source)
    page.table(table)
    addMaskHistory(to: &page)
  }

  private func mask(of device: DeviceProfile) -> String {
    guard let mask = device.streamingMask else { return "not recorded" }
    switch device.maskBecause {
    case .set: return Formatting.hex(mask) + " set"
    case .bounceEvent: return Formatting.hex(mask) + " from a bounce"
    case .observed: return "at least \(device.maskBits) bits, from addresses"
    }
  }

  private func addMaskHistory(to page: inout TextPage) {
    var table = Table([
      .init(title: "Time", unit: "s"), .init(title: "Device", alignment: .left, shrinksTo: 12),
      .init(title: "Mask for", alignment: .left), .init(title: "Mask"),
      .init(title: "Answer", alignment: .left),
    ])
    let changes = profile.devices.flatMap { device in
      device.maskHistory.map { (device.name, $0) }
    }.sorted { $0.1.time < $1.1.time }
    let (shown, further) = top(changes)
    for (name, change) in shown {
      let kinds = [change.streaming ? "streaming" : "", change.coherent ? "coherent" : ""]
      let answer = change.accepted.map { $0 ? "accepted" : "refused" } ?? "not recorded"
      table.add([
        .init(Formatting.timestamp(change.time)), .init(name),
        .init(kinds.filter { !$0.isEmpty }.joined(separator: ", ")), .init(Formatting.hex(change.mask)),
        .init(answer, change.accepted == false ? .alarm : nil),
      ])
    }
    guard !table.rows.isEmpty else { return }
    page.heading("Masks set")
    page.table(table, further: further)
  }
}

extension CoherenceReason {
  fileprivate var words: String {
    switch self {
    case .user: "as told"
    case .platform: "by the platform file"
    case .maintenanceRecorded: "its maintenance is recorded"
    case .maintenanceAbsent: "no maintenance where it would be recorded"
    case .syncsRecorded: "its syncs are recorded"
    case .assumed: "assumed"
    }
  }
}

extension Addressing {
  fileprivate var words: String {
    switch self {
    case .direct(0): "physical"
    case .direct(let offset):
      "physical \(offset < 0 ? "−" : "+") " + Formatting.hex(offset.magnitude)
    case .iommu: "IOMMU"
    case .unknown: "not known"
    }
  }
}
