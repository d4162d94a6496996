/// How long mappings lived: a histogram with eight buckets to each power of two, so any value is known to 12.5 %.
///
/// Values are nanoseconds. Recording costs a handful of instructions and no allocation after the first value.
public struct LifetimeHistogram: Sendable, Equatable {
  /// Counts by bucket; see `lowerBound(of:)`. Empty until the first value.
  public private(set) var counts: [UInt64] = []
  public private(set) var count: UInt64 = 0
  public private(set) var maximum: UInt64 = 0

  public init() {}

  /// What was counted elsewhere, bucket by bucket.
  init(countedIn buckets: [UInt64], count: UInt64, maximum: UInt64) {
    if count > 0 { counts = buckets }
    (self.count, self.maximum) = (count, maximum)
  }

  /// The number of buckets.
  public static let bucketCount = 62 * 8

  /// A histogram from its counts; those of buckets that there are not are left out.
  public init(counts: [Int: UInt64], maximum: UInt64) {
    self.maximum = maximum
    for (bucket, n) in counts where n > 0 && 0..<LifetimeHistogram.bucketCount ~= bucket {
      if self.counts.isEmpty { self.counts = [UInt64](repeating: 0, count: LifetimeHistogram.bucketCount) }
      self.counts[bucket] = n
      count &+= n
    }
  }

  public mutating func record(_ value: UInt64) {
    if counts.isEmpty { counts = [UInt64](repeating: 0, count: LifetimeHistogram.bucketCount) }
    counts[LifetimeHistogram.bucket(of: value)] &+= 1
    count &+= 1
    if value > maximum { maximum = value }
  }

  @inline(__always)
  static func bucket(of value: UInt64) -> Int {
    if value < 8 { return Int(value) }
    let exponent = 63 - value.leadingZeroBitCount
    return (exponent - 2) * 8 + Int((value >> UInt64(exponent - 3)) & 7)
  }

  /// The smallest value that falls into a bucket.
  public static func lowerBound(of bucket: Int) -> UInt64 {
    if bucket < 8 { return UInt64(max(0, bucket)) }
    let exponent = bucket / 8 + 2
    return UInt64(8 + bucket % 8) << UInt64(exponent - 3)
  }

  /// The value below which `share` (0 ... 1) of the recorded ones lie, to 12.5 %; nil if there are none.
  public func quantile(_ share: Double) -> UInt64? {
    guard count > 0 else { return nil }
    let wanted = UInt64((Double(count) * share).rounded(.up))
    var seen: UInt64 = 0
    for (bucket, n) in counts.enumerated() where n > 0 {
      seen &+= n
      if seen >= max(1, wanted) { return min(LifetimeHistogram.lowerBound(of: bucket), maximum) }
    }
    return maximum
  }

  public static func += (a: inout LifetimeHistogram, b: LifetimeHistogram) {
    if a.counts.isEmpty {
      a = b
      return
    }
    for (bucket, n) in b.counts.enumerated() { a.counts[bucket] &+= n }
    a.count &+= b.count
    a.maximum = max(a.maximum, b.maximum)
  }
}
