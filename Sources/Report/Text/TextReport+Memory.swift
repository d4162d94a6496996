import DMAModel
import Replay

extension TextReport {
  /// Who bounces and why, where it is more than one device's affair.
  func addBounces(to page: inout TextPage) {
    let devices = devicesByCost.filter { $0.bounce != Bounce() }
    let pool = profile.totals.slots
    let isScarce = profile.totals.bounce.unserved > 0 || profile.totals.bounce.tooLarge > 0
    guard devices.count > (options.verbose || isScarce ? 0 : 1) else { return }
    var table = Table([
      .init(title: "Device", alignment: .left, shrinksTo: 12), .init(title: "Mappings"),
      .init(title: "Requests", dropOrder: 2), .init(title: "In", unit: "copied"),
      .init(title: "Out", unit: "copied"), .init(title: "Mask", unit: "cause"),
      .init(title: "Forced", unit: "cause"), .init(title: "Alignment", unit: "cause"),
      .init(title: "Unknown", unit: "cause", dropOrder: 3),
      .init(title: profile.recording.lostWindows > 0 ? "No mapping" : "No slot", unit: "requests"),
      .init(title: "Too large", unit: "requests"), .init(title: "Slots", unit: "peak", dropOrder: 1),
    ])
    let (shown, further) = top(devices)
    func row(_ name: String, _ bounce: Bounce, _ slots: SlotUse?) {
      table.add([
        .init(name), .init(number(bounce.mappings)), .init(number(bounce.requests)),
        .init(size(bounce.bytesIn)), .init(size(bounce.bytesOut)), .init(number(bounce.mask)),
        .init(number(bounce.forced)), .init(number(bounce.alignment)), .init(number(bounce.unknown)),
        .init(bounce.unserved == 0 ? "" : number(bounce.unserved), .alarm),
        .init(bounce.tooLarge == 0 ? "" : number(bounce.tooLarge), .alarm),
        .init(slots.map { number($0.peak) } ?? ""),
      ])
    }
    for device in shown { row(device.name, device.bounce, device.slots) }
    if devices.count > 1 { row("all", profile.totals.bounce, pool) }
    page.heading("Bounces", pool.map { Formatting.pool(profile.platform.swiotlb, $0) } ?? "")
    page.table(table, further: further)
  }

  /// Coherent memory by device.
  func addCoherentMemory(to page: inout TextPage) {
    let devices = profile.devices
      .filter { $0.allocate != CallCounts() || $0.free != CallCounts() || $0.live.coherentBlocks > 0 }
      .sorted { ($1.allocate.bytes, $0.name) < ($0.allocate.bytes, $1.name) }
    guard !devices.isEmpty else { return }
    var table = Table([
      .init(title: "Device", alignment: .left, shrinksTo: 12), .init(title: "Allocated", unit: "blocks"),
      .init(title: "Asked for"), .init(title: "Freed", unit: "blocks"),
      .init(title: "Live", unit: "at end"), .init(title: "Live", unit: "bytes", dropOrder: 2),
      .init(title: "Peak", unit: "blocks", dropOrder: 3), .init(title: "Peak", unit: "bytes"),
      .init(title: "Prepared", unit: "lines", dropOrder: 1),
      .init(title: "Must lie", unit: "in zone", dropOrder: 4),
    ])
    let (shown, further) = top(devices)
    for device in shown {
      table.add([
        .init(device.name), .init(number(device.allocate.calls)), .init(size(device.allocate.bytes)),
        .init(number(device.free.calls)), .init(number(device.live.coherentBlocks)),
        .init(size(device.live.coherentBytes)), .init(number(device.peak.coherentBlocks)),
        .init(size(device.peak.coherentBytes)),
        .init(profile.totals.work.prepareCalls == 0 ? "" : number(device.work.preparedLines)),
        .init(device.coherentZone?.rawValue ?? ""),
      ])
    }
    page.heading("Coherent memory")
    page.table(table, further: further)
  }

  /// `dma_pool`s, the ones with the largest peak first.
  func addPools(to page: inout TextPage) {
    let pools = profile.pools.sorted { a, b in
      let (left, right) = (
        a.peak.multipliedClamped(by: a.blockSize), b.peak.multipliedClamped(by: b.blockSize)
      )
      return left == right ? (a.device, a.name) < (b.device, b.name) : left > right
    }
    guard !pools.isEmpty else { return }
    var table = Table([
      .init(title: "Pool", alignment: .left, shrinksTo: 12),
      .init(title: "Device", alignment: .left, shrinksTo: 12, dropOrder: 1),
      .init(title: "Block", unit: "bytes"), .init(title: "Align", unit: "bytes", dropOrder: 3),
      .init(title: "Boundary", dropOrder: 4), .init(title: "Allocated", unit: "blocks"),
      .init(title: "Freed", unit: "blocks"), .init(title: "Live", unit: "at end"),
      .init(title: "Peak", unit: "blocks"), .init(title: "Failed", dropOrder: 5),
      .init(title: "", alignment: .left, dropOrder: 2),
    ])
    let (shown, further) = top(pools)
    for pool in shown {
      table.add([
        .init(pool.name.isEmpty ? "(name not recorded)" : pool.name), .init(pool.device),
        .init(pool.blockSize == 0 ? "?" : Formatting.count(pool.blockSize)),
        .init(pool.alignment == 0 ? "·" : Formatting.count(pool.alignment)),
        .init(size(pool.boundary)), .init(number(pool.allocations)), .init(number(pool.frees)),
        .init(number(pool.live)), .init(number(pool.peak)),
        .init(pool.failed == 0 ? "" : number(pool.failed)), .init(pool.destroyed ? "destroyed" : ""),
      ])
    }
    page.heading("Pools")
    page.table(table, further: further)
  }

  /// How long mappings lived.
  func addLifetimes(to page: inout TextPage) {
    var table = Table([
      .init(title: "Device", alignment: .left, shrinksTo: 12), .init(title: "Ended", unit: "mappings"),
      .init(title: "p50"), .init(title: "p90", dropOrder: 1), .init(title: "p99"), .init(title: "Longest"),
    ])
    for device in profile.devices where device.lifetimes.count > 0 {
      let times = [0.5, 0.9, 0.99].map { device.lifetimes.quantile($0).map(Formatting.duration) ?? "" }
      table.add(
        [.init(device.name), .init(number(device.lifetimes.count))] + times.map { .init($0) }
          + [.init(Formatting.duration(device.lifetimes.maximum))])
    }
    guard !table.rows.isEmpty else { return }
    page.heading("Lifetimes", "from map to unmap, to 12.5 %")
    page.table(table)
  }

  /// Everything that is live at the end.
  func addLive(to page: inout TextPage) {
    var table = Table([
      .init(title: "Device", alignment: .left, shrinksTo: 12), .init(title: "Kind", alignment: .left),
      .init(title: "DMA address"), .init(title: "Physical", dropOrder: 3), .init(title: "Size"),
      .init(title: "Direction", alignment: .left), .init(title: "Age", dropOrder: 1),
      .init(title: "", alignment: .left, dropOrder: 2),
      .init(title: "Task", alignment: .left, shrinksTo: 8, dropOrder: 4),
      .init(title: "From", alignment: .left, shrinksTo: 12, dropOrder: 5),
    ])
    for mapping in profile.live {
      table.add([
        .init(mapping.device), .init(mapping.kind.rawValue), .init(Formatting.hex(mapping.busAddress)),
        .init(mapping.physicalAddress.map(Formatting.hex) ?? ""), .init(Formatting.bytes(mapping.size)),
        .init(mapping.direction.name), .init(Formatting.duration(mapping.age)),
        .init(mapping.uncertain ? "uncertain" : ""), .init(mapping.task), .init(mapping.callSite),
      ])
    }
    guard !table.rows.isEmpty else { return }
    page.heading("Live at the end", Formatting.count(UInt64(profile.live.count), "entry", plural: "entries"))
    page.table(table)
  }
}
