/// The values of a text. Places are those where values begin.
extension JSONText {
  /// The place behind a value.
  func end(of start: Int) -> Int {
    switch bytes[start] {
    case UInt8(ascii: "\""): return endOfString(start)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      var (place, depth) = (start, 0)
      while place < bytes.count {
        switch bytes[place] {
        case UInt8(ascii: "\""):
          place = endOfString(place)
          continue
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          if depth == 0 { return place + 1 }
        default: break
        }
        place += 1
      }
      return place
    default:
      var place = start
      while place < bytes.count, !JSONText.isBehindValue(bytes[place]) { place += 1 }
      return place
    }
  }

  private func endOfString(_ start: Int) -> Int {
    var place = start + 1
    while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return place + 1
  }

  @inline(__always)
  private static func isBehindValue(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
  }

  func isNull(_ place: Int) -> Bool { bytes[place] == UInt8(ascii: "n") }

  /// Calls `body` with the place of each element of a list.
  ///
  /// - Throws: `JSONFault` if it is no list.
  func forEachElement(of list: Int, _ body: (Int) throws -> Void) throws {
    guard bytes[list] == UInt8(ascii: "[") else { throw JSONFault(.mismatch("a list"), at: list) }
    var place = afterSpace(list + 1)
    while byte(place) != UInt8(ascii: "]") {
      try body(place)
      place = next(after: place)
    }
  }

  /// Calls `body` with the places of name and value of each member of an object.
  ///
  /// - Throws: `JSONFault` if it is no object.
  func forEachMember(of object: Int, _ body: (_ name: Int, _ value: Int) throws -> Void) throws {
    guard bytes[object] == UInt8(ascii: "{") else { throw JSONFault(.mismatch("an object"), at: object) }
    var place = afterSpace(object + 1)
    while byte(place) != UInt8(ascii: "}") {
      let value = afterSpace(afterSpace(endOfString(place)) + 1)
      try body(place, value)
      place = next(after: value)
    }
  }

  /// The place of what follows a value in its list or object: the next one, or the closing bracket.
  private func next(after value: Int) -> Int {
    let place = afterSpace(end(of: value))
    return byte(place) == UInt8(ascii: ",") ? afterSpace(place + 1) : place
  }

  func elementCount(of list: Int) throws -> Int {
    var count = 0
    try forEachElement(of: list) { _ in count += 1 }
    return count
  }

  /// A whole number; nil if it is none, or too large.
  func integer<Value: FixedWidthInteger>(_ place: Int) -> Value? {
    guard bytes[place] == UInt8(ascii: "-") || bytes[place] &- 0x30 < 10 else { return nil }
    let isNegative = bytes[place] == UInt8(ascii: "-")
    var (value, digit) = (Value.zero, isNegative ? place + 1 : place)
    while digit < bytes.count, bytes[digit] &- 0x30 < 10 {
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let number = Value(truncatingIfNeeded: bytes[digit] &- 0x30)
      let (sum, overflow) =
        isNegative
        ? product.subtractingReportingOverflow(number) : product.addingReportingOverflow(number)
      if tooLarge || overflow { return nil }
      (value, digit) = (sum, digit + 1)
    }
    let isWhole = digit == bytes.count || JSONText.isBehindValue(bytes[digit])
    return isWhole ? value : number(place).flatMap { Value(exactly: $0) }
  }

  /// Any number; nil if it is none.
  func number(_ place: Int) -> Double? {
    guard bytes[place] == UInt8(ascii: "-") || bytes[place] &- 0x30 < 10 else { return nil }
    return Double(String(decoding: bytes[place..<end(of: place)], as: UTF8.self))
  }

  /// A text, its escapes resolved; nil if it is none.
  func string(_ place: Int) throws(JSONFault) -> String? {
    guard bytes[place] == UInt8(ascii: "\"") else { return nil }
    let content = place + 1..<endOfString(place) - 1
    // Fifteen bytes lie in the value itself.
    if content.count > 15 { try take(content.count + 32, for: place) }
    guard bytes[content].contains(UInt8(ascii: "\\")) else {
      return String(decoding: bytes[content], as: UTF8.self)
    }
    return unescaped(content)
  }

  private func unescaped(_ content: Range<Int>) -> String {
    var units: [UInt8] = []
    units.reserveCapacity(content.count)
    var place = content.lowerBound
    while place < content.upperBound {
      guard bytes[place] == UInt8(ascii: "\\") else {
        units.append(bytes[place])
        place += 1
        continue
      }
      switch bytes[place + 1] {
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0c)
      case UInt8(ascii: "n"): units.append(0x0a)
      case UInt8(ascii: "r"): units.append(0x0d)
      case UInt8(ascii: "t"): units.append(0x09)
      case UInt8(ascii: "u"):
        let first = unit(place + 2) ?? 0xfffd
        let pair = UTF16.isLeadSurrogate(first) ? [first, unit(place + 8) ?? 0xfffd] : [first]
        units += String(decoding: pair, as: UTF16.self).utf8
        place += 6 * pair.count
        continue
      default: units.append(bytes[place + 1])
      }
      place += 2
    }
    return String(decoding: units, as: UTF8.self)
  }

  /// The names and numbers that lead to a place, as in `profile.devices[3].map`.
  func path(to target: Int) -> String {
    var (path, place) = ("", afterSpace(0))
    while place < target {
      var step: (name: String, place: Int)?
      if bytes[place] == UInt8(ascii: "{") {
        try? forEachMember(of: place) { name, value in
          let isName = bytes[name + 1..<endOfString(name) - 1]
          if value <= target { step = (".\(String(decoding: isName.prefix(60), as: UTF8.self))", value) }
        }
      } else if bytes[place] == UInt8(ascii: "[") {
        var number = 0
        try? forEachElement(of: place) { element in
          if element <= target { step = ("[\(number)]", element) }
          number += 1
        }
      }
      guard let step else { break }
      path += step.name
      place = step.place
    }
    return String(path.drop { $0 == "." })
  }
}
