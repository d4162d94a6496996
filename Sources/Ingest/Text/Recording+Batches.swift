import DMAModel

extension Recording {
  /// Adds up what a batch says about itself.
  mutating func note(_ batch: EventBatch) {
    if batch.records > 0 {
      firstTime = lastTime == 0 ? batch.firstTime : min(firstTime, batch.firstTime)
      lastTime = max(lastTime, batch.lastTime)
    }
    lostEvents &+= batch.lostEvents
    lostWindows &+= batch.lostWindows
    lostWindowsWithoutCount &+= batch.lostWindowsWithoutCount
    if batch.skippedRecords > 0 { skipped["short records", default: 0] &+= batch.skippedRecords }
  }

  /// Adds up what a batch says about itself, gives its events to `body`, and empties it.
  ///
  /// - Returns: what `body` does: whether more events are wanted.
  mutating func handOver(_ batch: EventBatch, _ body: (Span<Event>, Span<UInt64>) -> Bool) -> Bool {
    note(batch)
    return batch.handOver(body)
  }
}

extension EventBatch {
  /// Gives the events to `body`, and empties the batch.
  ///
  /// - Returns: what `body` does: whether more events are wanted.
  func handOver(_ body: (Span<Event>, Span<UInt64>) -> Bool) -> Bool {
    defer { reset() }
    guard count > 0 else { return true }
    let events = UnsafeBufferPointer(start: events, count: count)
    let segments = UnsafeBufferPointer(start: segments, count: segmentCount)
    return body(events.span, segments.span)
  }

  /// Gives no events to `body`, so that it can look at the clock.
  static func handOverNothing(_ body: (Span<Event>, Span<UInt64>) -> Bool) -> Bool {
    body(Span(), Span())
  }

  /// Moves the events from a place on, with their arrays, to an empty batch.
  func moveTail(from start: Int, to rest: EventBatch) {
    for index in start..<count { copy(index, to: rest) }
    dropEvents(from: start)
  }

  /// Appends an event with its arrays to another batch.
  func copy(_ index: Int, to other: EventBatch) {
    var event = events[index]
    let number = Int(event.physicalCount) + 2 * Int(event.busCount)
    if number > 0 {
      let start = Int(event.segments)
      event.segments = UInt32(other.segmentCount)
      other.reserveSegments(number).update(from: segments + start, count: number)
    }
    other.append(event)
  }
}
