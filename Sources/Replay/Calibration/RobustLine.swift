/// A straight line through points of which some are far off: `y = intercept + slope · x`.
///
/// Iteratively reweighted least squares with Tukey's biweight (Huber and Ronchetti, Robust Statistics, 2nd ed., ch. 7) on
/// residuals relative to the fitted value, since what takes longer varies more. Points that share their x with many have
/// less weight each, by the root of their number: most calls have one of few sizes, which would else decide alone. It
/// starts from the medians of the points with equal x, so that outliers do not steer the start.
struct RobustLine {
  var intercept = 0.0
  var slope = 0.0
  /// Standard errors of both.
  var interceptError = Double.infinity
  var slopeError = Double.infinity
  /// Median of the absolute relative residuals.
  var medianResidual = 0.0
  /// Points that got no weight.
  var rejected = 0

  /// - Returns: nil for fewer than three points or a single x.
  init?(_ points: [(x: Double, y: Double)]) {
    var groups: [Double: [Double]] = [:]
    for point in points { groups[point.x, default: []].append(point.y) }
    guard points.count >= 3, groups.count >= 2 else { return nil }
    let medians = groups.sorted { $0.key < $1.key }.map {
      (x: $0.key, y: RobustLine.median($0.value), weight: Double($0.value.count))
    }
    solve(medians.map { ($0.x, $0.y, $0.weight.squareRoot() / max(1, $0.y * $0.y)) })
    let balance = points.map { 1 / Double(groups[$0.x]?.count ?? 1).squareRoot() }
    for _ in 0..<50 {
      let before = (intercept, slope)
      reweigh(points, balance)
      let moved =
        abs(intercept - before.0) / max(1e-9, abs(intercept)) + abs(slope - before.1) / max(1e-9, abs(slope))
      if moved < 1e-9 { break }
    }
  }

  private mutating func reweigh(_ points: [(x: Double, y: Double)], _ balance: [Double]) {
    let floor = max(1e-9, RobustLine.median(points.map(\.y)) / 100)
    let fitted = points.map { max(floor, intercept + slope * $0.x) }
    let residuals = zip(points, fitted).map { ($0.y - $1) / $1 }
    medianResidual = RobustLine.median(residuals.map(abs))
    // 1.4826 makes the median absolute deviation a standard deviation for normal noise; 4.685 is the usual cut.
    let cut = 4.685 * max(1e-6, 1.4826 * medianResidual)
    rejected = 0
    var weighted: [(Double, Double, Double)] = []
    for index in points.indices {
      let u = residuals[index] / cut
      guard abs(u) < 1 else {
        rejected += 1
        continue
      }
      let weight = balance[index] * (1 - u * u) * (1 - u * u) / (fitted[index] * fitted[index])
      weighted.append((points[index].x, points[index].y, weight))
    }
    solve(weighted)
  }

  /// Weighted least squares with the standard errors.
  private mutating func solve(_ points: [(x: Double, y: Double, weight: Double)]) {
    var (w, wx, wxx, wy, wxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for point in points {
      w += point.weight
      wx += point.weight * point.x
      wxx += point.weight * point.x * point.x
      wy += point.weight * point.y
      wxy += point.weight * point.x * point.y
    }
    let determinant = w * wxx - wx * wx
    guard points.count > 2, determinant > 1e-12 * w * wxx else { return }
    slope = (w * wxy - wx * wy) / determinant
    intercept = (wxx * wy - wx * wxy) / determinant
    var square = 0.0
    for point in points {
      let residual = point.y - intercept - slope * point.x
      square += point.weight * residual * residual
    }
    let variance = square / Double(points.count - 2)
    slopeError = (variance * w / determinant).squareRoot()
    interceptError = (variance * wxx / determinant).squareRoot()
  }

  static func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
