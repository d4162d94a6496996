import Replay

extension TextReport {
  /// What a mapping and a MiB cost each device, and what the machine spends on it.
  func addUnitCosts(to page: inout TextPage) {
    let devices = devicesByCost.filter { $0.estimatePerMapping != nil }
    guard !devices.isEmpty else { return }
    let mapping = Formatting.timeUnit(for: devices.compactMap { $0.estimatePerMapping?.high }.max() ?? 0)
    let mebibyte = Formatting.timeUnit(for: devices.compactMap { $0.estimatePerMiB?.high }.max() ?? 0)
    let time = Double(profile.recording.span) * Double(max(0, profile.recording.cpus))
    var table = Table([
      .init(title: "Device", alignment: .left, shrinksTo: 12), .init(title: "A mapping", unit: mapping.unit),
      .init(title: "A MiB mapped", unit: mebibyte.unit), .init(title: "Share", unit: "of all CPU time"),
      .init(title: "Rounding", unit: "of lines' bytes"),
    ])
    let (shown, further) = top(devices)
    for device in shown {
      let rounding = device.roundingShare(cacheLine: profile.platform.cacheLine)
      table.add([
        .init(device.name), .init(device.estimatePerMapping.map { cost($0, mapping.scale) } ?? ""),
        .init(device.estimatePerMiB.map { cost($0, mebibyte.scale) } ?? ""),
        .init(
          time > 0
            ? Formatting.percentRange(low: device.estimate.low / time, high: device.estimate.high / time) : ""
        ),
        .init(rounding.map(Formatting.percent) ?? ""),
      ])
    }
    page.heading("Unit costs", "the whole estimate of a device, syncs and coherent memory included")
    page.table(table, further: further)
  }
}
