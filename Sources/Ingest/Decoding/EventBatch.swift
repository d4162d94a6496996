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
  /// What it may grow by; nil if it may without end.
  private let memory: EventMemory?
  /// So many events were there when it could not grow any more. Those that came later lie in two places behind the last
  /// one, over each other, and their arrays in `overflow`.
  private var kept: Int?
  private var overflow: UnsafeMutablePointer<UInt64>?
  private var overflowCapacity = 0
  private static let spare = 2
  /// Events beyond which it does not double any more: what the bytes that they come from are likely to hold at most.
  private var usualCount = Int.max

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
  private(set) var problems: [TraceError] = []
  /// Past `problemLimit` problems are counted, not kept.
  private(set) var furtherProblems: UInt64 = 0
  static let problemLimit = 20
  var skippedRecords: UInt64 = 0

  /// Bytes of memory that it holds.
  var bytes: Int { EventBatch.bytes(events: capacity) + EventBatch.bytes(segments: segmentCapacity) }

  private static func bytes(events capacity: Int) -> Int { (capacity + spare) * MemoryLayout<Event>.stride }
  private static func bytes(segments capacity: Int) -> Int { capacity * MemoryLayout<UInt64>.stride }

  /// Whether it could not grow: what comes now is not kept.
  var isFull: Bool { kept != nil }

  /// Whether it holds much more memory than the pieces of a usual trace need.
  var isOversized: Bool { capacity > 1 << 16 || segmentCapacity > 1 << 18 }

  /// - Parameter memory: what it may grow by; nil if it may without end.
  init(memory: EventMemory? = nil) {
    self.memory = memory
    capacity = 16
    events = EventBatch.storage(capacity)
    segmentCapacity = 16
    segments = .allocate(capacity: segmentCapacity)
    memory?.takeAnyway(bytes)
  }

  private static func storage(_ capacity: Int) -> UnsafeMutablePointer<Event> {
    let storage = UnsafeMutablePointer<Event>.allocate(capacity: capacity + spare)
    (storage + capacity).initialize(repeating: Event(), count: spare)
    return storage
  }

  deinit {
    dropOverflow()
    memory?.giveBack(bytes)
    events.deallocate()
    segments.deallocate()
  }

  /// - Parameter pageBytes: of the pages whose events are to come.
  func reset(for pageBytes: Int? = nil) {
    usualCount = pageBytes.map { 3 * $0 / MemoryLayout<Event>.stride } ?? .max
    kept = nil
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
    furtherProblems = 0
    skippedRecords = 0
  }

  func note(_ problem: TraceError) {
    if problems.count < EventBatch.problemLimit { problems.append(problem) } else { furtherProblems &+= 1 }
  }

  /// Moves what another batch says of itself to this one, its events left out.
  func take(from other: EventBatch) {
    (leadingStack, firstTime, lastTime) = (other.leadingStack, other.firstTime, other.lastTime)
    (lostEvents, lostWindows, lostWindowsWithoutCount) = (
      other.lostEvents, other.lostWindows, other.lostWindowsWithoutCount
    )
    (records, skippedRecords) = (other.records, other.skippedRecords)
    (problems, furtherProblems) = (other.problems, other.furtherProblems)
  }

  @inline(__always)
  func append(_ event: Event) {
    if count >= capacity { grow() }
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
    if count >= capacity { grow() }
    return events + count
  }

  /// Takes in the event that was made where `room` said.
  @inline(__always)
  func appendRoom() { count &+= 1 }

  /// Room for so many events behind those that it has; they count once `take` has said so. Only for batches that may grow
  /// without end.
  func makeRoom(_ number: Int) -> UnsafeMutablePointer<Event> {
    while count + number > capacity { enlarge(to: 2 * capacity) }
    return events + count
  }

  /// Counts events that have been put where `makeRoom` said.
  func take(_ number: Int) { count += number }

  /// Makes room behind the events for further ones: for `most` if there is memory for so many.
  ///
  /// - Returns: for how many; 0 if it is full.
  func room(for most: Int) -> Int {
    if count >= capacity { grow() }
    return isFull ? 0 : min(most, capacity &- count)
  }

  /// Counts so many events, one of each record, that have been put behind those that there were; at least one.
  func take(_ number: Int, from first: UInt64, to last: UInt64) {
    if number > 1 { owners.note(count &+ number &- 2) }
    count &+= number
    owners.note(count &- 1)
    records &+= UInt64(number)
    (firstTime, lastTime) = (first, last)
  }

  /// Forgets the events for which there was no room.
  ///
  /// - Returns: whether there were any.
  func dropUnkept() -> Bool {
    guard let kept else { return false }
    dropEvents(from: kept)
    dropOverflow()
    return true
  }

  private func dropOverflow() {
    overflow?.deallocate()
    memory?.giveBack(EventBatch.bytes(segments: overflowCapacity))
    (overflow, overflowCapacity) = (nil, 0)
  }

  /// Where the arrays of a record go that is not kept. They need not stay.
  private func overflowingSegments(_ number: Int) -> UnsafeMutablePointer<UInt64> {
    if let overflow, number <= overflowCapacity { return overflow }
    dropOverflow()
    overflowCapacity = max(number, 1 << 15)
    memory?.takeAnyway(EventBatch.bytes(segments: overflowCapacity))
    let storage = UnsafeMutablePointer<UInt64>.allocate(capacity: overflowCapacity)
    overflow = storage
    return storage
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
    if kept == nil {
      let larger = min(2 * capacity, max(usualCount, capacity + capacity / 2))
      if enlarge(to: larger) { return }
      kept = count
    }
    count = capacity
  }

  @discardableResult
  private func enlarge(to larger: Int) -> Bool {
    if let memory, !memory.take(EventBatch.bytes(events: larger)) { return false }
    let storage = EventBatch.storage(larger)
    storage.moveInitialize(from: events, count: count)
    events.deallocate()
    memory?.giveBack(EventBatch.bytes(events: capacity))
    (events, capacity) = (storage, larger)
    return true
  }

  /// Room for so many numbers, at the end of the segments; the pointer holds until the next call.
  @inline(__always)
  func reserveSegments(_ number: Int) -> UnsafeMutablePointer<UInt64> {
    if segmentCount + number > segmentCapacity, !growSegments(to: segmentCount + number) {
      return overflowingSegments(number)
    }
    defer { segmentCount += number }
    return segments + segmentCount
  }

  /// Takes back the numbers from a place on.
  func dropSegments(from start: Int) { segmentCount = min(segmentCount, start) }

  private func growSegments(to needed: Int) -> Bool {
    if kept != nil { return false }
    var larger = segmentCapacity
    while larger < needed { larger *= 2 }
    if let memory, !memory.take(EventBatch.bytes(segments: larger)) {
      kept = count
      return false
    }
    let storage = UnsafeMutablePointer<UInt64>.allocate(capacity: larger)
    storage.update(from: segments, count: segmentCount)
    segments.deallocate()
    memory?.giveBack(EventBatch.bytes(segments: segmentCapacity))
    (segments, segmentCapacity) = (storage, larger)
    return true
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
