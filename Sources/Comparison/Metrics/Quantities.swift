/// What is counted of a run, a device, a direction, a call or a call site, and summed over windows of time.
public enum Quantity: Int, Sendable, CaseIterable {
  /// Map calls that succeeded, and the bytes that they mapped.
  case mappings, mappedBytes
  /// Map calls, failed ones included, and these.
  case maps, failed
  /// Calls into the architecture; cache lines cleaned and invalidated.
  case maintenanceCalls, cleanedLines, invalidatedLines
  /// Mappings that bounced, scatterlists of which an entry did among them, and bytes copied in and out.
  case bounces, bouncedBytes
  case syncs, iotlbInvalidations
  /// Estimated nanoseconds (the middle of the range): all, those of copies, those of IOTLB invalidations.
  case cost, copyCost, iotlbCost
}

/// A value for each quantity; those that are not known there are no numbers.
public struct Quantities: Sendable, Equatable {
  private var values = [Double](repeating: .nan, count: Quantity.allCases.count)

  public init() {}

  /// Nil where it is not known.
  public subscript(quantity: Quantity) -> Double? {
    get {
      let value = values[quantity.rawValue]
      return value.isNaN ? nil : value
    }
    set { values[quantity.rawValue] = newValue ?? .nan }
  }

  mutating func add(_ amount: Double, to quantity: Quantity) {
    self[quantity] = (self[quantity] ?? 0) + amount
  }
}
