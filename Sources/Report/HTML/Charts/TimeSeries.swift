import Replay

/// Steps of time that charts share.
struct TimeGrid: Equatable {
  var buckets: Int
  var bucketNs: UInt64

  /// Steps that are whole numbers of the buckets of each timeline, enough for the longest and no more than are drawn;
  /// nil if there is nothing to draw. Widths of timelines are powers of two.
  init?(_ timelines: [Timeline]) {
    let used = timelines.filter { TimeSeries.used($0) > 0 }
    guard var width = used.map(\.bucketNs).max(), width > 0 else { return nil }
    func count() -> UInt64 {
      used.map { timeline in
        let factor = max(1, width / max(1, timeline.bucketNs))
        return UInt64(TimeSeries.used(timeline) - 1) / factor + 1
      }.max() ?? 0
    }
    while count() > UInt64(TimeSeries.limit), width < 1 << 62 { width *= 2 }
    (buckets, bucketNs) = (min(TimeSeries.limit, Int(clamping: count())), width)
  }

  init(buckets: Int, bucketNs: UInt64) { (self.buckets, self.bucketNs) = (buckets, bucketNs) }

  /// Nanoseconds that the axis covers.
  var span: UInt64 { Numbers.multiply(bucketNs, UInt64(buckets)) }
}

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
  /// The buckets that the run lasts; fewer than `buckets` where the axis is that of a longer run.
  let lasts: Int
  private let factor: Int
  private let series: [DeviceSeries]
  private let ranking: DeviceRanking

  init?(_ timeline: Timeline, _ ranking: DeviceRanking) {
    let used = TimeSeries.used(timeline)
    guard used > 0 else { return nil }
    let factor = (used - 1) / TimeSeries.limit + 1
    let width = max(1, Numbers.multiply(timeline.bucketNs, UInt64(factor)))
    self.init(
      timeline, ranking, TimeGrid(buckets: (used - 1) / factor + 1, bucketNs: width), joining: factor)
  }

  /// On an axis that it shares with other runs, each counted from its start.
  init(_ timeline: Timeline, _ ranking: DeviceRanking, on grid: TimeGrid) {
    let factor = max(1, grid.bucketNs / max(1, timeline.bucketNs))
    self.init(timeline, ranking, grid, joining: Int(clamping: factor))
  }

  private init(_ timeline: Timeline, _ ranking: DeviceRanking, _ grid: TimeGrid, joining factor: Int) {
    (self.factor, buckets, bucketNs) = (factor, grid.buckets, grid.bucketNs)
    (series, self.ranking) = (timeline.series, ranking)
    let used = TimeSeries.used(timeline)
    lasts = used > 0 ? min(grid.buckets, (used - 1) / factor + 1) : 0
    lossBuckets = Set(timeline.lossBuckets.filter { $0 >= 0 }.map { $0 / factor })
      .filter { $0 < grid.buckets }.sorted()
  }

  /// The buckets that there are values for, or losses.
  static func used(_ timeline: Timeline) -> Int {
    let longest = timeline.series.map { series in
      [
        series.cleanedLines.count, series.invalidatedLines.count, series.bouncedBytes.count,
        series.maps.count, series.liveBytes.count, series.swiotlbSlots.count,
      ].max() ?? 0
    }.max()
    return min(
      max(0, timeline.buckets), max(longest ?? 0, timeline.lossBuckets.max().map { $0 &+ 1 } ?? 0))
  }

  /// Nanoseconds that the axis covers.
  var span: UInt64 { TimeGrid(buckets: buckets, bucketNs: bucketNs).span }

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
