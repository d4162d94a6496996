/// How long a device's mappings lived, counted in place: an array would be asked for its owner at every unmap.
struct LifetimeCounts {
  private var counts = InlineArray<496, UInt64>(repeating: 0)
  private var maximum: UInt64 = 0

  @inline(__always)
  mutating func record(_ value: UInt64) {
    counts[unchecked: LifetimeHistogram.bucket(of: value)] &+= 1
    if value > maximum { maximum = value }
  }

  var histogram: LifetimeHistogram {
    let buckets = (0..<LifetimeHistogram.bucketCount).map { counts[$0] }
    return LifetimeHistogram(countedIn: buckets, count: buckets.reduce(0, &+), maximum: maximum)
  }
}
