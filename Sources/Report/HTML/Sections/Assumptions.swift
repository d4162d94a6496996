import DMAModel
import Replay

/// What the numbers rest on beside the trace: assumed coherency, and what the architecture does at each step.
struct Assumptions {
  let context: ReportContext
  private var profile: Profile { context.profile }

  /// Facts for the section on the recording.
  var facts: [(String, Markup)] {
    let assumed = context.ranking.devices.filter { $0.coherentBecause == .assumed }
    var facts: [(String, Markup)] = []
    let (coherent, others) = (assumed.filter(\.coherent), assumed.filter { !$0.coherent })
    if !coherent.isEmpty { facts.append(("Assumed coherent", names(coherent))) }
    if !others.isEmpty { facts.append(("Assumed non-coherent", names(others))) }
    let observed = context.ranking.devices.filter { $0.maskBecause == .observed && $0.streamingMask != nil }
    if !observed.isEmpty { facts.append(("Mask not recorded", names(observed))) }
    return facts
  }

  private func names(_ devices: [DeviceProfile]) -> Markup {
    let named = devices.prefix(8).map { context.link($0.name) }.joined(", ")
    return devices.count > 8 ? "\(named) and \(devices.count - 8) more" : named
  }

  /// What each kind of work is taken to cost; empty where nothing is priced.
  var prices: Markup {
    let rows = profile.platform.prices
    if rows.isEmpty { return "" }
    let columns: [Column<WorkPrice>] = [
      Column("Work", .name) { "\(Wording.work($0.work))" },
      Column("Nanoseconds, low–mid–high", .text) { "\(Formatting.nanoseconds($0.price.range))" },
      Column("Measured", .text) { $0.price.isMeasured ? "yes" : "no" },
      Column("Counts here", .text) { $0.isUsed ? "yes" : "no" },
      Column("Source", .text) { "\($0.price.source)" },
    ]
    return """
      <h3 class="sub">What work is taken to cost</h3>\
      \(ScrollTable(label: "Prices by kind of work", columns: columns, rows: rows).markup)
      """
  }

  /// The architecture's table of cache operations; empty where there is none.
  var operations: Markup {
    let table = profile.platform.operations
    let steps = MaintenanceStep.allCases.filter { !(table[$0] ?? [:]).isEmpty }
    if steps.isEmpty { return "" }
    var columns: [Column<MaintenanceStep>] = [Column("Step", .name) { "\(Wording.step($0))" }]
    for direction in [Direction.toDevice, .fromDevice, .bidirectional] {
      columns.append(
        Column(direction.name, .text) { step in
          "\((table[step]?[direction]).map(Wording.operation) ?? "")"
        })
    }
    return """
      <h3 class="sub">What \(profile.platform.architecture.isEmpty ? "the architecture" : profile.platform.architecture) \
      does to the cache for a non-coherent device</h3>\
      \(ScrollTable(label: "Cache operations by step and direction", columns: columns, rows: steps).markup)
      """
  }
}
