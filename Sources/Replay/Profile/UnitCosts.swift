/// What coherency came to, and what was mapped at that price.
public protocol CostBearing {
  var map: CallCounts { get }
  var maintenance: MaintenanceTable { get }
  var estimate: Estimate { get }
}

extension DeviceProfile: CostBearing {}
extension Totals: CostBearing {}

extension CostBearing {
  /// All the cost, that of syncs and coherent memory included, for each map call that succeeded; nil if none did, or
  /// nothing cost anything.
  public var estimatePerMapping: Estimate? {
    estimate.share(of: map.calls > map.failed ? map.calls - map.failed : 0)
  }

  /// The same for each MiB (2²⁰ bytes) mapped.
  public var estimatePerMiB: Estimate? { estimate.share(of: Double(map.bytes) / Double(1 << 20)) }

  /// Bytes that maintained lines cover beyond those that were asked for, as a share of all they cover, 0 ... 1; nil where
  /// nothing was maintained.
  ///
  /// - Parameter cacheLine: bytes of a line.
  public func roundingShare(cacheLine: UInt64) -> Double? {
    let sum = maintenance.total
    let covered = Double(sum.lines) * Double(cacheLine)
    return covered > 0 ? max(0, 1 - Double(sum.bytes) / covered) : nil
  }
}

extension Estimate {
  func share(of count: UInt64) -> Estimate? { share(of: Double(count)) }

  func share(of count: Double) -> Estimate? {
    count > 0 && high > 0 ? Estimate(low: low / count, mid: mid / count, high: high / count) : nil
  }
}
