import DMAModel
import Replay

/// What a device's row opens: its masks, caches, calls, maintenance and bounces.
struct DeviceDetail {
  let device: DeviceProfile
  let context: ReportContext

  private static let historyLimit = 24

  var markup: Markup {
    """
    <div class="detail"><div><h4>Addresses and caches</h4>\(facts)</div><div><h4>Calls</h4>\(calls)</div>\
    \(maintenance)\(sizes)\(bounces)\(history)</div>
    """
  }

  private struct SizeRow {
    var bits: Int
    var count: SizeCount
  }

  private var sizes: Markup {
    let rows = device.bySize.enumerated().filter { $0.element != SizeCount() }.map {
      SizeRow(bits: $0, count: $1)
    }
    guard !rows.isEmpty else { return "" }
    let columns: [Column<SizeRow>] = [
      Column("Up to", .name) { "\(Formatting.sizeClass($0.bits))" }, .count("Mappings") { $0.count.mappings },
      .bytes("Bytes") { $0.count.bytes }, .count("Lines covered") { $0.count.lines },
      Column("Waste") { "\(Formatting.waste($0.count, line: context.profile.platform.cacheLine) ?? "")" },
    ]
    let table = ScrollTable(label: "Mappings by size", columns: columns, rows: rows, sortable: false).markup
    return "<div><h4>Mappings by size</h4>\(table)</div>"
  }

  private var facts: Markup {
    var facts: [(String, Markup)] = [
      (
        "Caches",
        "\(device.coherent ? "coherent" : "non-coherent"), \(Wording.reason(device.coherentBecause))"
      ),
      ("Addressing", "\(Wording.addressing(device.addressing))"),
      ("Streaming mask", "\(Wording.mask(of: device)), \(Wording.reason(device.maskBecause))"),
    ]
    if let mask = device.coherentMask { facts.append(("Coherent mask", "\(Wording.mask(mask))")) }
    if let mask = device.requiredMask {
      facts.append(("Required by the platform", "\(Wording.mask(mask))"))
    }
    if let size = device.maxMappingSize { facts.append(("Largest mapping", "\(bytes: size)")) }
    if let highest = device.highestAddress {
      facts.append(("Highest address", "<code>\(Formatting.hex(highest))</code>, \(device.bitsUsed) bits"))
    }
    if let headroom = device.headroomBits {
      facts.append(("Headroom", "\(headroom) \(headroom.magnitude == 1 ? "bit" : "bits")"))
    }
    facts.append(("At the end", footprint(device.live, uncertain: device.liveUncertain)))
    facts.append(("At the peak", footprint(device.peak, uncertain: 0)))
    if let mapping = device.estimatePerMapping, let mebibyte = device.estimatePerMiB {
      facts.append(
        ("Cost", "≈ \(Formatting.range(mapping)) a mapping, ≈ \(Formatting.range(mebibyte)) a MiB mapped"))
    }
    if let zone = device.coherentZone, device.peak.coherentBytes > 0 {
      facts.append(
        (
          "Low memory",
          "\(bytes: device.peak.coherentBytes) of coherent memory from \(Piece.define("low-zone", zone.rawValue))"
        ))
    }
    if let share = device.iovaWindowShare, let window = device.iovaWindow {
      facts.append(
        (
          "IOVA window",
          "at most \(Formatting.percent(share)) of \(Piece.define("iova-window", Formatting.bytes(window))) at once"
        ))
    }
    if device.iotlbInvalidations > 0 {
      facts.append(("IOTLB invalidations", "\(count: device.iotlbInvalidations)"))
    }
    return Piece.facts(facts)
  }

  private func footprint(_ footprint: Footprint, uncertain: UInt64) -> Markup {
    var parts = [
      "\(Formatting.count(footprint.mappings, "mapping")) of \(Formatting.bytes(footprint.bytes))"
    ]
    if footprint.coherentBlocks > 0 {
      let blocks = Formatting.count(footprint.coherentBlocks, "coherent block")
      parts.append("\(blocks) of \(Formatting.bytes(footprint.coherentBytes))")
    }
    if uncertain > 0 { parts.append("\(Formatting.count(uncertain)) of them uncertain") }
    return "\(parts.joined(separator: ", "))"
  }

  private struct CallRow {
    var name: String
    var counts: CallCounts
  }

  private var calls: Markup {
    var rows = [CallRow(name: "map", counts: device.map)]
    for direction in Direction.transfers where Int(direction.rawValue) < device.mapsByDirection.count {
      let counts = device.mapsByDirection[Int(direction.rawValue)]
      if counts.calls > 0 { rows.append(CallRow(name: "– \(direction.name)", counts: counts)) }
    }
    rows += [
      CallRow(name: "unmap", counts: device.unmap), CallRow(name: "sync for CPU", counts: device.syncForCPU),
      CallRow(name: "sync for device", counts: device.syncForDevice),
      CallRow(name: "allocate", counts: device.allocate), CallRow(name: "free", counts: device.free),
    ].filter { $0.counts.calls > 0 }
    var columns: [Column<CallRow>] = [
      Column("Call", .name) { "\($0.name)" }, .count("Calls") { $0.counts.calls },
      .count("Segments") { $0.counts.segments }, .bytes("Bytes") { $0.counts.bytes },
    ]
    if rows.contains(where: { $0.counts.failed > 0 }) {
      columns.append(.count("Failed") { $0.counts.failed })
    }
    if rows.contains(where: { $0.counts.unknown > 0 }) {
      columns.append(.count("Unknown before the trace") { $0.counts.unknown })
    }
    return ScrollTable(label: "Calls of \(device.name)", columns: columns, rows: rows).markup
  }

  private struct MaintenanceRow {
    var step: MaintenanceStep
    var direction: Direction
    var sum: Maintenance
  }

  private var maintenance: Markup {
    var rows: [MaintenanceRow] = []
    for step in MaintenanceStep.allCases {
      for direction in Direction.transfers where device.maintenance[step, direction].calls > 0 {
        rows.append(
          MaintenanceRow(step: step, direction: direction, sum: device.maintenance[step, direction]))
      }
    }
    if rows.isEmpty { return "" }
    let operations = context.profile.platform.operations
    var columns: [Column<MaintenanceRow>] = [
      Column("Step", .name) { "\(Wording.step($0.step))" },
      Column("Direction", .text) { "\($0.step == .prepare ? "any" : $0.direction.name)" },
      Column("Does", .text) { "\((operations[$0.step]?[$0.direction]).map(Wording.operation) ?? "unknown")" },
      .count("Calls") { $0.sum.calls }, .bytes("Bytes") { $0.sum.bytes }, .count("Lines") { $0.sum.lines },
    ]
    if rows.contains(where: { $0.sum.unsizedCalls > 0 }) {
      columns.append(.count("Calls of unknown size") { $0.sum.unsizedCalls })
    }
    let waste = roundingWaste(rows)
    return """
      <div><h4>Cache maintenance</h4>\
      \(ScrollTable(label: "Cache maintenance for \(device.name)", columns: columns, rows: rows).markup)\(waste)</div>
      """
  }

  private func roundingWaste(_ rows: [MaintenanceRow]) -> Markup {
    let named = Numbers.sum(rows.map(\.sum.bytes))
    let lines = Numbers.sum(rows.map(\.sum.lines))
    let covered = Numbers.multiply(lines, context.profile.platform.cacheLine)
    guard covered > named else { return "" }
    return """
      <p class="note">\(Piece.define("rounding", "Rounding waste")): \(bytes: covered - named), \
      \(Formatting.percent(Formatting.share(covered - named, of: covered))) of the lines' bytes.</p>
      """
  }

  private var bounces: Markup {
    let bounce = device.bounce
    guard bounce.mappings > 0 || bounce.requests > 0 else { return "" }
    var facts: [(String, Markup)] = [
      ("Mappings", "\(count: bounce.mappings)"), ("Requests", "\(count: bounce.requests)"),
      ("Copied in", "\(bytes: bounce.bytesIn)"), ("Copied out", "\(bytes: bounce.bytesOut)"),
    ]
    for cause in Wording.causes(bounce) {
      facts.append(
        (
          cause.name == "unknown" ? "Of unknown cause" : "Because of \(causeName(cause.name))",
          "\(count: cause.count)"
        ))
    }
    if bounce.unserved > 0 {
      let what = context.profile.recording.lostWindows > 0 ? "Without a mapping" : "Got no slot"
      facts.append((what, "\(count: bounce.unserved)"))
    }
    if bounce.tooLarge > 0 { facts.append(("Too large for any buffer", "\(count: bounce.tooLarge)")) }
    if let slots = device.slots { facts.append(("Slots at the peak", "\(count: slots.peak)")) }
    facts.append(("Mask pressure", "\(Formatting.percent(Numbers.unit(device.pressure)))"))
    return "<div><h4>Bounces</h4>\(Piece.facts(facts))</div>"
  }

  private func causeName(_ cause: String) -> String {
    switch cause {
    case "mask": "the mask"
    case "forced": "force"
    default: cause
    }
  }

  private var history: Markup {
    if device.maskHistory.isEmpty { return "" }
    let start = context.profile.recording.firstTime
    let columns: [Column<MaskChange>] = [
      Column("Time", .name) {
        "\($0.time >= start ? Formatting.duration($0.time - start) : "before the first event")"
      },
      Column("For", .text) {
        "\($0.streaming && $0.coherent ? "both" : $0.streaming ? "streaming" : "coherent")"
      },
      Column("Mask", .code) { "\(Formatting.hex($0.mask))" },
      Column("Bits") { "\(64 - $0.mask.leadingZeroBitCount)" },
      Column("Result", .text) {
        "\($0.accepted.map { $0 ? "accepted" : "refused" } ?? "not recorded")"
      },
    ]
    let rows = Array(device.maskHistory.prefix(DeviceDetail.historyLimit))
    return """
      <div><h4>Masks over time</h4>\
      \(ScrollTable(label: "Masks that \(device.name) was given", columns: columns, rows: rows).markup)\
      \(Piece.omitted(device.maskHistory.count - rows.count, "changes"))</div>
      """
  }
}
