import DMAModel
import Replay

/// Work that a change would save.
struct AvoidableDocument: Encodable {
  /// `recycle`, `double-maintenance`, `redundant-sync`, `whole-sync`, `bidirectional`, `alignment`, `mask-bounce` or
  /// `small-coherent`; `dmascope explain` says what each means.
  var kind: String
  var device: String
  @OrNull var callSite: String?
  @OrNull var direction: String?
  /// Calls that do it, and all of that kind from there.
  var calls: UInt64
  var ofCalls: UInt64
  var cleaned: LinesDocument
  var invalidated: InvalidatedDocument
  var bouncedBytes: UInt64
  var iotlbInvalidations: UInt64
  var memoryBytes: UInt64
  /// Whether no more than this would be saved.
  var upperBound: Bool
  var estimateNs: EstimateDocument
  var remedy: String

  init(_ row: Avoidable) {
    (kind, device) = (row.kind.rawValue, row.device)
    callSite = row.callSite.isEmpty ? nil : row.callSite
    direction = row.direction == .none ? nil : row.direction.name
    (calls, ofCalls) = (row.calls, row.ofCalls)
    let work = WorkDocument(row.work)
    (cleaned, invalidated) = (work.cleaned, work.invalidated)
    (bouncedBytes, iotlbInvalidations) = (row.bouncedBytes, row.iotlbInvalidations)
    (memoryBytes, upperBound) = (row.memoryBytes, row.isUpperBound)
    estimateNs = EstimateDocument(row.estimate)
    remedy = row.kind.remedy
  }
}
