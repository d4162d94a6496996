import DMAModel
import Replay

/// The sums of a recording as OpenMetrics text (https://prometheus.io/docs/specs/om/open_metrics_spec/): counters for
/// what happened, gauges for what was the case at the end or at the most.
struct OpenMetrics {
  private let profile: Profile

  init(_ profile: Profile) { self.profile = profile }

  struct Family {
    enum Kind: String { case counter, gauge, info }
    var name: String
    var kind: Kind
    var help: String
    var samples: [(labels: [(String, String)], value: String)] = []

    /// Adds a value for some labels.
    mutating func add(_ value: UInt64, _ labels: [(String, String)]) {
      samples.append((labels, String(value)))
    }
    mutating func add(_ value: Double, _ labels: [(String, String)]) {
      if value.isFinite { samples.append((labels, "\(value)")) }
    }
  }

  func render() -> String {
    (recording + devices + directions + steps + bounces + findings).map(OpenMetrics.text).joined() + "# EOF\n"
  }

  private static func text(_ family: Family) -> String {
    guard !family.samples.isEmpty else { return "" }
    let name = "dmascope_" + family.name
    let suffix =
      switch family.kind {
      case .counter: "_total"
      case .gauge: ""
      case .info: "_info"
      }
    var lines = "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind.rawValue)\n"
    for sample in family.samples {
      let labels = sample.labels.map { "\($0.0)=\"\(label($0.1))\"" }.joined(separator: ",")
      lines += name + suffix + (labels.isEmpty ? "" : "{\(labels)}") + " \(sample.value)\n"
    }
    return lines
  }

  private static func label(_ text: String) -> String {
    var result = ""
    for character in Escaping.terminal(text).unicodeScalars {
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  // MARK: - Families

  private var recording: [Family] {
    let recording = profile.recording
    var info = Family(
      name: "recording", kind: .info, help: "The recording and the platform it was priced by.")
    info.add(
      1 as UInt64,
      [
        ("path", recording.path), ("format", recording.format), ("kernel", recording.kernel),
        ("arch", recording.architecture), ("platform", profile.platform.name),
      ])
    var events = Family(name: "recorded_events", kind: .counter, help: "Events in the recording.")
    events.add(recording.events, [])
    var lost = Family(name: "lost_events", kind: .counter, help: "Events that the recorder says were lost.")
    lost.add(recording.lostEvents, [])
    var span = Family(name: "recording_span_seconds", kind: .gauge, help: "From the first event to the last.")
    span.add(Double(recording.span) / 1e9, [])
    return [info, events, lost, span]
  }

  private struct DeviceMetric {
    var name: String
    var kind: Family.Kind
    var help: String
    var value: @Sendable (DeviceProfile) -> UInt64?
  }

  /// One value for each device. To add one: a row.
  private static let deviceMetrics: [DeviceMetric] = [
    DeviceMetric(name: "maps", kind: .counter, help: "Calls that map memory.") { $0.map.calls },
    DeviceMetric(name: "mapped_bytes", kind: .counter, help: "Bytes mapped.") { $0.map.bytes },
    DeviceMetric(name: "failed_maps", kind: .counter, help: "Maps that failed.") { $0.map.failed },
    DeviceMetric(name: "unmaps", kind: .counter, help: "Calls that unmap.") { $0.unmap.calls },
    DeviceMetric(name: "syncs_for_cpu", kind: .counter, help: "Syncs for the CPU.") { $0.syncForCPU.calls },
    DeviceMetric(name: "syncs_for_device", kind: .counter, help: "Syncs for the device.") {
      $0.syncForDevice.calls
    },
    DeviceMetric(name: "cleaned_lines", kind: .counter, help: "Cache lines cleaned.") {
      $0.work.cleanedLines
    },
    DeviceMetric(name: "invalidated_lines", kind: .counter, help: "Cache lines invalidated.") {
      $0.work.invalidatedLines
    },
    DeviceMetric(name: "prepared_lines", kind: .counter, help: "Cache lines of new coherent memory.") {
      $0.work.preparedLines
    },
    DeviceMetric(name: "iotlb_invalidations", kind: .counter, help: "IOTLB invalidations.") {
      $0.iotlbInvalidations
    },
    DeviceMetric(name: "live_mappings", kind: .gauge, help: "Mapped at the end.") { $0.live.mappings },
    DeviceMetric(name: "live_bytes", kind: .gauge, help: "Bytes mapped at the end.") { $0.live.bytes },
    DeviceMetric(name: "peak_mappings", kind: .gauge, help: "Mapped at the most.") { $0.peak.mappings },
    DeviceMetric(name: "peak_bytes", kind: .gauge, help: "Bytes mapped at the most.") { $0.peak.bytes },
    DeviceMetric(name: "coherent_bytes", kind: .gauge, help: "Bytes of coherent blocks at the most.") {
      $0.peak.coherentBytes
    },
    DeviceMetric(name: "mask_bits", kind: .gauge, help: "Bits of the streaming mask, where it was recorded.")
    {
      device in
      device.maskBecause == .observed
        ? nil : device.streamingMask.map { UInt64(64 - $0.leadingZeroBitCount) }
    },
    DeviceMetric(name: "highest_address_bits", kind: .gauge, help: "Bits of the highest bus address.") {
      $0.highestAddress == nil ? nil : UInt64($0.bitsUsed)
    },
    DeviceMetric(name: "coherent", kind: .gauge, help: "1 if the device snoops the CPU's caches.") {
      $0.coherent ? 1 : 0
    },
  ]

  private var devices: [Family] {
    var families = OpenMetrics.deviceMetrics.map { metric in
      var family = Family(name: metric.name, kind: metric.kind, help: metric.help)
      for device in profile.devices {
        if let value = metric.value(device) { family.add(value, [("device", device.name)]) }
      }
      return family
    }
    var pressure = Family(
      name: "mask_pressure_ratio", kind: .gauge,
      help: "Share of the bytes wanted mapped that the mask kept from the device.")
    var cost = Family(name: "estimated_seconds", kind: .gauge, help: "Estimated CPU time, with its range.")
    for device in profile.devices {
      pressure.add(device.pressure, [("device", device.name)])
      for (bound, value) in [
        ("low", device.estimate.low), ("mid", device.estimate.mid), ("high", device.estimate.high),
      ] {
        cost.add(value / 1e9, [("device", device.name), ("bound", bound)])
      }
    }
    families += [pressure, cost]
    return families
  }

  private var directions: [Family] {
    var maps = Family(name: "maps_by_direction", kind: .counter, help: "Calls that map memory, by direction.")
    for device in profile.devices {
      for direction in Direction.transfers {
        let count = device.mapsByDirection[Int(direction.rawValue)].calls
        maps.add(count, [("device", device.name), ("direction", direction.name)])
      }
    }
    return [maps]
  }

  private var steps: [Family] {
    let names: [MaintenanceStep: String] = [.forDevice: "forDevice", .forCPU: "forCPU", .prepare: "prepare"]
    var calls = Family(
      name: "maintenance_calls", kind: .counter, help: "Calls into the architecture's maintenance.")
    var lines = Family(name: "maintenance_lines", kind: .counter, help: "Cache lines that these calls cover.")
    for device in profile.devices {
      for step in MaintenanceStep.allCases {
        for direction in Direction.transfers {
          let cell = device.maintenance[step, direction]
          guard cell.calls > 0, let name = names[step] else { continue }
          let labels = [("device", device.name), ("step", name), ("direction", direction.name)]
          calls.add(cell.calls, labels)
          lines.add(cell.lines, labels)
        }
      }
    }
    return [calls, lines]
  }

  private var bounces: [Family] {
    var mappings = Family(
      name: "bounces", kind: .counter, help: "Requests for bounce buffers, by their cause.")
    var bytes = Family(name: "bounced_bytes", kind: .counter, help: "Bytes copied through bounce buffers.")
    for device in profile.devices {
      let bounce = device.bounce
      for (cause, count) in [
        ("mask", bounce.mask), ("forced", bounce.forced), ("alignment", bounce.alignment),
        ("unknown", bounce.unknown),
      ] { mappings.add(count, [("device", device.name), ("because", cause)]) }
      bytes.add(bounce.bytesIn, [("device", device.name), ("way", "in")])
      bytes.add(bounce.bytesOut, [("device", device.name), ("way", "out")])
    }
    return [mappings, bytes]
  }

  private var findings: [Family] {
    var family = Family(name: "findings", kind: .counter, help: "Rules that were broken.")
    var sums: [[String]: UInt64] = [:]
    for finding in profile.findings {
      sums[[finding.device, finding.rule.id, finding.severity.name], default: 0] &+= finding.count
    }
    for (key, count) in sums.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      family.add(count, [("device", key[0]), ("rule", key[1]), ("severity", key[2])])
    }
    return [family]
  }
}
