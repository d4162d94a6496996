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
    var step = MaintenanceStep.prepare
    var pid: Int32 = 0
    var time: UInt64 = 0
    var operation = Architecture.Operation.none
    var lines: UInt64 = 0
  }

  /// The calls of a CPU that have not returned, the last few of them: where no returns are recorded, all stay open.
  private struct OpenCalls {
    private static let depth = 8
    private var calls: InlineArray<8, Open> = .init(repeating: Open())
    private var first = 0
    private var count = 0

    mutating func append(_ call: Open) {
      if count == OpenCalls.depth { first += 1 } else { count += 1 }
      calls[(first + count - 1) % OpenCalls.depth] = call
    }

    /// Takes out the last call of a step by a task, and those after it: they did not end, or not all of it was recorded.
    mutating func takeLast(_ step: MaintenanceStep, pid: Int32) -> Open? {
      var left = count
      while left > 0 {
        let call = calls[(first + left - 1) % OpenCalls.depth]
        left -= 1
        if call.step == step, call.pid == pid {
          count = left
          return call
        }
      }
      return nil
    }
  }

  private static let cpuLimit = 4096
  private static let sampleLimit = 1 << 17
  private var open: [OpenCalls] = []
  private var entered = MaintenanceSteps()
  private var sumsByStep: InlineArray<3, DurationSum> = .init(repeating: DurationSum())
  private(set) var samples: [DurationSample] = []
  /// Past the limit only every so many of the samples are kept, spread evenly over the recording.
  private var stride = 1
  private var skipped = 0

  /// Of the steps that have any.
  private var sums: [MaintenanceStep: DurationSum] {
    var result: [MaintenanceStep: DurationSum] = [:]
    for step in MaintenanceStep.allCases where sumsByStep[Int(step.rawValue)].calls > 0 {
      result[step] = sumsByStep[Int(step.rawValue)]
    }
    return result
  }

  /// Nil if there is not one.
  var measuredTime: MeasuredTime? {
    let sums = sums
    guard !sums.isEmpty else { return nil }
    var time = MeasuredTime()
    (time.sums, time.samples) = (sums, samples)
    time.overhead = Calibration.overhead(samples)?.mid
    return time
  }

  /// - Parameters:
  ///   - operation: what the architecture does to each of the `lines`.
  mutating func begin(
    _ event: UnsafePointer<Event>, _ step: MaintenanceStep, _ operation: Architecture.Operation,
    lines: UInt64
  ) {
    let cpu = Int(event.pointee.cpu)
    guard cpu < DurationRecord.cpuLimit else { return }
    entered.insert(step)
    while open.count <= cpu { open.append(OpenCalls()) }
    open[cpu].append(
      Open(
        step: step, pid: event.pointee.pid, time: event.pointee.time, operation: operation, lines: lines))
  }

  mutating func end(_ event: Event, _ step: MaintenanceStep, counts: Bool) {
    let cpu = Int(event.cpu)
    guard cpu < open.count, let call = open[cpu].takeLast(step, pid: event.pid) else {
      // The function graph alone: no entry says how much there was to do.
      if counts, event.value > 0, !entered.contains(step) { add(event.value, step) }
      return
    }
    guard counts, event.value > 0 || event.time >= call.time else { return }
    let nanoseconds = event.value > 0 ? event.value : event.time &- call.time
    add(nanoseconds, step)
    keep(
      DurationSample(
        step: step, operation: call.operation, lines: call.lines, nanoseconds: nanoseconds))
  }

  private mutating func add(_ nanoseconds: UInt64, _ step: MaintenanceStep) {
    sumsByStep[Int(step.rawValue)].calls &+= 1
    sumsByStep[Int(step.rawValue)].nanoseconds &+= nanoseconds
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
    if Int(cpu) < open.count { open[Int(cpu)] = OpenCalls() }
  }
}
