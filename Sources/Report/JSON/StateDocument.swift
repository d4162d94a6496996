import DMAModel
import Replay

/// What one device did during one bucket of time.
struct TimelineDocument: Encodable {
  /// The bucket's beginning, and its length.
  var timeNs: UInt64
  var bucketNs: UInt64
  var device: String
  var cleanedLines: UInt64
  var invalidatedLines: UInt64
  /// Copied into and out of bounce buffers.
  var bouncedBytes: UInt64
  var maps: UInt64
  /// The most during the bucket.
  var liveBytes: UInt64
  var swiotlbSlots: UInt64

  /// The buckets in which anything is not 0, by device and then time.
  static func rows(of timeline: Timeline) -> [TimelineDocument] {
    timeline.series.flatMap { series in
      (0..<max(0, timeline.buckets)).compactMap { bucket in
        row(of: series, bucket: bucket, in: timeline)
      }
    }
  }

  private static func row(
    of series: DeviceSeries, bucket: Int, in timeline: Timeline
  ) -> TimelineDocument? {
    func value(_ values: [UInt64]) -> UInt64 {
      values.indices.contains(bucket) ? values[bucket] : 0
    }
    let row = TimelineDocument(
      timeNs: timeline.beginning(ofBucket: bucket), bucketNs: timeline.bucketNs, device: series.device,
      cleanedLines: value(series.cleanedLines), invalidatedLines: value(series.invalidatedLines),
      bouncedBytes: value(series.bouncedBytes), maps: value(series.maps),
      liveBytes: value(series.liveBytes), swiotlbSlots: value(series.swiotlbSlots))
    let activity =
      row.cleanedLines | row.invalidatedLines | row.bouncedBytes | row.maps | row.liveBytes
      | row.swiotlbSlots
    return activity == 0 ? nil : row
  }
}

extension Timeline {
  /// Nanoseconds on the recording's clock at which a bucket begins.
  func beginning(ofBucket bucket: Int) -> UInt64 {
    start &+ UInt64(clamping: bucket) &* bucketNs
  }
}

struct PoolDocument: Encodable {
  var name: String
  var device: String
  /// Bytes; null where the creation was not recorded.
  @OrNull var blockSize: UInt64?
  @OrNull var alignment: UInt64?
  @OrNull var boundary: UInt64?
  var allocations: UInt64
  var frees: UInt64
  var failed: UInt64
  var live: UInt64
  var peak: UInt64
  /// Whether the creation and the destruction were recorded.
  var created: Bool
  var destroyed: Bool

  init(_ pool: PoolProfile) {
    (name, device) = (pool.name, pool.device)
    blockSize = pool.created || pool.blockSize > 0 ? pool.blockSize : nil
    alignment = pool.created || pool.alignment > 0 ? pool.alignment : nil
    boundary = pool.created || pool.boundary > 0 ? pool.boundary : nil
    (allocations, frees, failed) = (pool.allocations, pool.frees, pool.failed)
    (live, peak) = (pool.live, pool.peak)
    (created, destroyed) = (pool.created, pool.destroyed)
  }
}

/// One mapping or block that was live at the end.
struct LiveDocument: Encodable {
  var device: String
  /// `single`, `scatter-gather`, `coherent`, `resource` or `pages`.
  var kind: String
  var dmaAddress: String
  @OrNull var physicalAddress: String?
  var size: UInt64
  var direction: String
  var mappedAtNs: UInt64
  var ageNs: UInt64
  /// Events were lost since it was mapped, or its driver may leave the unmap out.
  var uncertain: Bool
  @OrNull var task: String?
  @OrNull var callSite: String?

  init(_ mapping: LiveMapping) {
    device = mapping.device
    kind = mapping.kind.rawValue
    dmaAddress = Formatting.hex(mapping.busAddress)
    physicalAddress = mapping.physicalAddress.map(Formatting.hex)
    size = mapping.size
    direction = mapping.direction.name
    (mappedAtNs, ageNs) = (mapping.mappedAt, mapping.age)
    uncertain = mapping.uncertain
    task = mapping.task.isEmpty ? nil : mapping.task
    callSite = mapping.callSite.isEmpty ? nil : mapping.callSite
  }
}
