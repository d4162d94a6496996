/// A value of a member, by its place in the line.
struct JSONValue {
  enum Kind: UInt8 {
    case null, no, yes
    /// `number` holds it; negative ones in two's complement.
    case integer
    /// A number with a fraction or an exponent, or of more than 64 bits: its text is all there is.
    case decimal
    case string
    /// A string with backslashes.
    case escapedString
    case array, object
  }

  var kind = Kind.null
  var start: Int32 = 0
  /// Of strings without the quotes, of arrays and objects with their brackets.
  var length: Int32 = 0
  var number: UInt64 = 0

  var range: Range<Int> { Int(start)..<Int(start + length) }
  var isString: Bool { kind == .string || kind == .escapedString }
}

/// What is wrong with a line, and where in it.
struct JSONProblem: Error {
  var position: Int
  var expected: String
  /// Nil: what lies there.
  var found: String?

  init(_ position: Int, _ expected: String, found: String? = nil) {
    (self.position, self.expected, self.found) = (position, expected, found)
  }
}

/// One line's members, found by the numbers of their names (RFC 8259).
///
/// The unsafe core of JSON Lines: every access lies within `text`, whose length is that of the line. Nothing is
/// allocated for a line; values stay where they are, and members of unknown names are passed over. Of members with the
/// same name the last one counts.
struct JSONLine: ~Copyable {
  private(set) var text = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  private let keys: JSONKeys
  private let values: UnsafeMutablePointer<JSONValue>
  private let stamps: UnsafeMutablePointer<UInt32>
  private var stamp: UInt32 = 0
  /// Deeper nesting is not read.
  private static let depthLimit = 64

  init(_ keys: JSONKeys) {
    self.keys = keys
    values = .allocate(capacity: keys.count)
    values.initialize(repeating: JSONValue(), count: keys.count)
    stamps = .allocate(capacity: keys.count)
    stamps.initialize(repeating: 0, count: keys.count)
  }

  deinit {
    values.deallocate()
    stamps.deallocate()
  }

  /// The value of a member of the line; nil if there is none, or null.
  @inline(__always)
  subscript(key: JSONKeys.Key) -> JSONValue? { stamps[Int(key)] == stamp ? values[Int(key)] : nil }

  /// Reads the object that the text is, and only that.
  mutating func parse(_ text: UnsafeBufferPointer<UInt8>) throws(JSONProblem) {
    self.text = text
    let end = try members(from: 0)
    let rest = space(end)
    if rest < text.count { throw JSONProblem(rest, "the end of the line") }
  }

  /// Reads the members of an object within the same text, in place of the line's own.
  mutating func enter(_ object: JSONValue) throws(JSONProblem) { _ = try members(from: Int(object.start)) }

  /// - Returns: the place behind the closing brace.
  private mutating func members(from start: Int) throws(JSONProblem) -> Int {
    stamp &+= 1
    if stamp == 0 {
      stamps.update(repeating: 0, count: keys.count)
      stamp = 1
    }
    var position = space(start)
    try expect(UInt8(ascii: "{"), "{", position)
    position = space(position + 1)
    if position < text.count, text[position] == UInt8(ascii: "}") { return position + 1 }
    while true {
      try expect(UInt8(ascii: "\""), "a member's name in quotes", position)
      let name = try string(position)
      position = space(Int(name.start + name.length) + 1)
      try expect(UInt8(ascii: ":"), ":", position)
      var value = JSONValue()
      position = space(try self.value(space(position + 1), &value))
      let key = keys.number(UnsafeBufferPointer(rebasing: text[name.range]))
      if key != 0, value.kind != .null {
        values[Int(key)] = value
        stamps[Int(key)] = stamp
      }
      guard position < text.count else { throw JSONProblem(position, ", or }") }
      switch text[position] {
      case UInt8(ascii: ","): position = space(position + 1)
      case UInt8(ascii: "}"): return position + 1
      default: throw JSONProblem(position, ", or }")
      }
    }
  }

  @inline(__always)
  private func space(_ start: Int) -> Int {
    var position = start
    while position < text.count, text[position] <= 0x20 { position += 1 }
    return position
  }

  @inline(__always)
  private func expect(_ byte: UInt8, _ what: String, _ position: Int) throws(JSONProblem) {
    guard position < text.count, text[position] == byte else { throw JSONProblem(position, what) }
  }

  /// The string that begins with the quote at `start`.
  @inline(__always)
  private func string(_ start: Int) throws(JSONProblem) -> JSONValue {
    var value = JSONValue()
    value.kind = .string
    var position = start + 1
    while position < text.count {
      let byte = text[position]
      if byte == UInt8(ascii: "\"") {
        value.start = Int32(truncatingIfNeeded: start + 1)
        value.length = Int32(truncatingIfNeeded: position - start - 1)
        return value
      }
      if byte == UInt8(ascii: "\\") {
        value.kind = .escapedString
        position += 1
      }
      position += 1
    }
    throw JSONProblem(text.count, "the closing quote of a string")
  }

  /// Reads one value and returns the place behind it.
  @inline(__always)
  private func value(_ start: Int, _ value: inout JSONValue) throws(JSONProblem) -> Int {
    guard start < text.count else { throw JSONProblem(start, "a value") }
    switch text[start] {
    case UInt8(ascii: "\""):
      value = try string(start)
      return Int(value.start + value.length) + 1
    case UInt8(ascii: "-"), 0x30...0x39: return try number(start, &value)
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      value.kind = text[start] == UInt8(ascii: "[") ? .array : .object
      let end = try nested(start)
      value.start = Int32(truncatingIfNeeded: start)
      value.length = Int32(truncatingIfNeeded: end - start)
      return end
    case UInt8(ascii: "t"):
      value.kind = .yes
      return try word("true", start)
    case UInt8(ascii: "f"):
      value.kind = .no
      return try word("false", start)
    case UInt8(ascii: "n"):
      value.kind = .null
      return try word("null", start)
    default: throw JSONProblem(start, "a value")
    }
  }

  private func word(_ word: StaticString, _ start: Int) throws(JSONProblem) -> Int {
    let count = word.utf8CodeUnitCount
    for index in 0..<count {
      guard start + index < text.count, text[start + index] == word.utf8Start[index] else {
        throw JSONProblem(start + index, "\(word)")
      }
    }
    return start + count
  }

  private func number(_ start: Int, _ value: inout JSONValue) throws(JSONProblem) -> Int {
    value.kind = .integer
    value.start = Int32(truncatingIfNeeded: start)
    var position = start
    let isNegative = text[position] == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let digits = position
    var number: UInt64 = 0
    while position < text.count, text[position] &- 0x30 < 10 {
      let (shifted, tooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = shifted.addingReportingOverflow(UInt64(text[position] &- 0x30))
      if tooLarge || overflow { value.kind = .decimal }
      number = sum
      position += 1
    }
    if position == digits { throw JSONProblem(position, "a digit") }
    if position < text.count, text[position] == 0x2e || text[position] | 0x20 == 0x65 {
      value.kind = .decimal
      while position < text.count, JSONLine.isOfDecimal(text[position]) { position += 1 }
    }
    if isNegative, number > 1 << 63 { value.kind = .decimal }
    value.length = Int32(truncatingIfNeeded: position - start)
    value.number = isNegative ? 0 &- number : number
    return position
  }

  /// A digit, sign, point or exponent.
  private static func isOfDecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x2b, 0x2d, 0x2e, 0x45, 0x65: true
    default: false
    }
  }

  /// The place behind an array or object, whose content is checked for brackets and strings only.
  private func nested(_ start: Int) throws(JSONProblem) -> Int {
    var depth = 0
    // One bit for each open bracket: whether it is that of an object.
    var objects: UInt64 = 0
    var position = start
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "\""):
        let string = try string(position)
        position = Int(string.start + string.length)
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        if depth > JSONLine.depthLimit {
          throw JSONProblem(position, "at most \(JSONLine.depthLimit) levels", found: "one more")
        }
        objects = objects << 1 | (text[position] == UInt8(ascii: "{") ? 1 : 0)
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        let isObject = text[position] == UInt8(ascii: "}")
        guard (objects & 1 == 1) == isObject else {
          throw JSONProblem(position, isObject ? "]" : "}")
        }
        objects >>= 1
        depth -= 1
        if depth == 0 { return position + 1 }
      default: break
      }
      position += 1
    }
    throw JSONProblem(position, "the end of an array or object")
  }

  /// The place of an array's first element, for `next`; nil if it is empty.
  func firstElement(of array: JSONValue) -> Int? {
    let position = space(Int(array.start) + 1)
    return text[position] == UInt8(ascii: "]") ? nil : position
  }

  /// The element at a place, which moves on to the one behind it; nil behind the last one.
  func next(_ place: inout Int?) throws(JSONProblem) -> JSONValue? {
    guard let position = place else { return nil }
    var element = JSONValue()
    let end = space(try value(position, &element))
    guard end < text.count else { throw JSONProblem(end, ", or ]") }
    switch text[end] {
    case UInt8(ascii: ","): place = space(end + 1)
    case UInt8(ascii: "]"): place = nil
    default: throw JSONProblem(end, ", or ]")
    }
    return element
  }

  /// The bytes of a string without backslashes, or of anything else as it is written.
  @inline(__always)
  func bytes(_ value: JSONValue) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: text[value.range])
  }

  /// The text of a string, its escapes resolved; a wrong escape becomes U+FFFD.
  func unescaped(_ value: JSONValue) -> String {
    let bytes = bytes(value)
    guard value.kind == .escapedString else { return String(decoding: bytes, as: UTF8.self) }
    var units: [UInt16] = []
    var result = ""
    var plain = 0
    func flush(_ end: Int) {
      if !units.isEmpty { result += String(decoding: units, as: UTF16.self) }
      units.removeAll(keepingCapacity: true)
      if plain < end { result += String(decoding: bytes[plain..<end], as: UTF8.self) }
    }
    var position = 0
    while position < bytes.count {
      guard bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count else {
        position += 1
        continue
      }
      if plain < position { flush(position) }
      let (unit, length) = JSONLine.escape(bytes, position + 1)
      units.append(unit)
      position += 1 + length
      plain = position
    }
    flush(bytes.count)
    return result
  }

  /// The UTF-16 unit that the escape behind a backslash stands for, and its length.
  private static func escape(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (unit: UInt16, length: Int)
  {
    switch bytes[start] {
    case UInt8(ascii: "n"): return (0x0a, 1)
    case UInt8(ascii: "t"): return (0x09, 1)
    case UInt8(ascii: "r"): return (0x0d, 1)
    case UInt8(ascii: "b"): return (0x08, 1)
    case UInt8(ascii: "f"): return (0x0c, 1)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return (UInt16(bytes[start]), 1)
    case UInt8(ascii: "u") where start + 5 <= bytes.count:
      let digits = String(decoding: bytes[(start + 1)..<(start + 5)], as: UTF8.self)
      return (UInt16(digits, radix: 16) ?? 0xfffd, 5)
    default: return (0xfffd, 1)
    }
  }
}
