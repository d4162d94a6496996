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
  private(set) var steps = MaintenanceSteps()
  private var lasts: [Last] = []
  private var next: [Int] = []
  /// Tasks that a prepare pass was made for since their last allocation; few at any time.
  private var prepared: Set<Int32> = []
  /// Calls of each step recorded, those that a filter leaves out included.
  private(set) var seen: UInt64 = 0

  /// - Parameter call: what the platform makes of the event.
  mutating func add(
    _ event: UnsafePointer<Event>, _ step: MaintenanceStep, _ call: Maintenance, counts: Bool
  ) {
    steps.insert(step)
    seen &+= 1
    if counts { sums[step, step == .prepare ? .bidirectional : event.pointee.direction] += call }
    let (cpu, pid) = (Int(event.pointee.cpu), event.pointee.pid)
    guard step != .prepare else {
      if prepared.count < MaintenanceRecord.cpuLimit { prepared.insert(pid) }
      return
    }
    guard cpu < MaintenanceRecord.cpuLimit else { return }
    if cpu >= next.count { makeRoom(cpu) }
    lasts[cpu * MaintenanceRecord.depth + next[cpu]] = Last(
      address: event.pointee.physicalAddress, size: event.pointee.size, pid: pid, step: step)
    next[cpu] = (next[cpu] + 1) % MaintenanceRecord.depth
  }

  private mutating func makeRoom(_ cpu: Int) {
    while next.count <= cpu {
      next.append(0)
      lasts.append(contentsOf: repeatElement(Last(), count: MaintenanceRecord.depth))
    }
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
