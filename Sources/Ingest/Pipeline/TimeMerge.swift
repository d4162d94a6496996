import DMAModel

/// Merges the streams of a recording by time: hands out runs of events that are in order over all streams.
struct TimeMerge: ~Copyable {
  private struct Head {
    var current: EventBatch?
    var next: EventBatch?
    var position = 0
    var lastTime: UInt64 = 0
  }

  private struct Entry {
    var time: UInt64
    var stream: Int

    @inline(__always)
    static func < (left: Entry, right: Entry) -> Bool {
      left.time != right.time ? left.time < right.time : left.stream < right.stream
    }
  }

  private let pipeline: Pipeline
  private var heads: [Head]
  /// The streams that have events left, as a binary heap: the one with the earliest event first, the one with the
  /// lower number at the same time. Its second or third entry is the next to come.
  private var order: [Entry] = []
  private let onBatch: (_ stream: Int, EventBatch) -> Void
  /// Short runs, one after another: whoever reads them gets fewer and longer ones, whose memory it can ask for ahead.
  private let gathered: EventBatch
  private static let gatheredLimit = 128
  private static let longRun = 64

  /// - Parameter onBatch: sees each batch once, when the merge reaches it, for totals and problems.
  init(_ pipeline: Pipeline, streams: Int, onBatch: @escaping (_ stream: Int, EventBatch) -> Void) {
    self.pipeline = pipeline
    self.onBatch = onBatch
    heads = [Head](repeating: Head(), count: streams)
    gathered = EventBatch()
  }

  /// Calls `body` with run after run until the end, or until it returns false.
  mutating func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    for stream in heads.indices {
      heads[stream].next = fetch(stream)
      if let time = advance(stream) { order.append(Entry(time: time, stream: stream)) }
    }
    // A sorted row is a heap.
    order.sort(by: <)
    while let first = order.first {
      let (time, goOn) = emit(first.stream, body)
      guard goOn else { return }
      if let time { order[0].time = time } else { removeFirst() }
      sink()
    }
    _ = handOver(body)
  }

  /// Hands out what was gathered.
  private func handOver(_ body: (Span<Event>, Span<UInt64>) -> Bool) -> Bool {
    guard gathered.count > 0 else { return true }
    let goOn = hand(gathered, 0..<gathered.count, body)
    gathered.reset()
    return goOn
  }

  @inline(__always)
  private func hand(
    _ batch: EventBatch, _ run: Range<Int>, _ body: (Span<Event>, Span<UInt64>) -> Bool
  ) -> Bool {
    let events = UnsafeBufferPointer(start: batch.events + run.lowerBound, count: run.count)
    let segments = UnsafeBufferPointer(start: batch.segments, count: batch.segmentCount)
    return body(events.span, segments.span)
  }

  private mutating func removeFirst() {
    let last = order.removeLast()
    if !order.isEmpty { order[0] = last }
  }

  /// Puts the first entry where it belongs.
  private mutating func sink() {
    var place = 0
    while true {
      var least = place
      for child in (2 * place + 1)..<(2 * place + 3) where child < order.count && order[child] < order[least]
      {
        least = child
      }
      if least == place { return }
      order.swapAt(place, least)
      place = least
    }
  }

  private func fetch(_ stream: Int) -> EventBatch? {
    guard let batch = pipeline.nextBatch(of: stream) else { return nil }
    onBatch(stream, batch)
    return batch
  }

  /// Moves to the stream's next batch with events. The batch after it is fetched too, since its first record may be
  /// the call stack of this batch's last event.
  /// - Returns: the time of the stream's next event; nil if it has none.
  private mutating func advance(_ stream: Int) -> UInt64? {
    repeat {
      if let old = heads[stream].current { pipeline.recycle(old) }
      heads[stream].current = heads[stream].next
      heads[stream].next = heads[stream].current == nil ? nil : fetch(stream)
      heads[stream].position = 0
    } while heads[stream].current?.count == 0
    guard let current = heads[stream].current else { return nil }
    if let stack = heads[stream].next?.leadingStack, stack != 0, current.events[current.count - 1].stack == 0
    {
      current.events[current.count - 1].stack = stack
    }
    // A loss at the start of a damaged piece has no time of its own.
    if current.events[0].call == .lost, current.events[0].time < heads[stream].lastTime {
      current.events[0].time = heads[stream].lastTime
    }
    return current.events[0].time
  }

  /// Emits the events of the first stream up to the place where another stream has the next.
  /// - Returns: the time of the stream's next event, nil if it has none; and what `body` said.
  private mutating func emit(
    _ stream: Int, _ body: (Span<Event>, Span<UInt64>) -> Bool
  ) -> (time: UInt64?, goOn: Bool) {
    guard let batch = heads[stream].current else { return (nil, true) }
    var bound = Entry(time: .max, stream: .max)
    for index in 1..<3 where index < order.count && order[index] < bound { bound = order[index] }
    // At the same time the stream with the lower number comes first.
    let isFirst = stream < bound.stream
    let (start, count, events) = (heads[stream].position, batch.count, batch.events)
    var end = start &+ 1
    if isFirst {
      while end < count, events[end].time <= bound.time { end &+= 1 }
    } else {
      while end < count, events[end].time < bound.time { end &+= 1 }
    }
    var goOn = true
    if end &- start >= TimeMerge.longRun {
      goOn = handOver(body) && hand(batch, start..<end, body)
    } else {
      if gathered.count &+ (end &- start) > TimeMerge.gatheredLimit { goOn = handOver(body) }
      gathered.append(batch, start..<end)
    }
    heads[stream].lastTime = events[end &- 1].time
    heads[stream].position = end
    return (end == count ? advance(stream) : events[end].time, goOn)
  }
}
