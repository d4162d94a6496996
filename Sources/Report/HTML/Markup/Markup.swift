/// A piece of HTML or SVG in which every inserted text is escaped.
///
/// What a literal says is markup, what is interpolated into it is text:
///
///     let name = "<eth0>"
///     let cell: Markup = "<td title=\"\(name)\">\(name)</td>"
///
/// Only another `Markup` is inserted as it is. Text that is no literal cannot become markup by accident: it takes
/// `Markup(trusted:)`, which the style sheet and the script use. Attributes must be quoted.
struct Markup: ExpressibleByStringInterpolation, Equatable, Sendable {
  private(set) var source: String

  init(stringLiteral value: String) { source = value }
  init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }
  /// Text of our own that is markup already.
  init(trusted source: String) { self.source = source }
  /// Any text, escaped.
  init(text: String) { source = Escaping.html(text) }

  var isEmpty: Bool { source.isEmpty }

  static func + (a: Markup, b: Markup) -> Markup { Markup(trusted: a.source + b.source) }
  static func += (a: inout Markup, b: Markup) { a.source += b.source }

  struct StringInterpolation: StringInterpolationProtocol {
    var source = ""

    init(literalCapacity: Int, interpolationCount: Int) {
      source.reserveCapacity(literalCapacity + interpolationCount * 8)
    }

    mutating func appendLiteral(_ literal: String) { source += literal }
    mutating func appendInterpolation(_ text: String) { source += Escaping.html(text) }
    mutating func appendInterpolation(_ markup: Markup) { source += markup.source }
    mutating func appendInterpolation(_ parts: [Markup]) { for part in parts { source += part.source } }
    mutating func appendInterpolation(_ number: Int) { source += String(number) }
    /// A coordinate: at most two decimals, no exponent, 0 for what is no number.
    mutating func appendInterpolation(_ coordinate: Double) { source += Coordinate.text(coordinate) }
    /// An exact count with thousands separators.
    mutating func appendInterpolation(count: UInt64) { source += Formatting.count(count) }
    /// Bytes in binary units.
    mutating func appendInterpolation(bytes: UInt64) { source += Formatting.bytes(bytes) }
  }
}

extension Sequence where Element == Markup {
  func joined(_ separator: Markup = "") -> Markup {
    var result: Markup = ""
    for part in self {
      if !result.isEmpty { result += separator }
      result += part
    }
    return result
  }
}

/// Numbers as SVG and CSS read them.
enum Coordinate {
  static func text(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let hundredths = Int((abs(value) * 100).rounded())
    if hundredths == 0 { return "0" }
    let sign = value < 0 ? "-" : ""
    let fraction = hundredths % 100
    if fraction == 0 { return "\(sign)\(hundredths / 100)" }
    if fraction % 10 == 0 { return "\(sign)\(hundredths / 100).\(fraction / 10)" }
    return "\(sign)\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
  }
}
