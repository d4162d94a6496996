import DMAModel
import Replay

/// A limit that a comparison has to keep: `maintenance.lines_per_mib < +5%`.
///
///     [DEVICE [DIRECTION]:] METRIC < | <= | == | >= | > LIMIT
///
/// A limit in percent is one for the change from the base, any other one for the new side's value; `DEVICE` is a glob,
/// and the gate is then one for each device that it matches.
public struct Gate: Sendable {
  /// As it was written, blanks at its ends left out.
  public let text: String
  /// Nil for the whole.
  public let device: String?
  public let direction: Direction?
  public let subject: Subject
  public let comparison: Comparison
  public let limit: Limit
  /// Why there is such a limit, in the user's words; may be empty.
  public var because: String

  public enum Subject: Sendable {
    case metric(Metric)
    /// Findings that no run of the base has: of a severity, or all.
    case newFindings(Rule.Severity?)
  }

  public enum Comparison: String, Sendable, CaseIterable {
    // The longer ones first: they are looked for in this order.
    case atMost = "<="
    case atLeast = ">="
    case equal = "=="
    case below = "<"
    case above = ">"
  }

  public enum Limit: Sendable, Equatable {
    /// The factor new / base: 1.05 for `+5%`.
    case factor(Double)
    case value(Double)
  }

  /// The name of what is limited.
  public var metricName: String {
    switch subject {
    case .metric(let metric): metric.name
    case .newFindings(let severity):
      Gate.findingNames.first { $0.severity == severity }?.name ?? "findings.new"
    }
  }

  static let findingNames: [(name: String, severity: Rule.Severity?)] = [
    ("findings.new", nil), ("findings.new_errors", .error), ("findings.new_warnings", .warning),
    ("findings.new_hints", .hint),
  ]

  /// - Parameter device: the device of a gate that names none itself.
  /// - Throws: `Misfit` with what was expected.
  public init(_ text: String, device: String? = nil, because: String = "") throws(MatchRule.Misfit) {
    self.because = because
    let text = String(Gate.trimmed(text[...]))
    self.text = device.map { "\($0): \(text)" } ?? text
    guard let (left, sign, right) = Gate.parts(text) else {
      throw Gate.misfit(text, "METRIC < LIMIT, for instance maintenance.lines_per_mib < +5%")
    }
    comparison = sign
    let name = String(left.reversed().prefix { Gate.isNamePart($0) }.reversed())
    let scope = Gate.trimmed(left.dropLast(name.count))
    if let row = Gate.findingNames.first(where: { $0.name == name }) {
      subject = .newFindings(row.severity)
    } else if let metric = Metric.named(name) {
      subject = .metric(metric)
    } else {
      let known = (Metric.table.map(\.name) + Gate.findingNames.map(\.name)).joined(separator: ", ")
      throw Gate.misfit(text, "one of the metrics \(known), findings.RULE; found '\(name)'")
    }
    (self.device, direction) = try Gate.scope(scope, text, device)
    limit = try Gate.limit(right, text)
    if case .newFindings = subject, case .factor = limit {
      throw Gate.misfit(text, "a number of findings, for instance findings.new == 0")
    }
  }

  private static func misfit(_ text: String, _ expected: String) -> MatchRule.Misfit {
    MatchRule.Misfit(description: "'\(text)': expected \(expected)")
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  private static func isNamePart(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
  }

  private static func parts(_ text: String) -> (left: Substring, sign: Comparison, right: Substring)? {
    for index in text.indices {
      guard let sign = Comparison.allCases.first(where: { text[index...].hasPrefix($0.rawValue) }) else {
        continue
      }
      return (
        trimmed(text[..<index]), sign, trimmed(text[text.index(index, offsetBy: sign.rawValue.count)...])
      )
    }
    return nil
  }

  private static func scope(
    _ scope: Substring, _ text: String, _ section: String?
  ) throws(MatchRule.Misfit) -> (String?, Direction?) {
    if scope.isEmpty { return (section, nil) }
    guard scope.last == ":" else { throw misfit(text, "DEVICE: before the metric; found '\(scope)'") }
    var words = scope.dropLast().split(separator: " ")
    var direction: Direction?
    if let last = words.last, let known = Direction.transfers.first(where: { $0.name == last }) {
      direction = known
      words.removeLast()
    }
    guard words.count <= 1 else {
      throw misfit(text, "a device, or a device and a direction; found '\(scope)'")
    }
    guard let device = words.first.map(String.init) ?? section else {
      throw misfit(text, "a device before the direction")
    }
    return (device, direction)
  }

  private static let units: [(name: String, factor: Double)] = [
    ("KiB", 0x1p10), ("MiB", 0x1p20), ("GiB", 0x1p30), ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6),
  ]

  private static func limit(_ right: Substring, _ text: String) throws(MatchRule.Misfit) -> Limit {
    let isChange = right.last == "%"
    var digits = isChange ? right.dropLast() : right
    var factor = 1.0
    if !isChange, let unit = units.first(where: { digits.hasSuffix($0.name) }) {
      digits = digits.dropLast(unit.name.count)
      factor = unit.factor
    }
    let plain = trimmed(digits)
    guard let value = Double(plain), value.isFinite, plain.allSatisfy({ "+-.0123456789eE".contains($0) })
    else {
      throw misfit(text, "a limit such as +5%, 0.01 or 64MiB; found '\(right)'")
    }
    if isChange {
      guard value >= -100 else { throw misfit(text, "a change of -100% or more; found '\(right)'") }
      return .factor(1 + value / 100)
    }
    return .value(value * factor)
  }
}
