import DMAModel

/// Calls that were recorded at their entry and wait for their return, by task.
struct PendingCalls {
  private struct Key: Hashable {
    var pid: Int32
    var call: Call
    /// Each CPU has an idle task of its own, all of them with the process id 0.
    var cpu: UInt16

    init(_ event: Event) { (pid, call, cpu) = (event.pid, event.call, event.pid == 0 ? event.cpu : 0) }
  }

  private struct Entry {
    var event: Event
    /// The physical addresses of a scatterlist, whose place among the segments is gone by the time of the return.
    var physicalAddresses: [UInt64]
    /// How deep in interrupts the call was made.
    var depth: Int { event.context.depth }
  }

  /// The most that wait; a call beyond is left out.
  private static let limit = 1 << 12
  /// Of each task and call the one that waits, and those of interrupts that came in between, outermost first.
  private var entries: [Key: [Entry]] = [:]

  mutating func begin(_ event: Event, physicalAddresses: [UInt64] = []) {
    let key = Key(event)
    var waiting = entries[key] ?? []
    guard !waiting.isEmpty || entries.count < PendingCalls.limit else { return }
    // What waits at the same depth or further in has not been seen to return.
    waiting.removeAll { $0.depth >= event.context.depth }
    waiting.append(Entry(event: event, physicalAddresses: physicalAddresses))
    entries[key] = waiting
  }

  /// Whether the entry of this return waits.
  func holds(_ event: Event) -> Bool { entries[Key(event)] != nil }

  /// The whole call, from its return and, where that was recorded, its entry: what the return says counts, what it
  /// lacks is the entry's.
  ///
  /// - Parameter physicalAddresses: those of a scatterlist, if the entry had them.
  mutating func complete(_ event: Event, _ physicalAddresses: inout [UInt64]) -> Event {
    guard let found = take(event) else { return event }
    let entry = found.event
    var whole = event
    if whole.device == 0 { whole.device = entry.device }
    if whole.name == 0 { whole.name = entry.name }
    if whole.size == 0 { whole.size = entry.size }
    if whole.value == 0 { whole.value = entry.value }
    if whole.direction == .none { whole.direction = entry.direction }
    if whole.attributes.isEmpty { whole.attributes = entry.attributes }
    if whole.allocation.isEmpty { whole.allocation = entry.allocation }
    if whole.nents == 0 { whole.nents = entry.nents }
    if whole.stack == 0 { whole.stack = entry.stack }
    if !whole.flags.contains(.hasPhysicalAddress), entry.flags.contains(.hasPhysicalAddress) {
      whole.physicalAddress = entry.physicalAddress
      whole.flags.insert(.hasPhysicalAddress)
    }
    if !whole.flags.contains(.hasAddress), entry.flags.contains(.hasAddress) {
      whole.address = entry.address
      whole.flags.insert(.hasAddress)
    }
    physicalAddresses = found.physicalAddresses
    return whole
  }

  mutating func complete(_ event: Event) -> Event {
    var physicalAddresses: [UInt64] = []
    return complete(event, &physicalAddresses)
  }

  /// Takes out the call that returns: that of the same depth, else the innermost.
  private mutating func take(_ event: Event) -> Entry? {
    let key = Key(event)
    guard var waiting = entries.removeValue(forKey: key), !waiting.isEmpty else { return nil }
    let place = waiting.lastIndex { $0.depth == event.context.depth } ?? waiting.count - 1
    let entry = waiting.remove(at: place)
    if !waiting.isEmpty { entries[key] = waiting }
    return entry
  }
}

extension Event.Context {
  /// How deep in interrupts: a call further in is over before one further out goes on.
  fileprivate var depth: Int {
    if contains(.nmi) { return 3 }
    if contains(.hardIRQ) { return 2 }
    return contains(.softIRQ) ? 1 : 0
  }
}
