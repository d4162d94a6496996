import DMAModel

/// The events of a piece of one CPU's buffer, in order, with their scatterlist arrays.
///
/// Batches are reused. One thread at a time owns a batch: a worker while it decodes, then the merge.
final class EventBatch: @unchecked Sendable {
  private(set) var events: UnsafeMutablePointer<Event>
  private(set) var count = 0
  private var capacity: Int
  private(set) var segments: UnsafeMutablePointer<UInt64>
  private(set) var segmentCount = 0
  private var segmentCapacity: Int

  /// The stack at the very start of the piece, which belongs to the last event of the piece before.
  var leadingStack: StackID = 0
  /// Times of the first and last record, decoded or not; `first` > `last` if there were none.
  var firstTime = UInt64.max
  var lastTime: UInt64 = 0
  /// Losses met in this piece.
  var lostEvents: UInt64 = 0
  var lostWindows: UInt64 = 0
  var lostWindowsWithoutCount: UInt64 = 0
  var records: UInt64 = 0
  /// What could not be read; offsets are of the file.
  var problems: [TraceError] = []
  var skippedRecords: UInt64 = 0

  /// Bytes of memory that it holds.
  var bytes: Int { capacity * MemoryLayout<Event>.stride + segmentCapacity * MemoryLayout<UInt64>.stride }

  /// Whether it holds much more memory than the pieces of a usual trace need.
  var isOversized: Bool { capacity > 1 << 16 || segmentCapacity > 1 << 18 }

  init() {
    capacity = 16
    events = .allocate(capacity: capacity)
    segmentCapacity = 16
    segments = .allocate(capacity: segmentCapacity)
  }

  deinit {
    events.deallocate()
    segments.deallocate()
  }

  func reset() {
    count = 0
    segmentCount = 0
    leadingStack = 0
    firstTime = .max
    lastTime = 0
    lostEvents = 0
    lostWindows = 0
    lostWindowsWithoutCount = 0
    records = 0
    problems.removeAll(keepingCapacity: true)
    skippedRecords = 0
  }

  /// Moves what another batch says of itself to this one, its events left out.
  func take(from other: EventBatch) {
    (leadingStack, firstTime, lastTime) = (other.leadingStack, other.firstTime, other.lastTime)
    (lostEvents, lostWindows, lostWindowsWithoutCount) = (
      other.lostEvents, other.lostWindows, other.lostWindowsWithoutCount
    )
    (records, problems, skippedRecords) = (other.records, other.problems, other.skippedRecords)
  }

  @inline(__always)
  func append(_ event: Event) {
    if count == capacity { grow() }
    (events + count).initialize(to: event)
    count &+= 1
  }

  /// Room for an event at the end, blank; the pointer holds until the next is added.
  @inline(__always)
  func appendBlank() -> UnsafeMutablePointer<Event> {
    if count == capacity { grow() }
    (events + count).initialize(to: Event())
    defer { count &+= 1 }
    return events + count
  }

  /// Takes the last event back, and the numbers from a place on.
  func dropLast(segmentsFrom start: Int) {
    count = max(0, count - 1)
    dropSegments(from: start)
  }

  private func grow() {
    let larger = UnsafeMutablePointer<Event>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: events, count: count)
    events.deallocate()
    events = larger
    capacity *= 2
  }

  /// Room for so many numbers, at the end of the segments; the pointer holds until the next call.
  @inline(__always)
  func reserveSegments(_ number: Int) -> UnsafeMutablePointer<UInt64> {
    if segmentCount + number > segmentCapacity { growSegments(to: segmentCount + number) }
    defer { segmentCount += number }
    return segments + segmentCount
  }

  /// Takes back the numbers from a place on.
  func dropSegments(from start: Int) { segmentCount = min(segmentCount, start) }

  private func growSegments(to needed: Int) {
    var larger = segmentCapacity
    while larger < needed { larger *= 2 }
    let storage = UnsafeMutablePointer<UInt64>.allocate(capacity: larger)
    storage.update(from: segments, count: segmentCount)
    segments.deallocate()
    segments = storage
    segmentCapacity = larger
  }
}
