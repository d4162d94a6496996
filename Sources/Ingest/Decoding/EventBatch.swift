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
  /// Whose a call stack is that comes next.
  var owners = StackOwners()
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
    owners = StackOwners()
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

  /// Appends some of another batch's events, with their arrays.
  func append(_ other: EventBatch, _ run: Range<Int>) {
    let room = makeRoom(run.count)
    room.update(from: other.events + run.lowerBound, count: run.count)
    count &+= run.count
    guard other.segmentCount > 0 else { return }
    for index in 0..<run.count {
      let number = Int(room[index].physicalCount) + 2 * Int(room[index].busCount)
      guard number > 0 else { continue }
      let start = segmentCount
      reserveSegments(number).update(from: other.segments + Int(room[index].segments), count: number)
      room[index].segments = UInt32(truncatingIfNeeded: start)
    }
  }

  /// Takes back the events from a place on.
  func dropEvents(from start: Int) { count = min(count, start) }

  /// Where the next event goes; it is there once `appendRoom` is called.
  @inline(__always)
  func room() -> UnsafeMutablePointer<Event> {
    if count == capacity { grow() }
    return events + count
  }

  /// Takes in the event that was made where `room` said.
  @inline(__always)
  func appendRoom() { count &+= 1 }

  /// Room for so many events behind those that it has; they count once `take` has said so.
  func makeRoom(_ number: Int) -> UnsafeMutablePointer<Event> {
    while count + number > capacity { grow() }
    return events + count
  }

  /// Counts events that have been put where `makeRoom` said.
  func take(_ number: Int) { count += number }

  /// Counts so many events, one of each record, that have been put where `makeRoom` said; at least one.
  func take(_ number: Int, from first: UInt64, to last: UInt64) {
    if number > 1 { owners.note(count &+ number &- 2) }
    count &+= number
    owners.note(count &- 1)
    records &+= UInt64(number)
    (firstTime, lastTime) = (first, last)
  }

  /// Forgets the events and their arrays, and gives their memory back.
  func dropAll() {
    events.deallocate()
    segments.deallocate()
    (capacity, segmentCapacity, count, segmentCount) = (16, 16, 0, 0)
    events = .allocate(capacity: capacity)
    segments = .allocate(capacity: segmentCapacity)
  }

  /// Appends a loss, of so many events if that is known.
  func appendLoss(time: UInt64, count: UInt64?, cpu: UInt16) {
    var event = Event()
    (event.time, event.cpu, event.call) = (time, cpu, .lost)
    event.value = count ?? Event.unknownCount
    append(event)
    owners = StackOwners()
    lostWindows &+= 1
    if let count { lostEvents &+= count } else { lostWindowsWithoutCount &+= 1 }
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

/// The records of a CPU that wait for their call stacks.
///
/// The kernel writes a stack right behind its record, unless an interrupt comes in between: then the records of the
/// interrupt, each with its stack, stand before the stack of the record that was interrupted.
struct StackOwners {
  /// A record that is no event.
  static let other = -2
  private static let none = -1
  private var last = StackOwners.none
  private var interrupted = StackOwners.none

  /// Notes a record: the number of its event in the batch, or `other`.
  @inline(__always)
  mutating func note(_ record: Int) {
    if last != StackOwners.none { interrupted = last }
    last = record
  }

  /// The event that a stack belongs to, and whether it was interrupted; nil if it is another record's, or unknown.
  mutating func take() -> (event: Int, wasInterrupted: Bool)? {
    let wasInterrupted = last == StackOwners.none
    let owner = wasInterrupted ? interrupted : last
    if wasInterrupted { interrupted = StackOwners.none } else { last = StackOwners.none }
    return owner >= 0 ? (owner, wasInterrupted) : nil
  }
}
