import Replay

/// A profile's timeline, made ready for drawing: few enough buckets, few enough series, none of odd length.
struct TimeSeries {
  /// Values of one quantity over time, one for each of `buckets`.
  struct Line {
    var label: String
    /// The class of its colour.
    var colour: String
    var values: [UInt64]
  }

  /// How neighbouring buckets are joined, and devices put together.
  enum Joining { case sum, maximum }

  /// The most buckets that are drawn.
  static let limit = 512

  let buckets: Int
  let bucketNs: UInt64
  let lossBuckets: [Int]
  private let factor: Int
  private let series: [DeviceSeries]
  private let ranking: DeviceRanking

  init?(_ timeline: Timeline, _ ranking: DeviceRanking) {
    let longest = timeline.series.map { series in
      [
        series.cleanedLines.count, series.invalidatedLines.count, series.bouncedBytes.count,
        series.maps.count, series.liveBytes.count, series.swiotlbSlots.count,
      ].max() ?? 0
    }.max()
    let used = min(
      max(0, timeline.buckets), max(longest ?? 0, timeline.lossBuckets.max().map { $0 &+ 1 } ?? 0))
    guard used > 0 else { return nil }
    factor = (used - 1) / TimeSeries.limit + 1
    buckets = (used - 1) / factor + 1
    bucketNs = max(1, Numbers.multiply(timeline.bucketNs, UInt64(factor)))
    series = timeline.series
    self.ranking = ranking
    let (factor, count) = (factor, buckets)
    lossBuckets = Set(timeline.lossBuckets.filter { $0 >= 0 }.map { $0 / factor })
      .filter { $0 < count }.sorted()
  }

  /// Nanoseconds that the axis covers.
  var span: UInt64 { Numbers.multiply(bucketNs, UInt64(buckets)) }

  /// One line for each coloured device with anything to show, then one for all the others.
  func byDevice(_ joining: Joining, _ value: (DeviceSeries) -> [UInt64]) -> [Line] {
    var lines: [String: [UInt64]] = [:]
    for one in series {
      let joined = rebin(value(one), joining)
      guard joined.contains(where: { $0 > 0 }) else { continue }
      let colour = ranking.colour(one.device)
      let name = colour == DeviceRanking.others ? "" : one.device
      lines[name] = lines[name].map { TimeSeries.add($0, joined) } ?? joined
    }
    var result = ranking.coloured.compactMap { name in
      lines[name].map { Line(label: name, colour: ranking.colour(name), values: $0) }
    }
    if let rest = lines[""] {
      result.append(Line(label: "other devices", colour: DeviceRanking.others, values: rest))
    }
    return result
  }

  /// The sum over all devices.
  func total(_ joining: Joining, _ value: (DeviceSeries) -> [UInt64]) -> [UInt64] {
    series.reduce([UInt64](repeating: 0, count: buckets)) { TimeSeries.add($0, rebin(value($1), joining)) }
  }

  static func add(_ a: [UInt64], _ b: [UInt64]) -> [UInt64] {
    a.indices.map { $0 < b.count ? Numbers.add(a[$0], b[$0]) : a[$0] }
  }

  private func rebin(_ values: [UInt64], _ joining: Joining) -> [UInt64] {
    var result = [UInt64](repeating: 0, count: buckets)
    for (index, value) in values.enumerated() where index / factor < buckets {
      let bucket = index / factor
      result[bucket] = joining == .sum ? Numbers.add(result[bucket], value) : max(result[bucket], value)
    }
    return result
  }
}
