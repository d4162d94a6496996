import DMAModel
import Replay

/// Which events a listing shows.
public struct EventSelection {
  private let filter: Filter
  private var others: EventFilter
  private let taskName: (Int32) -> String?
  /// The names that tasks were last seen by, and the answers.
  private var selectedTasks: [Int32: (name: String?, isSelected: Bool)] = [:]
  private let calls: [Glob]
  private let directions: Set<Direction>
  private let addresses: [ClosedRange<UInt64>]
  private let moments: Set<Moment>?
  private var selectedDevices: [DeviceID: Bool] = [:]

  /// Nanoseconds on the recording's clock, and a CPU: where one call was made.
  public struct Moment: Hashable, Sendable {
    var time: UInt64
    var cpu: Int
    public init(time: UInt64, cpu: Int) { (self.time, self.cpu) = (time, cpu) }
  }

  /// - Parameters:
  ///   - taskName: the name of a task, asked for at its events; nil where none is known.
  ///   - calls: globs for the names of calls as listings show them, `dma_map_*`; empty for all.
  ///   - directions: empty for all.
  ///   - addresses: bus or physical addresses; an event that touches one of the ranges is shown. Empty for all.
  ///   - moments: nil for all.
  public init(
    _ filter: Filter, taskName: @escaping (Int32) -> String?, calls: [String] = [],
    directions: Set<Direction> = [],
    addresses: [ClosedRange<UInt64>] = [], moments: Set<Moment>? = nil
  ) {
    (self.filter, self.taskName, self.moments) = (filter, taskName, moments)
    var rest = filter
    rest.tasks = []
    others = EventFilter(rest, taskNames: [:])
    (self.calls, self.directions, self.addresses) = (calls.map(Glob.init), directions, addresses)
  }

  public mutating func includes(_ event: Event, _ segments: Span<UInt64>, _ names: NameTable) -> Bool {
    guard others.counts(time: event.time, cpu: event.cpu, pid: event.pid) else { return false }
    if !filter.tasks.isEmpty, !includes(task: event.pid) { return false }
    if let moments, !moments.contains(Moment(time: event.time, cpu: Int(event.cpu))) { return false }
    if !filter.devices.isEmpty, !includes(event.device, names) { return false }
    if !directions.isEmpty, !directions.contains(event.direction) { return false }
    if !calls.isEmpty {
      let name = CallForm.of(event.call).name
      guard calls.contains(where: { $0.matches(name) || $0.matches(name + "__return") }) else { return false }
    }
    return addresses.isEmpty || addresses.contains { touches($0, event, segments) }
  }

  private mutating func includes(_ device: DeviceID, _ names: NameTable) -> Bool {
    if device == 0 { return false }
    if let known = selectedDevices[device] { return known }
    let name = names[device]
    let verdict = filter.devices.contains { Glob($0).matches(name) }
    selectedDevices[device] = verdict
    return verdict
  }

  /// A task may get another name.
  private mutating func includes(task pid: Int32) -> Bool {
    let name = pid == 0 ? "<idle>" : taskName(pid)
    if let known = selectedTasks[pid], known.name == name { return known.isSelected }
    let verdict = filter.selects(task: pid, named: name)
    if selectedTasks.count < 1 << 16 { selectedTasks[pid] = (name, verdict) }
    return verdict
  }

  private func touches(_ range: ClosedRange<UInt64>, _ event: Event, _ segments: Span<UInt64>) -> Bool {
    func covers(_ start: UInt64, _ size: UInt64) -> Bool {
      let (end, overflow) = start.addingReportingOverflow(size == 0 ? 0 : size - 1)
      return start <= range.upperBound && (overflow ? .max : end) >= range.lowerBound
    }
    if event.flags.contains(.hasAddress), covers(event.address, event.size) { return true }
    if event.flags.contains(.hasPhysicalAddress), covers(event.physicalAddress, event.size) { return true }
    let (start, physical, bus) = (Int(event.segments), Int(event.physicalCount), Int(event.busCount))
    guard physical + bus > 0, start >= 0, start + physical + 2 * bus <= segments.count else { return false }
    for index in 0..<bus {
      let length = segments[start + physical + bus + index]
      if covers(segments[start + physical + index], length) { return true }
      if physical == bus, covers(segments[start + index], length) { return true }
    }
    return physical != bus && (0..<physical).contains { covers(segments[start + $0], 1) }
  }
}
