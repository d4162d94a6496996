/// The symbol tables inside a print format: `__print_flags(REC->attrs, "|", { (1UL << 5), "SKIP_CPU_SYNC" }, …)`.
///
/// The kernel's numbers for names are taken from here and from nowhere else, because they differ between kernels.
enum PrintTable {
  /// The rows of the table for `field`, in order; empty if there is none.
  ///
  /// The field is recognised by `REC->field` in the first argument of a `__print_flags` or `__print_symbolic`.
  static func rows(for field: String, in format: String) -> [(value: UInt64, name: String)] {
    let text = Array(format.utf8)
    for opening in ["__print_flags(", "__print_symbolic("] {
      var start = 0
      while let found = find(Array(opening.utf8), in: text, from: start) {
        start = found + opening.utf8.count
        let argumentEnd = find([UInt8(ascii: ",")], in: text, from: start, within: 256) ?? start
        let argument = String(decoding: text[start..<argumentEnd], as: UTF8.self)
        let names = argument.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        if names.contains(Substring(field)) { return rows(text, from: argumentEnd) }
      }
    }
    return []
  }

  /// Rows `{ expression, "NAME" }` up to the parenthesis that closes the call.
  private static func rows(_ text: [UInt8], from start: Int) -> [(value: UInt64, name: String)] {
    var result: [(value: UInt64, name: String)] = []
    var depth = 1
    var position = start
    var rowStart: Int?
    while position < text.count, depth > 0 {
      switch text[position] {
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: "{"): rowStart = position + 1
      case UInt8(ascii: "\""):
        let end = find([UInt8(ascii: "\"")], in: text, from: position + 1) ?? text.count
        if let row = rowStart {
          let name = String(decoding: text[min(position + 1, end)..<end], as: UTF8.self)
          var expression = Expression(text[row..<position])
          if let value = expression.value() { result.append((value, name)) }
          rowStart = nil
        }
        position = end
      default: break
      }
      position += 1
    }
    return result
  }

  private static func find(
    _ needle: [UInt8], in text: [UInt8], from start: Int, within distance: Int = 1 << 30
  ) -> Int? {
    guard start <= text.count, needle.count <= text.count - start else { return nil }
    let last = min(text.count - needle.count, start + distance)
    for position in start...last where text[position] == needle[0] {
      if text[position..<(position + needle.count)].elementsEqual(needle) { return position }
    }
    return nil
  }
}

/// A constant C expression of the kind that print formats carry: numbers with suffixes, casts, `| & << ~ + -`.
struct Expression {
  private let text: [UInt8]
  private var position = 0
  private var depth = 0

  init(_ text: some Sequence<UInt8>) { self.text = Array(text) }

  /// The value of everything up to the end or a comma; nil for what is not a constant.
  mutating func value() -> UInt64? {
    position = 0
    return or()
  }

  private mutating func skipSpace() {
    while position < text.count, text[position] == 0x20 || text[position] == 0x09 { position += 1 }
  }

  private mutating func accept(_ token: StaticString) -> Bool {
    skipSpace()
    let count = token.utf8CodeUnitCount
    guard position + count <= text.count else { return false }
    for index in 0..<count where text[position + index] != token.utf8Start[index] { return false }
    position += count
    return true
  }

  private mutating func or() -> UInt64? {
    guard var left = and() else { return nil }
    while accept("|") {
      guard let right = and() else { return nil }
      left |= right
    }
    return left
  }

  private mutating func and() -> UInt64? {
    guard var left = shift() else { return nil }
    while accept("&") {
      guard let right = shift() else { return nil }
      left &= right
    }
    return left
  }

  private mutating func shift() -> UInt64? {
    guard var left = sum() else { return nil }
    while true {
      if accept("<<") {
        guard let right = sum(), right < 64 else { return nil }
        left <<= right
      } else if accept(">>") {
        guard let right = sum(), right < 64 else { return nil }
        left >>= right
      } else {
        return left
      }
    }
  }

  private mutating func sum() -> UInt64? {
    guard var left = unary() else { return nil }
    while true {
      if accept("+") {
        guard let right = unary() else { return nil }
        left = left &+ right
      } else if accept("-") {
        guard let right = unary() else { return nil }
        left = left &- right
      } else {
        return left
      }
    }
  }

  private mutating func unary() -> UInt64? {
    depth += 1
    defer { depth -= 1 }
    guard depth < 200 else { return nil }
    if accept("~") { return unary().map { ~$0 } }
    if accept("-") { return unary().map { 0 &- $0 } }
    if accept("(") {
      if let cast = acceptCast() { return cast ? unary() : nil }
      guard let inner = or(), accept(")") else { return nil }
      return inner
    }
    return literal()
  }

  /// After an opening parenthesis: a type name and `)` make a cast (true); nil if it is no type name.
  private mutating func acceptCast() -> Bool? {
    let start = position
    skipSpace()
    guard position < text.count, isLetter(text[position]) else {
      position = start
      return nil
    }
    while position < text.count, isLetter(text[position]) || isDigit(text[position]) || text[position] == 0x20
    {
      position += 1
    }
    if accept(")") { return true }
    position = start
    return false
  }

  private mutating func literal() -> UInt64? {
    skipSpace()
    let start = position
    while position < text.count, isLetter(text[position]) || isDigit(text[position]) { position += 1 }
    var digits = String(decoding: text[start..<position], as: UTF8.self).lowercased()
    while let last = digits.last, last == "u" || last == "l" { digits.removeLast() }
    if digits.hasPrefix("0x") { return UInt64(digits.dropFirst(2), radix: 16) }
    return UInt64(digits)
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
  }
  private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
