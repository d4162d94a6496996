import DMAModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How far apart the times are that a recorder's clock can show.
///
/// A counter of 100 MHz advances 10 ns at a time, one of 19.2 MHz 52 ns: its times need fewer digits than nanoseconds have.
/// The length of a tick need not be whole, and times are rounded. It shows as the frequency at which the distances
/// between events have a common phase.
struct ClockTick {
  /// Nanoseconds with 32 bits behind the point, as `BlockHead` has it; 0 if none is evident.
  private(set) var length: UInt64 = 0
  /// What was found in some block before.
  private var known: UInt64 = 0
  private var searchesLeft = 4

  /// Shorter ticks gain nothing, longer ones do not occur.
  private static let lengths = 4.0...128.0
  /// How well distances must agree, from 0 (not at all) to 1: what rounding leaves of a tick of 4 ns is 0.8.
  private static let agreement = 0.7
  private static let sampleLimit = 1024
  private static let sampleMinimum = 256
  /// The longest distances of each step of the search, in nanoseconds: longer ones tell the length more exactly.
  private static let spans: [UInt64] = [1 << 11, 1 << 14, 1 << 17, 1 << 20, 1 << 23]

  init() {}

  /// Makes sure of the length in these events: looks for one if none is known yet, and does without it where it does not fit.
  mutating func adapt(to events: [Event]) {
    let near = ClockTick.distances(events, upTo: ClockTick.spans[0])
    length = 0
    guard near.count >= ClockTick.sampleMinimum else { return }
    if known == 0, searchesLeft > 0 {
      searchesLeft -= 1
      known = ClockTick.search(events, near)
    }
    if known > 0, ClockTick.agreement(near, 4_294_967_296 / Double(known)) >= ClockTick.agreement {
      length = known
    }
  }

  /// Distances from one event to a later one, more than half of `span` where there are any and `span` at most.
  private static func distances(_ events: [Event], upTo span: UInt64) -> [Double] {
    var result: [Double] = []
    var later = 0
    for index in events.indices where result.count < sampleLimit {
      later = max(later, index + 1)
      while later + 1 < events.count, events[later + 1].time &- events[index].time <= span { later += 1 }
      guard later < events.count else { break }
      let distance = events[later].time &- events[index].time
      if distance > 0, distance <= span { result.append(Double(distance)) }
    }
    return result
  }

  /// How far distances are whole numbers of ticks: the length of the mean of their phases.
  private static func agreement(_ distances: [Double], _ frequency: Double) -> Double {
    var (x, y) = (0.0, 0.0)
    for distance in distances {
      let turns = distance * frequency
      let angle = (turns - turns.rounded()) * 2 * Double.pi
      x += cos(angle)
      y += sin(angle)
    }
    return (x * x + y * y).squareRoot() / Double(max(1, distances.count))
  }

  private static func search(_ events: [Event], _ near: [Double]) -> UInt64 {
    // Where every n-th tick is one, so is the n-th part: the lowest frequency that fits is the tick.
    var step = 1 / (8 * Double(spans[0]))
    var best = (frequency: 0.0, agreement: 0.0)
    var frequency = 1 / lengths.upperBound
    while frequency <= 1 / lengths.lowerBound {
      let agreement = agreement(near, frequency)
      if agreement > best.agreement + 0.05
        || (agreement > best.agreement && frequency < best.frequency * 1.01)
      {
        best = (frequency, agreement)
      }
      frequency += step
    }
    guard best.agreement >= agreement else { return 0 }
    for span in spans.dropFirst() {
      let distances = distances(events, upTo: span)
      if distances.count < sampleMinimum { break }
      let centre = best.frequency
      let (low, high) = (centre - 2 * step, centre + 2 * step)
      step = 1 / (16 * Double(span))
      best.agreement = 0
      frequency = low
      while frequency <= high {
        let agreement = agreement(distances, frequency)
        if agreement > best.agreement { best = (frequency, agreement) }
        frequency += step
      }
      if best.agreement < agreement {
        best.frequency = centre
        break
      }
    }
    return UInt64(4_294_967_296 / best.frequency)
  }

  /// How a step in time is stored.
  ///
  /// - Returns: the number of ticks and what rounding leaves over; nil where it does not fit.
  static func step(_ difference: UInt64, fraction: UInt64, tick: UInt64) -> (step: UInt64?, residual: Int8) {
    if tick == 0 { return (difference < BlockClock.jump ? difference : nil, 0) }
    guard difference < 1 << 30 else { return (nil, 0) }
    let target = difference << 32 + BlockClock.half
    let step = target > fraction ? (target - fraction + tick / 2) / tick : 0
    guard step < BlockClock.jump else { return (nil, 0) }
    let shown = Int64(truncatingIfNeeded: (fraction &+ step &* tick) >> 32)
    guard let residual = Int8(exactly: Int64(truncatingIfNeeded: difference) - shown) else { return (nil, 0) }
    return (step, residual)
  }
}
