/// Sums by windows of time, of one or more runs: what the block bootstrap draws from.
///
/// Blocks of neighbouring windows are drawn whole, so that what lasts longer than a window counts once (Künsch 1989);
/// they never reach from one run into the next.
public struct Windows: Sendable {
  /// Sums of each series from the first window on: `prefix[series][k]` is that of the first k windows.
  private var prefix: [[Double]]
  /// First window and number of windows of each run.
  private(set) var runs: [(first: Int, count: Int)] = []

  /// Which series are to be divided by which.
  private let ratios: [(numerator: Int, denominator: Int)]

  /// - Parameters:
  ///   - series: how many series there are.
  ///   - ratios: the indices of those whose ratios are of interest.
  public init(series: Int, ratios: [(numerator: Int, denominator: Int)]) {
    prefix = [[Double]](repeating: [0], count: series)
    self.ratios = ratios
  }

  public var count: Int { (prefix.first?.count ?? 1) - 1 }

  /// Adds the windows of a run, series by series, all of one length; windows in which all are zero say nothing about
  /// ratios and are left out.
  public mutating func add(run: [[Double]]) {
    guard run.count == prefix.count, let length = run.map(\.count).min() else { return }
    let first = count
    for window in 0..<length where run.contains(where: { $0[window] != 0 }) {
      for index in prefix.indices {
        prefix[index].append((prefix[index].last ?? 0) + run[index][window])
      }
    }
    if count > first { runs.append((first, count - first)) }
  }

  func total(_ series: Int) -> Double { prefix[series].last ?? 0 }

  func value(_ series: Int, _ window: Int) -> Double { prefix[series][window + 1] - prefix[series][window] }

  /// Windows in a block: as many as it takes for neighbours to know nothing of each other, at least the cube root of
  /// their number, and few enough that there are four blocks.
  func blockLength() -> Int {
    var root = 1
    while root * root * root < count { root += 1 }
    let wanted = ratios.map { dependence($0.numerator, $0.denominator) }.max() ?? 1
    return max(1, min(max(root, wanted), count / 4))
  }

  /// How far apart windows must be to be independent in what a ratio leaves over (numerator − ratio × denominator):
  /// twice the first lag from which on the correlation is within noise, 2 × √(log₁₀ n / n), for five lags in a row
  /// (Politis and White 2004).
  private func dependence(_ numerator: Int, _ denominator: Int) -> Int {
    let n = count
    guard n >= 8, let above = prefix[numerator].last, let below = prefix[denominator].last, below > 0 else {
      return 1
    }
    let rest = (0..<n).map { value(numerator, $0) - above / below * value(denominator, $0) }
    let spread = rest.reduce(0) { $0 + $1 * $1 }
    guard spread > 0 else { return 1 }
    let noise = 2 * (NormalDistribution.log10(Double(n)) / Double(n)).squareRoot()
    var quiet = 0
    for lag in 1..<max(2, n / 4) {
      var sum = 0.0
      for index in 0..<(n - lag) { sum += rest[index] * rest[index + lag] }
      quiet = abs(sum / spread) < noise ? quiet + 1 : 0
      if quiet == 5 { return max(1, 2 * (lag - 5)) }
    }
    return n / 4
  }

  /// Draws a run of the same length anew, so many times.
  public func draws(_ number: Int, _ generator: inout SeededGenerator) -> Draws {
    let length = blockLength()
    let starts = blockStarts(length)
    let blocks = (count + length - 1) / length
    var result = prefix.map { _ in [Double](repeating: 0, count: number) }
    guard !starts.isEmpty else { return Draws(sums: result, blocks: 0) }
    var chosen = [(begin: Int, end: Int)](repeating: (0, 0), count: blocks)
    for draw in 0..<number {
      for block in chosen.indices { chosen[block] = starts[generator.index(below: starts.count)] }
      for series in prefix.indices { result[series][draw] = sum(prefix[series], chosen) }
    }
    return Draws(sums: result, blocks: blocks)
  }

  /// Sums of each series by draw, `[series][draw]`, and how many blocks a draw has.
  public struct Draws: Sendable {
    public var sums: [[Double]]
    public var blocks: Int
  }

  private func sum(_ prefix: [Double], _ chosen: [(begin: Int, end: Int)]) -> Double {
    var sum = 0.0
    for block in chosen { sum += prefix[block.end] - prefix[block.begin] }
    return sum
  }

  /// All blocks that lie within one run, whole; those of a run that is shorter than a block are that run.
  private func blockStarts(_ length: Int) -> [(begin: Int, end: Int)] {
    runs.flatMap { run in
      let last = max(0, run.count - length)
      return (0...last).map { (run.first + $0, run.first + min(run.count, $0 + length)) }
    }
  }
}
