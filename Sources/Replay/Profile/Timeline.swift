import DMAModel

/// How the run went over time: equal buckets from the first event on.
public struct Timeline: Sendable {
  /// Nanoseconds on the recording's clock at which bucket 0 begins.
  public var start: UInt64 = 0
  public var bucketNs: UInt64 = 1
  /// Buckets in use; every series has this many values.
  public var buckets = 0
  public var series: [DeviceSeries] = []
  /// Buckets during which events were lost.
  public var lossBuckets: [Int] = []
  public init() {}
}

public struct DeviceSeries: Sendable {
  public var device = ""
  /// Cache lines cleaned and invalidated in each bucket (0 for coherent devices).
  public var cleanedLines: [UInt64] = []
  public var invalidatedLines: [UInt64] = []
  /// Bytes copied into and out of bounce buffers.
  public var bouncedBytes: [UInt64] = []
  public var maps: [UInt64] = []
  /// Bytes mapped, unmaps, syncs, calls into the architecture (0 for coherent devices) and maps that bounced.
  public var mappedBytes: [UInt64] = []
  public var unmaps: [UInt64] = []
  public var syncs: [UInt64] = []
  public var maintenanceCalls: [UInt64] = []
  public var bouncedMaps: [UInt64] = []
  /// Highest number of bytes live (streaming and coherent) during the bucket.
  public var liveBytes: [UInt64] = []
  /// Highest number of swiotlb slots (2 KiB) in use by this device's mappings during the bucket.
  public var swiotlbSlots: [UInt64] = []
  public init() {}

  /// One of the series: its name, where it is, and whether buckets add up or the highest value stands for both.
  public struct Row: Sendable {
    public var name: String
    public var path: WritableKeyPath<DeviceSeries, [UInt64]> & Sendable
    public var addsUp: Bool

    func join(_ a: UInt64, _ b: UInt64) -> UInt64 { addsUp ? a &+ b : max(a, b) }
  }

  /// All of them. To add one: a row.
  public static let all: [Row] = [
    Row(name: "cleanedLines", path: \.cleanedLines, addsUp: true),
    Row(name: "invalidatedLines", path: \.invalidatedLines, addsUp: true),
    Row(name: "bouncedBytes", path: \.bouncedBytes, addsUp: true),
    Row(name: "maps", path: \.maps, addsUp: true),
    Row(name: "mappedBytes", path: \.mappedBytes, addsUp: true),
    Row(name: "unmaps", path: \.unmaps, addsUp: true),
    Row(name: "syncs", path: \.syncs, addsUp: true),
    Row(name: "maintenanceCalls", path: \.maintenanceCalls, addsUp: true),
    Row(name: "bouncedMaps", path: \.bouncedMaps, addsUp: true),
    Row(name: "liveBytes", path: \.liveBytes, addsUp: false),
    Row(name: "swiotlbSlots", path: \.swiotlbSlots, addsUp: false),
  ]
}
