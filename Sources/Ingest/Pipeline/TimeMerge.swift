import DMAModel

/// Merges the streams of a recording by time: hands out runs of events that are in order over all streams.
struct TimeMerge: ~Copyable {
  private struct Head {
    var current: EventBatch?
    var next: EventBatch?
    var position = 0
    var lastTime: UInt64 = 0
  }

  private let pipeline: Pipeline
  private var heads: [Head]
  /// The time of each stream's next event; `UInt64.max` for a stream that is done.
  private var times: [UInt64]
  private var isDone: [Bool]
  private let onBatch: (_ stream: Int, EventBatch) -> Void

  /// - Parameter onBatch: sees each batch once, when the merge reaches it, for totals and problems.
  init(_ pipeline: Pipeline, streams: Int, onBatch: @escaping (_ stream: Int, EventBatch) -> Void) {
    self.pipeline = pipeline
    self.onBatch = onBatch
    heads = [Head](repeating: Head(), count: streams)
    times = [UInt64](repeating: .max, count: streams)
    isDone = [Bool](repeating: true, count: streams)
  }

  /// Calls `body` with run after run until the end, or until it returns false.
  mutating func forEachRun(_ body: (Span<Event>, Span<UInt64>) -> Bool) {
    for stream in heads.indices {
      heads[stream].next = fetch(stream)
      advance(stream)
    }
    while let stream = earliest() {
      guard emit(stream, before: bound(without: stream), body) else { return }
    }
  }

  private func fetch(_ stream: Int) -> EventBatch? {
    guard let batch = pipeline.nextBatch(of: stream) else { return nil }
    onBatch(stream, batch)
    return batch
  }

  /// Moves to the stream's next batch with events. The batch after it is fetched too, since its first record may be
  /// the call stack of this batch's last event.
  private mutating func advance(_ stream: Int) {
    repeat {
      if let old = heads[stream].current { pipeline.recycle(old) }
      heads[stream].current = heads[stream].next
      heads[stream].next = heads[stream].current == nil ? nil : fetch(stream)
      heads[stream].position = 0
    } while heads[stream].current?.count == 0
    guard let current = heads[stream].current else {
      times[stream] = .max
      isDone[stream] = true
      return
    }
    if let stack = heads[stream].next?.leadingStack, stack != 0, current.events[current.count - 1].stack == 0
    {
      current.events[current.count - 1].stack = stack
    }
    // A loss at the start of a damaged piece has no time of its own.
    if current.events[0].call == .lost, current.events[0].time < heads[stream].lastTime {
      current.events[0].time = heads[stream].lastTime
    }
    times[stream] = current.events[0].time
    isDone[stream] = false
  }

  private func earliest() -> Int? {
    var best: Int?
    for stream in times.indices where !isDone[stream] {
      if let known = best, times[known] <= times[stream] { continue }
      best = stream
    }
    return best
  }

  private func bound(without stream: Int) -> UInt64 {
    var bound = UInt64.max
    for other in times.indices where other != stream && times[other] < bound { bound = times[other] }
    return bound
  }

  /// Emits the events of a stream up to the time at which another stream has the next.
  private mutating func emit(
    _ stream: Int, before bound: UInt64, _ body: (Span<Event>, Span<UInt64>) -> Bool
  ) -> Bool {
    guard let batch = heads[stream].current else { return true }
    let start = heads[stream].position
    var end = start + 1
    while end < batch.count && batch.events[end].time <= bound { end += 1 }
    let events = UnsafeBufferPointer(start: batch.events + start, count: end - start)
    let segments = UnsafeBufferPointer(start: batch.segments, count: batch.segmentCount)
    let goOn = body(events.span, segments.span)
    heads[stream].lastTime = batch.events[end - 1].time
    heads[stream].position = end
    if end == batch.count { advance(stream) } else { times[stream] = batch.events[end].time }
    return goOn
  }
}
