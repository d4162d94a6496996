/// What a run or a device came to that is no sum over its calls: what is live, how masks press, what was found.
public struct Standing: Sendable, Equatable {
  public var liveMappings: Double?
  public var liveBytes: Double?
  public var peakMappings: Double?
  public var peakBytes: Double?
  /// The most coherent memory at one time.
  public var coherentBytes: Double?
  /// Share of the bytes wanted mapped that the mask kept from the device, 0 ... 1.
  public var maskPressure: Double?
  /// Of the device that has least.
  public var headroomBits: Double?
  /// Mappings and blocks left behind by drivers that were gone.
  public var leaks: Double?
  /// Findings by rule id; a rule and call site of a device is one.
  public var findings: [String: Double] = [:]
  public var errors: Double = 0
  public var warnings: Double = 0
  public var hints: Double = 0

  public init() {}
}
