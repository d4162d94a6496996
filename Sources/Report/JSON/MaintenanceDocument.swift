import DMAModel
import Replay

/// A value for each direction that memory can be mapped with, under the kernel's names.
struct ByDirection<Value: Encodable>: Encodable {
  var toDevice: Value
  var fromDevice: Value
  var bidirectional: Value

  enum CodingKeys: String, CodingKey {
    case toDevice = "TO_DEVICE"
    case fromDevice = "FROM_DEVICE"
    case bidirectional = "BIDIRECTIONAL"
  }

  init(_ value: (Direction) -> Value) {
    toDevice = value(.toDevice)
    fromDevice = value(.fromDevice)
    bidirectional = value(.bidirectional)
  }
}

/// What the kernel was asked to maintain: `lines` are those that the calls cover, also where `operation` is `none`.
struct MaintenanceDocument: Encodable {
  var calls: UInt64
  var lines: UInt64
  var bytes: UInt64
  /// Calls among `calls` whose lines and bytes the event does not tell.
  var unsizedCalls: UInt64
  /// `clean`, `invalidate`, `cleanInvalidate` or `none`; null where the architecture is not known.
  @OrNull var operation: String?

  init(_ sum: Maintenance, operation: String?) {
    (calls, lines, bytes, unsizedCalls) = (sum.calls, sum.lines, sum.bytes, sum.unsizedCalls)
    self.operation = operation
  }
}

struct MaintenanceTableDocument: Encodable {
  var forDevice: ByDirection<MaintenanceDocument>
  var forCPU: ByDirection<MaintenanceDocument>
  /// Passes over new coherent memory: all under `BIDIRECTIONAL`.
  var prepare: ByDirection<MaintenanceDocument>

  /// `coherent`: nothing is done whatever the architecture could do.
  init(_ table: MaintenanceTable, platform: PlatformUse, coherent: Bool) {
    func row(_ step: MaintenanceStep) -> ByDirection<MaintenanceDocument> {
      ByDirection { direction in
        let operations = platform.operations[step]
        let named = operations?[direction] ?? operations?[.bidirectional]
        return MaintenanceDocument(table[step, direction], operation: coherent ? "none" : named)
      }
    }
    (forDevice, forCPU, prepare) = (row(.forDevice), row(.forCPU), row(.prepare))
  }
}

/// The kernel's own record; a step that was not recorded is null. The differences are model less record.
struct MeasuredDocument: Encodable {
  @OrNull var forDevice: ByDirection<Sum>?
  @OrNull var forCPU: ByDirection<Sum>?
  @OrNull var prepare: ByDirection<Sum>?
  var callDifference: Int64
  var lineDifference: Int64
  var prepareLineDifference: Int64

  struct Sum: Encodable {
    var calls: UInt64
    var lines: UInt64
    var bytes: UInt64

    init(_ sum: Maintenance) { (calls, lines, bytes) = (sum.calls, sum.lines, sum.bytes) }
  }

  init(_ measured: Measured) {
    func row(_ step: MaintenanceStep) -> ByDirection<Sum>? {
      guard measured.recordedSteps.contains(step) else { return nil }
      return ByDirection { Sum(measured.maintenance[step, $0]) }
    }
    (forDevice, forCPU, prepare) = (row(.forDevice), row(.forCPU), row(.prepare))
    callDifference = measured.callDifference
    lineDifference = measured.lineDifference
    prepareLineDifference = measured.prepareLineDifference
  }
}

/// Cache lines and bytes of one kind of work.
struct LinesDocument: Encodable {
  var lines: UInt64
  var bytes: UInt64
}

/// Lines that were dropped from the cache.
struct InvalidatedDocument: Encodable {
  var lines: UInt64
  var bytes: UInt64
  /// Lines among them that the same operation cleaned, and that `cleaned` counts too.
  var cleanedToo: UInt64
  /// Lines among them that were written back though `cleaned` does not count them: calls covered them only in part.
  var partialWrittenBack: UInt64
}

/// What the architecture really did. Where an operation does both, its lines are under both.
struct WorkDocument: Encodable {
  var calls: UInt64
  var cleaned: LinesDocument
  var invalidated: InvalidatedDocument
  var prepared: PreparedDocument
  /// Cache instructions, prepare passes left out.
  var instructions: UInt64

  init(_ work: CacheWork) {
    calls = work.calls
    cleaned = LinesDocument(lines: work.cleanedLines, bytes: work.cleanedBytes)
    invalidated = InvalidatedDocument(
      lines: work.invalidatedLines, bytes: work.invalidatedBytes,
      cleanedToo: work.cleanedAndInvalidatedLines, partialWrittenBack: work.savedLines)
    instructions = work.instructions
    prepared = PreparedDocument(work)
  }
}

/// Passes over new coherent memory.
struct PreparedDocument: Encodable {
  var calls: UInt64
  var lines: UInt64
  var bytes: UInt64

  init(_ work: CacheWork) {
    (calls, lines, bytes) = (work.prepareCalls, work.preparedLines, work.preparedBytes)
  }
}

/// Nanoseconds with their uncertainty.
struct EstimateDocument: Encodable {
  @OrNull var low: Double?
  @OrNull var mid: Double?
  @OrNull var high: Double?

  init(_ estimate: Estimate) {
    (low, mid, high) = (estimate.low.finite, estimate.mid.finite, estimate.high.finite)
  }
}

/// The estimate for each mapping and MiB mapped, in nanoseconds, and the part of the maintained bytes that is rounding to
/// whole lines, 0 ... 1; null where there was none.
struct UnitCostsDocument: Encodable {
  @OrNull var perMappingNs: EstimateDocument?
  @OrNull var perMiBNs: EstimateDocument?
  @OrNull var roundingShare: Double?

  init(_ costs: some CostBearing, _ platform: PlatformUse) {
    perMappingNs = costs.estimatePerMapping.map(EstimateDocument.init)
    perMiBNs = costs.estimatePerMiB.map(EstimateDocument.init)
    roundingShare = costs.roundingShare(cacheLine: platform.cacheLine)
  }
}

struct MeasuredTimeDocument: Encodable {
  var calls: UInt64
  var totalNs: UInt64
  /// Of one call; null where no calls tell.
  @OrNull var recordingNs: Double?
  /// Without what recording took; null where that is not known.
  @OrNull var netNs: UInt64?
  @OrNull var forDevice: Sum?
  @OrNull var forCPU: Sum?
  @OrNull var prepare: Sum?

  struct Sum: Encodable {
    var calls: UInt64
    var totalNs: UInt64

    init(_ sum: DurationSum) { (calls, totalNs) = (sum.calls, sum.nanoseconds) }
  }

  init(_ time: MeasuredTime) {
    (calls, totalNs) = (time.calls, time.nanoseconds)
    recordingNs = time.overhead
    netNs = time.net
    forDevice = time.sums[.forDevice].map(Sum.init)
    forCPU = time.sums[.forCPU].map(Sum.init)
    prepare = time.sums[.prepare].map(Sum.init)
  }
}
