import DMAModel
import Replay

/// The tables of a profile that CSV can be made of. Numbers are exact, without units and separators.
///
/// To add one: a case, and its columns and rows below.
public enum ExportTable: String, Sendable, CaseIterable {
  case devices, operations
  case callSites = "call-sites"
  case tasks, timeline, findings, live, pools

  /// CSV (RFC 4180) with a line of column names, in the profile's order of rows.
  func render(_ profile: Profile) -> String {
    switch self {
    case .devices: CSV.text(profile.devices, ExportTable.deviceColumns)
    case .operations: CSV.text(profile.operations, ExportTable.operationColumns)
    case .callSites: CSV.text(profile.callSites, ExportTable.callSiteColumns)
    case .tasks: CSV.text(profile.tasks, ExportTable.taskColumns)
    case .timeline: CSV.text(ExportTable.buckets(profile.timeline), ExportTable.timelineColumns)
    case .findings: CSV.text(profile.findings, ExportTable.findingColumns)
    case .live: CSV.text(profile.live, ExportTable.liveColumns)
    case .pools: CSV.text(profile.pools, ExportTable.poolColumns)
    }
  }

  private static func hex(_ number: UInt64?) -> String { number.map { "0x" + String($0, radix: 16) } ?? "" }
  private static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }

  private static let deviceColumns: [CSV.Column<DeviceProfile>] = [
    ("device", { $0.name }), ("coherent", { "\($0.coherent)" }),
    ("coherent_because", { $0.coherentBecause.rawValue }), ("streaming_mask", { hex($0.streamingMask) }),
    ("coherent_mask", { hex($0.coherentMask) }), ("mask_because", { $0.maskBecause.rawValue }),
    ("highest_address", { hex($0.highestAddress) }), ("mask_pressure", { number($0.pressure) }),
    ("maps", { "\($0.map.calls)" }), ("mapped_segments", { "\($0.map.segments)" }),
    ("mapped_bytes", { "\($0.map.bytes)" }), ("failed_maps", { "\($0.map.failed)" }),
    ("unmaps", { "\($0.unmap.calls)" }), ("unknown_unmaps", { "\($0.unmap.unknown)" }),
    ("syncs_for_cpu", { "\($0.syncForCPU.calls)" }), ("syncs_for_device", { "\($0.syncForDevice.calls)" }),
    ("maintenance_calls", { "\($0.work.calls)" }), ("cleaned_lines", { "\($0.work.cleanedLines)" }),
    ("invalidated_lines", { "\($0.work.invalidatedLines)" }),
    ("prepared_lines", { "\($0.work.preparedLines)" }), ("bounces", { "\($0.bounce.mappings)" }),
    ("bounces_mask", { "\($0.bounce.mask)" }), ("bounces_forced", { "\($0.bounce.forced)" }),
    ("bounces_alignment", { "\($0.bounce.alignment)" }), ("bounced_bytes_in", { "\($0.bounce.bytesIn)" }),
    ("bounced_bytes_out", { "\($0.bounce.bytesOut)" }),
    ("iotlb_invalidations", { "\($0.iotlbInvalidations)" }), ("live_mappings", { "\($0.live.mappings)" }),
    ("live_bytes", { "\($0.live.bytes)" }), ("peak_mappings", { "\($0.peak.mappings)" }),
    ("peak_bytes", { "\($0.peak.bytes)" }), ("peak_coherent_bytes", { "\($0.peak.coherentBytes)" }),
    ("estimate_low_ns", { number($0.estimate.low) }), ("estimate_mid_ns", { number($0.estimate.mid) }),
    ("estimate_high_ns", { number($0.estimate.high) }),
  ]

  private static let operationColumns: [CSV.Column<OperationProfile>] = [
    ("device", { $0.device }), ("operation", { $0.operation.name }), ("direction", { $0.direction.name }),
    ("calls", { "\($0.apiCalls)" }), ("maintenance_calls", { "\($0.maintenance.calls)" }),
    ("covered_lines", { "\($0.maintenance.lines)" }), ("cleaned_lines", { "\($0.work.cleanedLines)" }),
    ("invalidated_lines", { "\($0.work.invalidatedLines)" }),
    ("prepared_lines", { "\($0.work.preparedLines)" }), ("bounced_bytes", { "\($0.bouncedBytes)" }),
    ("estimate_mid_ns", { number($0.estimate.mid) }),
  ]

  private static let callSiteColumns: [CSV.Column<CallSiteProfile>] = [
    ("caller", { $0.caller }), ("device", { $0.device }), ("operation", { $0.operation.name }),
    ("calls", { "\($0.apiCalls)" }), ("cleaned_lines", { "\($0.work.cleanedLines)" }),
    ("invalidated_lines", { "\($0.work.invalidatedLines)" }), ("bounced_bytes", { "\($0.bouncedBytes)" }),
    ("estimate_mid_ns", { number($0.estimate.mid) }), ("frames", { $0.frames.joined(separator: ";") }),
  ]

  private static let taskColumns: [CSV.Column<TaskProfile>] = [
    ("task", { $0.name }), ("pids", { $0.pids.map { "\($0)" }.joined(separator: " ") }),
    ("calls", { "\($0.apiCalls)" }), ("cleaned_lines", { "\($0.work.cleanedLines)" }),
    ("invalidated_lines", { "\($0.work.invalidatedLines)" }), ("bounced_bytes", { "\($0.bouncedBytes)" }),
    ("estimate_mid_ns", { number($0.estimate.mid) }),
  ]

  private typealias Bucket = (start: UInt64, series: DeviceSeries, index: Int, lost: Bool)

  private static func buckets(_ timeline: Timeline) -> [Bucket] {
    let lost = Set(timeline.lossBuckets)
    return timeline.series.flatMap { series in
      (0..<timeline.buckets).map { index in
        (timeline.start &+ UInt64(index) &* timeline.bucketNs, series, index, lost.contains(index))
      }
    }
  }

  private static func value(_ values: [UInt64], _ index: Int) -> String {
    index < values.count ? "\(values[index])" : ""
  }

  private static let timelineColumns: [CSV.Column<Bucket>] = [
    ("time_ns", { "\($0.start)" }), ("device", { $0.series.device }),
    ("cleaned_lines", { value($0.series.cleanedLines, $0.index) }),
    ("invalidated_lines", { value($0.series.invalidatedLines, $0.index) }),
    ("bounced_bytes", { value($0.series.bouncedBytes, $0.index) }),
    ("maps", { value($0.series.maps, $0.index) }),
    ("live_bytes", { value($0.series.liveBytes, $0.index) }),
    ("swiotlb_slots", { value($0.series.swiotlbSlots, $0.index) }), ("events_lost", { "\($0.lost)" }),
  ]

  private static let findingColumns: [CSV.Column<Finding>] = [
    ("rule", { $0.rule.id }), ("name", { $0.rule.name }), ("severity", { $0.severity.name }),
    ("device", { $0.device }), ("call_site", { $0.callSite }), ("count", { "\($0.count)" }),
    ("first_time_ns", { $0.examples.first.map { "\($0.asked.time)" } ?? "" }),
    ("first_message", { $0.examples.first?.message ?? "" }),
  ]

  private static let liveColumns: [CSV.Column<LiveMapping>] = [
    ("device", { $0.device }), ("kind", { $0.kind.rawValue }), ("dma_address", { hex($0.busAddress) }),
    ("physical_address", { hex($0.physicalAddress) }), ("size", { "\($0.size)" }),
    ("direction", { $0.direction.name }), ("mapped_at_ns", { "\($0.mappedAt)" }),
    ("age_ns", { "\($0.age)" }), ("uncertain", { "\($0.uncertain)" }), ("task", { $0.task }),
    ("call_site", { $0.callSite }),
  ]

  private static let poolColumns: [CSV.Column<PoolProfile>] = [
    ("pool", { $0.name }), ("device", { $0.device }), ("block_size", { "\($0.blockSize)" }),
    ("alignment", { "\($0.alignment)" }), ("boundary", { "\($0.boundary)" }),
    ("allocations", { "\($0.allocations)" }), ("frees", { "\($0.frees)" }), ("live", { "\($0.live)" }),
    ("peak", { "\($0.peak)" }), ("failed", { "\($0.failed)" }),
  ]
}

/// Comma-separated values.
private enum CSV {
  typealias Column<Row> = (title: String, value: @Sendable (Row) -> String)

  static func text<Row>(_ rows: [Row], _ columns: [Column<Row>]) -> String {
    var result = columns.map(\.title).joined(separator: ",") + "\n"
    for row in rows {
      result += columns.map { Escaping.csv($0.value(row)) }.joined(separator: ",") + "\n"
    }
    return result
  }
}
