import DMAModel

extension Recording {
  /// Adds up what a batch says about itself, gives its events to `body`, and empties it.
  ///
  /// - Returns: what `body` does: whether more events are wanted.
  mutating func handOver(_ batch: EventBatch, _ body: (Span<Event>, Span<UInt64>) -> Bool) -> Bool {
    if batch.records > 0 {
      firstTime = lastTime == 0 ? batch.firstTime : min(firstTime, batch.firstTime)
      lastTime = max(lastTime, batch.lastTime)
    }
    lostEvents &+= batch.lostEvents
    lostWindows &+= batch.lostWindows
    lostWindowsWithoutCount &+= batch.lostWindowsWithoutCount
    if batch.skippedRecords > 0 { skipped["short records", default: 0] &+= batch.skippedRecords }
    defer { batch.reset() }
    guard batch.count > 0 else { return true }
    let events = UnsafeBufferPointer(start: batch.events, count: batch.count)
    let segments = UnsafeBufferPointer(start: batch.segments, count: batch.segmentCount)
    return body(events.span, segments.span)
  }
}
