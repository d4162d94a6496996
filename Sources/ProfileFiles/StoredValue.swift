/// A value that stands in JSON by itself.
protocol StoredValue: Encodable {
  /// - Throws: `JSONFault` if there is another kind of value at the place, or one that is out of range.
  static func read(_ text: JSONText, _ place: Int) throws -> Self
}

extension StoredValue where Self: FixedWidthInteger {
  static func read(_ text: JSONText, _ place: Int) throws -> Self {
    if let value: Self = text.integer(place) { return value }
    let words = isSigned ? "a number" : "a whole number of at least 0"
    throw JSONFault(.mismatch(words), at: place)
  }
}

extension Int: StoredValue {}
extension Int32: StoredValue {}
extension Int64: StoredValue {}
extension UInt16: StoredValue {}
extension UInt64: StoredValue {}

extension Double: StoredValue {
  static func read(_ text: JSONText, _ place: Int) throws -> Double {
    guard let value = text.number(place) else { throw JSONFault(.mismatch("a number"), at: place) }
    return value
  }
}

extension Bool: StoredValue {
  static func read(_ text: JSONText, _ place: Int) throws -> Bool {
    switch text.bytes[place] {
    case UInt8(ascii: "t"): true
    case UInt8(ascii: "f"): false
    default: throw JSONFault(.mismatch("true or false"), at: place)
    }
  }
}

extension String: StoredValue {
  static func read(_ text: JSONText, _ place: Int) throws -> String {
    guard let value = try text.string(place) else { throw JSONFault(.mismatch("a text"), at: place) }
    return value
  }
}

extension Array: StoredValue where Element: StoredValue {
  static func read(_ text: JSONText, _ place: Int) throws -> [Element] {
    let count = try text.elementCount(of: place)
    try text.take(count, of: MemoryLayout<Element>.stride, for: place)
    var values: [Element] = []
    values.reserveCapacity(count)
    try text.forEachElement(of: place) { values.append(try Element.read(text, $0)) }
    return values
  }
}

extension Dictionary: StoredValue where Key == String, Value: StoredValue {
  static func read(_ text: JSONText, _ place: Int) throws -> [String: Value] {
    var values: [String: Value] = [:]
    // Of its places a dictionary fills three quarters; it doubles, and has both tables while it does.
    let entry = 4 * (MemoryLayout<String>.stride + MemoryLayout<Value>.stride)
    try text.forEachMember(of: place) { name, value in
      try text.take(entry, for: place)
      values[try String.read(text, name)] = try Value.read(text, value)
    }
    return values
  }
}
