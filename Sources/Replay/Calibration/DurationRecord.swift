import DMAModel

/// How long one call of a maintenance function took, where its entry and its return were recorded.
public struct DurationSample: Sendable, Equatable {
  public var step: MaintenanceStep
  /// What the architecture did to each line.
  public var operation: Architecture.Operation
  public var lines: UInt64
  /// From the record at the entry to that at the return, or as the function graph has it: the time that recording
  /// takes is in it.
  public var nanoseconds: UInt64

  public init(
    step: MaintenanceStep, operation: Architecture.Operation, lines: UInt64, nanoseconds: UInt64
  ) {
    (self.step, self.operation, self.lines, self.nanoseconds) = (step, operation, lines, nanoseconds)
  }
}

/// Calls whose duration is known, and their time.
public struct DurationSum: Sendable, Equatable {
  public var calls: UInt64 = 0
  public var nanoseconds: UInt64 = 0
  public init() {}
}

/// How long the kernel's maintenance took, where the trace has durations. All of it includes what recording takes.
public struct MeasuredTime: Sendable {
  public var sums: [MaintenanceStep: DurationSum] = [:]
  /// Single calls; of a long recording evenly spread ones.
  public var samples: [DurationSample] = []
  /// Nanoseconds of a call that does nothing, the median: what recording takes. Nil where there are too few.
  public var overhead: Double?
  public init() {}

  public var calls: UInt64 { sums.values.reduce(0) { $0 &+ $1.calls } }
  public var nanoseconds: UInt64 { sums.values.reduce(0) { $0 &+ $1.nanoseconds } }
  /// Nanoseconds without what recording took; nil where that is not known.
  public var net: UInt64? {
    overhead.map { UInt64(max(0, Double(nanoseconds) - $0 * Double(calls))) }
  }
}

/// Pairs entries and returns of maintenance functions: the last entry of a step on a CPU by the same task, since an
/// interrupt may come in between, and returns before what it interrupted.
struct DurationRecord {
  private struct Open {
    var step: MaintenanceStep
    var pid: Int32
    var time: UInt64
    var operation: Architecture.Operation
    var lines: UInt64
  }

  private static let depth = 8
  private static let cpuLimit = 4096
  private static let sampleLimit = 1 << 17
  private var open: [[Open]] = []
  private var entered: Set<MaintenanceStep> = []
  private(set) var sums: [MaintenanceStep: DurationSum] = [:]
  private(set) var samples: [DurationSample] = []
  /// Past the limit only every so many of the samples are kept, spread evenly over the recording.
  private var stride = 1
  private var skipped = 0

  /// Nil if there is not one.
  var measuredTime: MeasuredTime? {
    guard !sums.isEmpty else { return nil }
    var time = MeasuredTime()
    (time.sums, time.samples) = (sums, samples)
    time.overhead = Calibration.overhead(samples)?.mid
    return time
  }

  mutating func begin(_ event: Event, _ step: MaintenanceStep, _ platform: Platform) {
    let cpu = Int(event.cpu)
    guard cpu < DurationRecord.cpuLimit else { return }
    entered.insert(step)
    while open.count <= cpu { open.append([]) }
    if open[cpu].count >= DurationRecord.depth { open[cpu].removeFirst() }
    let direction = step == .prepare ? .bidirectional : event.direction
    let address = step == .prepare ? 0 : event.physicalAddress
    open[cpu].append(
      Open(
        step: step, pid: event.pid, time: event.time,
        operation: platform.architecture.operation(step, direction),
        lines: platform.lines(address, event.size)))
  }

  mutating func end(_ event: Event, _ step: MaintenanceStep, counts: Bool) {
    let cpu = Int(event.cpu)
    guard cpu < open.count,
      let index = open[cpu].lastIndex(where: { $0.step == step && $0.pid == event.pid })
    else {
      // The function graph alone: no entry says how much there was to do.
      if counts, event.value > 0, !entered.contains(step) { add(event.value, step) }
      return
    }
    let call = open[cpu][index]
    // What began after it and did not end was not recorded whole.
    open[cpu].removeSubrange(index...)
    guard counts, event.value > 0 || event.time >= call.time else { return }
    let nanoseconds = event.value > 0 ? event.value : event.time &- call.time
    add(nanoseconds, step)
    keep(
      DurationSample(
        step: step, operation: call.operation, lines: call.lines, nanoseconds: nanoseconds))
  }

  private mutating func add(_ nanoseconds: UInt64, _ step: MaintenanceStep) {
    sums[step, default: DurationSum()].calls &+= 1
    sums[step, default: DurationSum()].nanoseconds &+= nanoseconds
  }

  private mutating func keep(_ sample: DurationSample) {
    skipped += 1
    guard skipped >= stride else { return }
    skipped = 0
    samples.append(sample)
    guard samples.count >= DurationRecord.sampleLimit else { return }
    samples = samples.indices.filter { $0 % 2 == 0 }.map { samples[$0] }
    stride *= 2
  }

  /// Records of a CPU are missing: a return that comes now may be that of another call.
  mutating func forget(_ cpu: UInt16) {
    if Int(cpu) < open.count { open[Int(cpu)] = [] }
  }
}
