extension Timeline {
  /// The most buckets that a timeline can have.
  public static var bucketLimit: Int { TimelineRecorder.bucketCount }

  /// Lays another timeline over this one: both begin at 0, their buckets become as wide as the wider ones.
  ///
  /// Widths are powers of two, and buckets begin at multiples of their width after the first event, so that a wide
  /// bucket is always a whole number of narrow ones. What is live in a bucket is the larger of both.
  mutating func merge(_ other: Timeline) {
    var other = other
    if buckets == 0 { bucketNs = other.bucketNs }
    if other.buckets == 0 { other.bucketNs = bucketNs }
    let width = max(bucketNs, other.bucketNs)
    widen(to: width)
    other.widen(to: width)
    start = 0
    buckets = max(buckets, other.buckets)
    lossBuckets = Set(lossBuckets).union(other.lossBuckets).sorted()
    series = mergedRows(series, other.series, key: \.device, add: { $0.merge($1) })
      .map { $0.padded(to: buckets) }.sorted { $0.device < $1.device }
  }

  private mutating func widen(to width: UInt64) {
    guard bucketNs > 0, width > bucketNs else { return }
    let shift = width.trailingZeroBitCount - bucketNs.trailingZeroBitCount
    bucketNs = width
    buckets = buckets == 0 ? 0 : (buckets - 1) >> shift + 1
    lossBuckets = Set(lossBuckets.map { $0 >> shift }).sorted()
    for index in series.indices { series[index].widen(shift) }
  }
}

extension DeviceSeries {
  fileprivate mutating func widen(_ shift: Int) {
    for row in DeviceSeries.all {
      self[keyPath: row.path] = widened(self[keyPath: row.path], shift, row.join)
    }
  }

  fileprivate mutating func merge(_ other: DeviceSeries) {
    for row in DeviceSeries.all {
      self[keyPath: row.path] = laidOver(self[keyPath: row.path], other[keyPath: row.path], row.join)
    }
  }

  fileprivate func padded(to count: Int) -> DeviceSeries {
    var result = self
    let nothing = [UInt64](repeating: 0, count: count)
    for row in DeviceSeries.all {
      result[keyPath: row.path] = laidOver(nothing, self[keyPath: row.path], row.join)
    }
    return result
  }
}

private func widened(
  _ values: [UInt64], _ shift: Int, _ join: (UInt64, UInt64) -> UInt64
) -> [UInt64] {
  guard !values.isEmpty else { return [] }
  var result = [UInt64](repeating: 0, count: (values.count - 1) >> shift + 1)
  for (index, value) in values.enumerated() {
    result[index >> shift] = join(result[index >> shift], value)
  }
  return result
}

private func laidOver(
  _ a: [UInt64], _ b: [UInt64], _ join: (UInt64, UInt64) -> UInt64
) -> [UInt64] {
  var result = a.count >= b.count ? a : b
  for (index, value) in (a.count >= b.count ? b : a).enumerated() {
    result[index] = join(result[index], value)
  }
  return result
}
