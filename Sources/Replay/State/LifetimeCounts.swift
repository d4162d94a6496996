/// How long a device's mappings lived, counted in place: an array would be asked for its owner at every unmap.
struct LifetimeCounts {
  private var counts = InlineArray<496, UInt64>(repeating: 0)
  private var count: UInt64 = 0
  private var maximum: UInt64 = 0

  @inline(__always)
  mutating func record(_ value: UInt64) {
    counts[LifetimeHistogram.bucket(of: value)] &+= 1
    count &+= 1
    if value > maximum { maximum = value }
  }

  var histogram: LifetimeHistogram {
    LifetimeHistogram(
      countedIn: (0..<LifetimeHistogram.bucketCount).map { counts[$0] }, count: count, maximum: maximum)
  }
}
