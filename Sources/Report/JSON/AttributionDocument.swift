import DMAModel
import Replay

extension Operation {
  /// The operation's name in JSON.
  var key: String {
    switch self {
    case .map: "map"
    case .unmap: "unmap"
    case .syncForCPU: "syncForCPU"
    case .syncForDevice: "syncForDevice"
    case .allocate: "allocate"
    }
  }
}

/// Maintenance without its operation: calls into the architecture, and the lines and bytes that they cover.
struct CoverDocument: Encodable {
  var calls: UInt64
  var lines: UInt64
  var bytes: UInt64
  var unsizedCalls: UInt64

  init(_ sum: Maintenance) {
    (calls, lines, bytes, unsizedCalls) = (sum.calls, sum.lines, sum.bytes, sum.unsizedCalls)
  }
}

struct CallSiteDocument: Encodable {
  var caller: String
  /// Innermost first.
  var frames: [String]
  var device: String
  /// `map`, `unmap`, `syncForCPU`, `syncForDevice` or `allocate`.
  var operation: String
  var apiCalls: UInt64
  var maintenance: CoverDocument
  var cleaned: LinesDocument
  var invalidated: InvalidatedDocument
  var prepared: PreparedDocument
  var bouncedBytes: UInt64
  var estimateNs: EstimateDocument

  init(_ site: CallSiteProfile) {
    (caller, frames, device) = (site.caller, site.frames, site.device)
    operation = site.operation.key
    apiCalls = site.apiCalls
    maintenance = CoverDocument(site.maintenance)
    let work = WorkDocument(site.work)
    (cleaned, invalidated, prepared) = (work.cleaned, work.invalidated, work.prepared)
    bouncedBytes = site.bouncedBytes
    estimateNs = EstimateDocument(site.estimate)
  }
}

/// One device × call × direction.
struct OperationDocument: Encodable {
  var device: String
  var operation: String
  var direction: String
  var apiCalls: UInt64
  var maintenance: CoverDocument
  var cleaned: LinesDocument
  var invalidated: InvalidatedDocument
  var prepared: PreparedDocument
  var bouncedBytes: UInt64
  var estimateNs: EstimateDocument

  init(_ row: OperationProfile) {
    device = row.device
    operation = row.operation.key
    direction = row.direction.name
    apiCalls = row.apiCalls
    maintenance = CoverDocument(row.maintenance)
    let work = WorkDocument(row.work)
    (cleaned, invalidated, prepared) = (work.cleaned, work.invalidated, work.prepared)
    bouncedBytes = row.bouncedBytes
    estimateNs = EstimateDocument(row.estimate)
  }
}

struct TaskDocument: Encodable {
  var name: String
  var pids: [Int32]
  var apiCalls: UInt64
  var calls: UInt64
  var cleaned: LinesDocument
  var invalidated: InvalidatedDocument
  var prepared: PreparedDocument
  var bouncedBytes: UInt64
  var estimateNs: EstimateDocument

  init(_ task: TaskProfile) {
    (name, pids, apiCalls) = (task.name, task.pids, task.apiCalls)
    let work = WorkDocument(task.work)
    calls = work.calls
    (cleaned, invalidated, prepared) = (work.cleaned, work.invalidated, work.prepared)
    bouncedBytes = task.bouncedBytes
    estimateNs = EstimateDocument(task.estimate)
  }
}
