/// Which calls count. The state is always replayed in full; a filter never changes what is mapped, only what is
/// reported of it.
public struct Filter: Sendable {
  /// Globs; empty for all devices.
  public var devices: [String]
  /// Nanoseconds on the recording's clock, both included; nil for no bound.
  public var from: UInt64?
  public var to: UInt64?
  /// nil for all CPUs.
  public var cpus: Set<Int>?
  /// Task names (globs) or process ids; empty for all tasks.
  public var tasks: [String]

  public init(
    devices: [String] = [], from: UInt64? = nil, to: UInt64? = nil, cpus: Set<Int>? = nil,
    tasks: [String] = []
  ) {
    self.devices = devices
    self.from = from
    self.to = to
    self.cpus = cpus
    self.tasks = tasks
  }

  public var isEmpty: Bool { devices.isEmpty && !restrictsEvents }

  /// Whether some events of a selected device may not count.
  var restrictsEvents: Bool { from != nil || to != nil || cpus != nil || !tasks.isEmpty }

  func selects(device name: String) -> Bool { devices.isEmpty || devices.contains { Glob($0).matches(name) } }

  /// Whether calls of a task count.
  ///
  /// - Parameter name: nil if it is not known.
  public func selects(task pid: Int32, named name: String?) -> Bool {
    tasks.isEmpty
      || tasks.contains { task in
        if let number = Int32(task) { return number == pid }
        return name.map { Glob(task).matches($0) } ?? false
      }
  }

  /// For people: `device 0000:00:05.0, from 13.400000000 s`.
  public var description: String {
    var parts: [String] = []
    if !devices.isEmpty { parts.append("device " + devices.joined(separator: ", ")) }
    if let from { parts.append("from \(Filter.seconds(from))") }
    if let to { parts.append("to \(Filter.seconds(to))") }
    if let cpus { parts.append("CPU " + cpus.sorted().map(String.init).joined(separator: ", ")) }
    if !tasks.isEmpty { parts.append("task " + tasks.joined(separator: ", ")) }
    return parts.joined(separator: "; ")
  }

  private static func seconds(_ nanoseconds: UInt64) -> String {
    let fraction = String(nanoseconds % 1_000_000_000)
    return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 9 - fraction.count) + fraction
      + " s"
  }
}

/// A filter made ready for millions of events: what a task's answer was is remembered.
public struct EventFilter: Sendable {
  private let filter: Filter
  private let taskNames: [Int32: String]
  private let isOpen: Bool
  private let (from, to): (UInt64, UInt64)
  /// By the CPU's number, as far as some count; nil if all do.
  private let cpus: [Bool]?
  private let isByTask: Bool
  private var verdicts: [Int32: Bool] = [:]
  private var last: (pid: Int32, verdict: Bool)?

  public init(_ filter: Filter, taskNames: [Int32: String]) {
    self.filter = filter
    self.taskNames = taskNames
    isOpen = !filter.restrictsEvents
    (from, to) = (filter.from ?? 0, filter.to ?? .max)
    cpus = filter.cpus.map { wanted in
      let highest = wanted.filter { 0...Int(UInt16.max) ~= $0 }.max() ?? -1
      return (0..<highest + 1).map(wanted.contains)
    }
    isByTask = !filter.tasks.isEmpty
  }

  @inline(__always)
  public mutating func counts(time: UInt64, cpu: UInt16, pid: Int32) -> Bool {
    isOpen || decides(time, cpu, pid)
  }

  private mutating func decides(_ time: UInt64, _ cpu: UInt16, _ pid: Int32) -> Bool {
    if time < from || time > to { return false }
    if let cpus, Int(cpu) >= cpus.count || !cpus[Int(cpu)] { return false }
    return !isByTask || selects(pid)
  }

  private mutating func selects(_ pid: Int32) -> Bool {
    if let last, last.pid == pid { return last.verdict }
    let verdict = verdicts[pid] ?? filter.selects(task: pid, named: pid == 0 ? "<idle>" : taskNames[pid])
    if verdicts.count < 1 << 16 { verdicts[pid] = verdict }
    last = (pid, verdict)
    return verdict
  }
}
