import DMAModel

/// Calls that were recorded at their entry and wait for their return, by task.
struct PendingCalls {
  private struct Key: Hashable {
    var pid: Int32
    var call: Call
  }

  /// The most that wait; a call beyond is left out.
  private static let limit = 1 << 12
  private var entries: [Key: Event] = [:]

  mutating func begin(_ event: Event) {
    if entries.count < PendingCalls.limit { entries[Key(pid: event.pid, call: event.call)] = event }
  }

  /// Whether the entry of this return waits.
  func holds(_ event: Event) -> Bool { entries[Key(pid: event.pid, call: event.call)] != nil }

  /// The whole call, from its return and, where that was recorded, its entry: what the return says counts, what it
  /// lacks is the entry's.
  mutating func complete(_ event: Event) -> Event {
    guard let entry = entries.removeValue(forKey: Key(pid: event.pid, call: event.call)) else { return event }
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
    if whole.physicalCount == 0, whole.busCount == 0 {
      // The entry's arrays lie in a batch that is gone; only their number is left.
      whole.nents = max(whole.nents, Int32(entry.physicalCount))
    }
    return whole
  }
}
