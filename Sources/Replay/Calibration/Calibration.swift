/// What cache maintenance costs on the machine of a recording that carries durations.
///
/// Every operation that the architecture does gets a line: nanoseconds = call + price × lines. `call` is shared: the mean
/// of the intercepts, weighted by how well each is known, less what recording takes. The latter is the time of calls
/// that do nothing, such as those for the CPU after a transfer to the device on arm64, where it is clearly less.
public struct Calibration: Sendable {
  /// The fit of one operation.
  public struct Fit: Sendable {
    public var operation: Architecture.Operation
    /// Nanoseconds a line and a call; `low` and `high` are two standard errors away.
    public var line: Estimate
    public var call: Estimate
    public var calls: Int
    /// Calls that were too far off to count.
    public var rejected: Int
    /// Distinct numbers of lines, and the range of them.
    public var sizes: Int
    public var lines: ClosedRange<UInt64>
    /// Half of the calls are no farther from the line than this share of it.
    public var medianResidual: Double
    /// Calls for the plot, at most `Calibration.plotLimit`, spread evenly over the recording.
    public var samples: [DurationSample]
  }

  /// Why an operation could not be fitted, in a sentence.
  public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
  }

  static let plotLimit = 600
  private static let leastCalls = 50

  public private(set) var fits: [Fit] = []
  /// What could not be fitted, though the recording has it.
  public private(set) var refusals: [Refusal] = []
  /// Nanoseconds of a call.
  public private(set) var call = Estimate()
  /// Nanoseconds that recording a call takes, already taken off; nil where the recording does not tell.
  public private(set) var overhead: Estimate?

  /// Fits the durations of a replay.
  ///
  /// - Throws: `Refusal` if not one operation can be fitted, with all reasons.
  public init(_ profile: Profile) throws(Refusal) {
    guard let samples = profile.measuredTime?.samples, !samples.isEmpty else {
      throw Refusal(description: Calibration.nothing(in: profile))
    }
    self = try Calibration(samples)
  }

  init(_ all: [DurationSample]) throws(Refusal) {
    for operation in [Architecture.Operation.clean, .invalidate, .cleanInvalidate] {
      let samples = all.filter { $0.operation == operation }
      guard !samples.isEmpty else { continue }
      do { fits.append(try Calibration.fit(operation, samples)) } catch { refusals.append(error) }
    }
    guard !fits.isEmpty else {
      let reasons = refusals.map(\.description)
      throw Refusal(
        description: reasons.isEmpty
          ? "the recorded calls did nothing to the cache: there is no line to price"
          : reasons.joined(separator: "; "))
    }
    call = Calibration.combined(fits)
    if let overhead = Calibration.overhead(all), Calibration.isAbove(call, overhead, all) {
      self.overhead = overhead
      call = Estimate(
        low: max(0, call.low - overhead.high), mid: max(0, call.mid - overhead.mid),
        high: max(0, call.high - overhead.low))
    }
  }

  /// Whether calls that do something surely take longer, apart from their lines, than those that do nothing. Where they
  /// do not, what both have in common may be the call as well as its recording, and is left in the price.
  private static func isAbove(_ call: Estimate, _ overhead: Estimate, _ all: [DurationSample]) -> Bool {
    let count = Double(all.lazy.filter { $0.operation == .none }.count)
    // The quartiles are 1.35 standard deviations apart, and a median's error is 1.25 of a mean's.
    let error = 1.25 * (overhead.high - overhead.low) / 1.35 / count.squareRoot()
    return call.mid - overhead.mid > 3 * ((call.high - call.low) / 4 + error)
  }

  /// What recording takes: the median time of calls that do nothing, and the quartiles; nil where there are too few.
  static func overhead(_ samples: [DurationSample]) -> Estimate? {
    let times = samples.lazy.filter { $0.operation == .none }.map(\.nanoseconds).sorted()
    guard times.count >= leastCalls else { return nil }
    func quantile(_ share: Double) -> Double { Double(times[Int(Double(times.count - 1) * share)]) }
    return Estimate(low: quantile(0.25), mid: quantile(0.5), high: quantile(0.75))
  }

  private static func nothing(in profile: Profile) -> String {
    let what =
      profile.measuredTime != nil
      ? "it has the function graph, and no probe on the functions' entry that says how much each call covers"
      : profile.measured == nil
        ? "it has no record of the kernel's maintenance functions at all"
        : "it records calls of the maintenance functions, and not their returns"
    return
      "no durations of calls of known size: \(what); `dmascope capture --with durations` prints a script that records them"
  }

  private static func fit(
    _ operation: Architecture.Operation, _ samples: [DurationSample]
  ) throws(Refusal) -> Fit {
    let name = operation.rawValue
    guard samples.count >= leastCalls else {
      throw Refusal(description: "\(name): \(samples.count) calls; at least \(leastCalls) are needed")
    }
    let sizes = Set(samples.map(\.lines))
    guard let least = sizes.min(), let most = sizes.max(), sizes.count >= 3, most >= 4 * max(1, least) else {
      let seen = sizes.sorted().prefix(3).map(String.init).joined(separator: ", ")
      throw Refusal(
        description:
          "\(name): all calls cover about as much (lines: \(seen)); what a call costs cannot be told from "
          + "what a line costs")
    }
    guard let line = RobustLine(samples.map { (Double($0.lines), Double($0.nanoseconds)) }),
      line.slope.isFinite, line.slope > 3 * line.slopeError
    else {
      throw Refusal(description: "\(name): the time does not grow with the number of lines beyond its noise")
    }
    let step = max(1, samples.count / plotLimit)
    return Fit(
      operation: operation, line: range(line.slope, line.slopeError),
      call: range(max(0, line.intercept), line.interceptError), calls: samples.count, rejected: line.rejected,
      sizes: sizes.count, lines: least...most, medianResidual: line.medianResidual,
      samples: samples.indices.filter { $0 % step == 0 }.prefix(plotLimit).map { samples[$0] })
  }

  private static func range(_ value: Double, _ error: Double) -> Estimate {
    Estimate(low: max(0, value - 2 * error), mid: value, high: value + 2 * error)
  }

  private static func combined(_ fits: [Fit]) -> Estimate {
    var (sum, weights) = (0.0, 0.0)
    for fit in fits {
      let error = max(1e-6, (fit.call.high - fit.call.mid) / 2)
      sum += fit.call.mid / (error * error)
      weights += 1 / (error * error)
    }
    return Estimate(
      low: fits.map(\.call.low).min() ?? 0, mid: sum / weights, high: fits.map(\.call.high).max() ?? 0)
  }

  /// A platform with these prices.
  ///
  /// - Parameters:
  ///   - profile: the replay that this was made from.
  ///   - name: the platform's name.
  public func platform(_ profile: Profile, name: String) -> PlatformProfile {
    var platform = PlatformProfile()
    platform.name = name
    platform.summary =
      "calibrated from \(profile.recording.path)"
      + (profile.recording.kernel.isEmpty ? "" : ", Linux \(profile.recording.kernel)")
    platform.architecture = profile.platform.architecture
    platform.cacheLine = profile.platform.cacheLine
    platform.prices = prices
    return platform
  }

  /// What was fitted, and what follows from it: a line that is written back and dropped at once costs what dropping it
  /// does where no calls tell more, since it is the same walk through the cache.
  var prices: [Work: Price] {
    let calls = fits.reduce(0) { $0 + $1.calls }
    let less = overhead == nil ? "recording included" : "less what recording takes"
    var prices: [Work: Price] = [
      .call: Price(call, source: "fitted from \(calls) calls, \(less)", isMeasured: true)
    ]
    for fit in fits {
      let source = "fitted from \(fit.calls) calls, \(fit.rejected) of them outliers"
      let price = Price(fit.line, source: source, isMeasured: true)
      switch fit.operation {
      case .clean: prices[.cleanLine] = price
      case .invalidate: prices[.invalidateLine] = price
      case .cleanInvalidate: prices[.cleanInvalidateLine] = price
      case .none: break
      }
    }
    if prices[.cleanInvalidateLine] == nil, let drop = prices[.invalidateLine], let clean = prices[.cleanLine]
    {
      let range = Estimate(
        low: max(drop.range.low, clean.range.low), mid: max(drop.range.mid, clean.range.mid),
        high: drop.range.high + clean.range.high)
      prices[.cleanInvalidateLine] = Price(
        range, source: "from the fits of cleaning and dropping: at least the dearer, at most both",
        isMeasured: true)
    }
    return prices
  }
}
