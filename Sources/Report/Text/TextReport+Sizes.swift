import DMAModel
import Replay

extension TextReport {
  /// Per device, how large mappings are, and how well they fill their cache lines.
  func addSizes(to page: inout TextPage) {
    var table = Table([
      .init(title: "Device", alignment: .left, shrinksTo: 12), .init(title: "Up to"),
      .init(title: "Mappings"),
      .init(title: "Bytes"), .init(title: "Lines", unit: "covered"),
      .init(title: "Waste", unit: "of lines", dropOrder: 2),
      .init(title: "Share", unit: "of bytes"), .init(title: "", alignment: .left, dropOrder: 1),
    ])
    for device in profile.devices {
      let all = device.bySize.reduce(UInt64(0)) { $0 &+ $1.bytes }
      var name = device.name
      for (bits, count) in device.bySize.enumerated() where count != SizeCount() {
        let share = Formatting.share(count.bytes, of: all)
        let bar = String(repeating: "█", count: Int((min(1, max(0, share)) * 20).rounded()))
        table.add([
          .init(name), .init(Formatting.sizeClass(bits)), .init(Formatting.count(count.mappings)),
          .init(Formatting.bytes(count.bytes)), .init(Formatting.count(count.lines)),
          .init(Formatting.waste(count, line: profile.platform.cacheLine) ?? ""),
          .init(Formatting.percent(share)),
          .init(bar),
        ])
        name = ""
      }
    }
    guard !table.rows.isEmpty else { return }
    page.heading(
      "Mappings by size",
      "entries of scatterlists one by one; waste: bytes of their lines that they do not fill")
    page.table(table)
  }
}

extension Formatting {
  /// The largest size of a class of `SizeCount`s: `4.00 KiB`.
  static func sizeClass(_ bits: Int) -> String { bits < 64 ? bytes(1 << UInt64(bits)) : "16 EiB" }

  /// The share of the lines' bytes that the mappings do not fill; nil if that cannot be told.
  static func waste(_ count: SizeCount, line: UInt64) -> String? {
    let covered = count.lines.multipliedReportingOverflow(by: line)
    guard !covered.overflow, covered.partialValue >= count.bytes, count.lines > 0 else { return nil }
    return percent(share(covered.partialValue - count.bytes, of: covered.partialValue))
  }
}
