extension Measured {
  /// Sums, and differences between model and record, add up.
  static func merged(_ a: Measured?, _ b: Measured?) -> Measured? {
    guard var result = a, let b else { return a ?? b }
    result.maintenance += b.maintenance
    result.recordedSteps.formUnion(b.recordedSteps)
    result.callDifference &+= b.callDifference
    result.lineDifference &+= b.lineDifference
    result.prepareLineDifference &+= b.prepareLineDifference
    return result
  }
}

extension MeasuredTime {
  /// Calls and times add up; of what recording took of a call, the larger one is taken from all. Samples are not kept.
  static func merged(_ a: MeasuredTime?, _ b: MeasuredTime?) -> MeasuredTime? {
    guard var result = a, let b else { return a ?? b }
    result.sums.merge(b.sums) { sum, other in
      var sum = sum
      sum.calls &+= other.calls
      sum.nanoseconds &+= other.nanoseconds
      return sum
    }
    result.samples = []
    if let overhead = b.overhead { result.overhead = max(overhead, result.overhead ?? overhead) }
    return result
  }
}
