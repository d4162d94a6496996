import Replay

/// What the recording would have come to under an assumption.
struct ScenarioDocument: Encodable {
  /// As the user wrote it.
  var assumption: String
  /// Whether at least this much would be left.
  var lowerBound: Bool
  var totals: Sums
  /// By name.
  var devices: [Device]

  struct Sums: Encodable {
    var calls: UInt64
    var cleaned: LinesDocument
    var invalidated: InvalidatedDocument
    var prepared: PreparedDocument
    var bounce: BounceDocument
    var iotlbInvalidations: UInt64
    var estimateNs: EstimateDocument

    init(_ work: CacheWork, _ bounce: Bounce, _ invalidations: UInt64, _ estimate: Estimate) {
      let document = WorkDocument(work)
      calls = document.calls
      (cleaned, invalidated, prepared) = (document.cleaned, document.invalidated, document.prepared)
      self.bounce = BounceDocument(bounce)
      iotlbInvalidations = invalidations
      estimateNs = EstimateDocument(estimate)
    }
  }

  struct Device: Encodable {
    var name: String
    var coherent: Bool
    var sums: Sums
  }

  init(_ scenario: Scenario) {
    (assumption, lowerBound) = (scenario.assumption, scenario.isLowerBound)
    let totals = scenario.totals
    self.totals = Sums(totals.work, totals.bounce, totals.iotlbInvalidations, totals.estimate)
    devices = scenario.devices.map {
      Device(
        name: $0.name, coherent: $0.coherent,
        sums: Sums($0.work, $0.bounce, $0.iotlbInvalidations, $0.estimate))
    }
  }
}
