import DMAModel

/// Puts events in the order of time that come out of it, as perf's do: those of a round are no older than what the round
/// before had last.
struct EventSorter: ~Copyable {
  private var waiting = EventBatch()
  private var spare = EventBatch()
  /// What decoders add to.
  var batch: EventBatch { waiting }
  private(set) var latest: UInt64 = 0
  private var latestOfLastRound: UInt64 = 0
  /// Without rounds no more than so many events, and numbers of scatterlists, are held back.
  static let limit = 1 << 18
  private static let segmentLimit = 1 << 20

  init() {}

  var isFull: Bool { waiting.count >= EventSorter.limit || waiting.segmentCount >= EventSorter.segmentLimit }

  mutating func note(_ time: UInt64) { latest = max(latest, time) }

  /// A round has ended: gives out what no later record can come before.
  mutating func endRound(_ body: (EventBatch) -> Bool) -> Bool {
    defer { latestOfLastRound = latest }
    return flush(upTo: latestOfLastRound, body)
  }

  /// Gives out the older half of what is held back.
  mutating func relieve(_ body: (EventBatch) -> Bool) -> Bool {
    let times = (0..<waiting.count).map { waiting.events[$0].time }.sorted()
    return flush(upTo: times[times.count / 2], body)
  }

  mutating func flush(upTo limit: UInt64 = .max, _ body: (EventBatch) -> Bool) -> Bool {
    let events = waiting.events
    var order = (0..<waiting.count).filter { events[$0].time <= limit }
    guard !order.isEmpty || limit == .max else { return true }
    var isSorted = true
    for index in 1..<max(1, order.count) where events[order[index]].time < events[order[index - 1]].time {
      isSorted = false
      break
    }
    if !isSorted { order.sort { (events[$0].time, $0) < (events[$1].time, $1) } }
    spare.reset()
    for index in order { waiting.copy(index, to: spare) }
    spare.take(from: waiting)
    let rest = EventBatch()
    for index in 0..<waiting.count where events[index].time > limit {
      waiting.copy(index, to: rest)
    }
    let out = spare
    (spare, waiting) = (waiting, rest)
    // What one odd round has made large does not stay so.
    if spare.isOversized { spare = EventBatch() }
    return body(out)
  }
}
