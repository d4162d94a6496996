/// How an input is to be read.
public struct TraceOptions: Sendable {
  /// The largest window of a zstd frame, in bytes: what its decoder has to keep in memory. `zstd --long` makes frames
  /// that need more than the usual 8 MiB.
  public var zstdWindow: UInt64 = 128 << 20

  public init() {}
}
