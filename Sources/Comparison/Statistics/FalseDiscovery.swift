/// Probabilities corrected for the number of tests.
public enum FalseDiscovery {
  /// The correction of Benjamini and Hochberg (1995): of what is called a change at a level, no more than that share is
  /// expected to be none; where nothing has changed, that is also the chance of any false alarm.
  ///
  /// Chosen for tables of metrics rather than Holm's: they depend on each other, and with few runs, hence coarse
  /// probabilities, Holm's would let a real change be hidden by the number of rows.
  ///
  /// - Returns: corrected probabilities in the same order, none below its own.
  public static func corrected(_ probabilities: [Double]) -> [Double] {
    let order = probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }
    var result = probabilities
    var least = 1.0
    for (place, index) in order.enumerated() {
      let rank = Double(probabilities.count - place)
      least = min(least, probabilities[index] * Double(probabilities.count) / rank)
      result[index] = least
    }
    return result
  }
}
