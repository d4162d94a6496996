import DMAModel

/// The kernel's own maintenance calls, where they were recorded: their sums, and the last of each CPU, which show
/// whether a device's calls are followed by any.
struct MaintenanceRecord {
  private struct Last {
    var address: UInt64 = 0
    var size: UInt64 = 0
    var pid: Int32 = 0
    var step = MaintenanceStep.prepare
  }

  private static let depth = 16
  private static let cpuLimit = 4096
  private(set) var sums = MaintenanceTable()
  private(set) var steps: Set<MaintenanceStep> = []
  private var lasts: [Last] = []
  private var next: [Int] = []
  /// Tasks that a prepare pass was made for since their last allocation; few at any time.
  private var prepared: Set<Int32> = []
  /// Calls of each step recorded, those that a filter leaves out included.
  private(set) var seen: UInt64 = 0

  mutating func add(_ event: Event, _ step: MaintenanceStep, _ platform: Platform, counts: Bool) {
    steps.insert(step)
    seen &+= 1
    let direction = step == .prepare ? .bidirectional : event.direction
    if counts {
      sums[step, direction] += platform.maintenance(event.physicalAddress, event.size)
    }
    if step == .prepare, prepared.count < MaintenanceRecord.cpuLimit { prepared.insert(event.pid) }
    guard step != .prepare, Int(event.cpu) < MaintenanceRecord.cpuLimit else { return }
    while next.count <= Int(event.cpu) {
      next.append(0)
      lasts.append(contentsOf: repeatElement(Last(), count: MaintenanceRecord.depth))
    }
    let slot = Int(event.cpu) * MaintenanceRecord.depth + next[Int(event.cpu)]
    lasts[slot] = Last(address: event.physicalAddress, size: event.size, pid: event.pid, step: step)
    next[Int(event.cpu)] = (next[Int(event.cpu)] + 1) % MaintenanceRecord.depth
  }

  /// Whether a prepare pass preceded this allocation by the same task; it is used up by that.
  mutating func takePreparation(_ event: Event) -> Bool { prepared.remove(event.pid) != nil }

  /// Whether one of the last maintenance calls on the event's CPU was for this memory; it is used up by that.
  ///
  /// - Parameter isTranslated: whether the device's bus addresses may differ from physical ones.
  mutating func take(_ event: Event, _ step: MaintenanceStep, isTranslated: Bool) -> Bool {
    // Behind an IOMMU only the place within the page is the same.
    let same: UInt64 = isTranslated ? 0xfff : .max
    guard Int(event.cpu) < next.count else { return false }
    let start = Int(event.cpu) * MaintenanceRecord.depth
    for slot in start..<start + MaintenanceRecord.depth
    where lasts[slot].step == step && lasts[slot].size == event.size && lasts[slot].pid == event.pid
      && (lasts[slot].address ^ event.address) & same == 0
    {
      lasts[slot].step = .prepare
      return true
    }
    return false
  }
}
