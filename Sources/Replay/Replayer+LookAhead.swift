import CPrefetch
import DMAModel

// Tables of live mappings and of buffers outgrow the processor's caches, and each look into them would wait for memory.
// So events are looked at twice: first to ask for all the memory that they will need, which arrives while others
// are replayed, then to replay them. Nothing here changes what is replayed.

/// A single map or unmap that is to be replayed soon: what finds it in the tables.
struct Upcoming {
  /// The device's place; below 0 if it has none yet.
  var device = -1
  /// Of the page that it begins in.
  var hash = 0
  /// Of the buffer that is mapped.
  var print: UInt64 = 0
}

/// The next events, by their number within a run.
struct UpcomingEvents: ~Copyable {
  /// A power of two, larger than any distance.
  static let count = 16
  private let ring: UnsafeMutablePointer<Upcoming>

  init() {
    ring = .allocateForTable(capacity: UpcomingEvents.count)
    ring.initialize(repeating: Upcoming(), count: UpcomingEvents.count)
  }

  deinit { ring.deallocate() }

  subscript(number: Int) -> UnsafeMutablePointer<Upcoming> {
    @inline(__always) get { ring + (number & (UpcomingEvents.count &- 1)) }
  }
}

extension Replayer {
  /// How many events before its turn the slot of one is asked for, and then, in tables far beyond the caches, the entry
  /// that the slot names.
  private static let slotDistance = 8
  private static let placeDistance = 4

  /// Hands out events one by one, until `body` returns false.
  @inline(__always)
  mutating func look(
    at first: UnsafePointer<Event>, _ count: Int,
    _ body: (inout Replayer, UnsafePointer<Event>, UnsafePointer<Upcoming>) -> Bool
  ) -> Bool {
    for number in 0..<min(Replayer.slotDistance, count) { prepare(first + number, number) }
    let asksForPlaces = mappings.outgrowsCache
    for number in 0..<count {
      if number &+ Replayer.slotDistance < count {
        prepare(first + (number &+ Replayer.slotDistance), number &+ Replayer.slotDistance)
      }
      if asksForPlaces, number &+ Replayer.placeDistance < count {
        mappings.prefetchPlace(upcoming[number &+ Replayer.placeDistance])
      }
      if !body(&self, first + number, upcoming[number]) { return false }
    }
    return true
  }

  /// Finds out what an event will need, and asks for what it needs first.
  @inline(__always)
  private func prepare(_ event: UnsafePointer<Event>, _ number: Int) {
    let entry = upcoming[number]
    guard event.pointee.call == .mapPage || event.pointee.call == .unmapPage,
      let device = devices.knownPlace(event.pointee.device)
    else {
      entry.pointee.device = -1
      return
    }
    prepare(event, device, entry)
    mappings.prefetchSlot(entry)
    if event.pointee.call == .mapPage { avoidable.buffers.prefetch(entry.pointee.print) }
  }

  @inline(__always)
  func prepare(_ event: UnsafePointer<Event>, _ device: Int, _ entry: UnsafeMutablePointer<Upcoming>) {
    entry.pointee.device = device
    entry.pointee.hash = MappingTable.hash(
      MappingTable.key(UInt32(truncatingIfNeeded: device), event.pointee.address))
    guard event.pointee.call == .mapPage else { return }
    entry.pointee.print = BufferHistory.fingerprint(
      device, memory(event), event.pointee.size, event.pointee.direction)
  }
}

extension MappingTable {
  /// Whether its entries are much more than the processor has at hand: some hundred thousand.
  @inline(__always)
  var outgrowsCache: Bool { mask > 1 << 18 }

  @inline(__always)
  func prefetchSlot(_ event: UnsafePointer<Upcoming>) { prefetch_line(slots + (event.pointee.hash & mask)) }

  /// Asks for the first entry of a page's chain, where its slot is at hand.
  @inline(__always)
  func prefetchPlace(_ event: UnsafePointer<Upcoming>) {
    guard event.pointee.device >= 0 else { return }
    let head = slots[event.pointee.hash & mask].head
    if head != MappingTable.none { prefetch_line(places + Int(head)) }
  }
}

extension BufferHistory {
  /// Asks for the place of a buffer.
  @inline(__always)
  func prefetch(_ print: UInt64) { prefetch_line(places + (Int(truncatingIfNeeded: print >> 32) & mask)) }
}
