/// A text that is known to be JSON (RFC 8259), in which values are found by their places.
///
/// Nothing is kept of it but its bytes: no tree of its values, which would take many times as much. What a value is made
/// into counts towards the memory that a text of its size may take.
final class JSONText {
  let bytes: [UInt8]
  /// Bytes that what is made of the text may take, and what is left of them.
  let memoryLimit: Int
  private(set) var memoryLeft: Int
  /// Deeper nesting is not read.
  private static let depthLimit = 128

  /// What is made of a text may take this and three times its bytes: with the text itself that is less than 64 MiB and
  /// four times.
  private static let memoryBase = 40 << 20

  /// - Throws: `JSONFault` if it is not JSON. Complexity: linear in its size.
  init(_ bytes: [UInt8]) throws(JSONFault) {
    self.bytes = bytes
    memoryLimit = JSONText.memoryBase + 3 * bytes.count
    memoryLeft = memoryLimit
    // Places in an object are numbers of 32 bits.
    guard bytes.count <= Int32.max else { throw JSONFault(.tooLarge("at most 2 GiB"), at: 0) }
    var place = 0
    guard checkValue(&place, depth: 0), isEnd(place) else { throw JSONFault(.notJSON, at: place) }
  }

  /// Takes memory for what is made of the value at a place.
  func take(_ bytes: Int, for place: Int) throws(JSONFault) {
    guard bytes <= memoryLeft else {
      throw JSONFault(.tooLarge("at most \(memoryLimit >> 20) MiB of values in all"), at: place)
    }
    memoryLeft -= bytes
  }

  /// Takes memory for an array, with what lies before its elements; an empty one has none.
  func take(_ count: Int, of bytes: Int, for place: Int) throws(JSONFault) {
    if count > 0 { try take(48 + count * bytes, for: place) }
  }

  func giveBack(_ bytes: Int) { memoryLeft += bytes }

  // MARK: - The form

  @inline(__always)
  func byte(_ place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }

  @inline(__always)
  func afterSpace(_ start: Int) -> Int {
    var place = start
    while place < bytes.count, JSONText.isSpace(bytes[place]) { place += 1 }
    return place
  }

  @inline(__always)
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
  }

  private func isEnd(_ place: Int) -> Bool { afterSpace(place) == bytes.count }

  private func checkValue(_ place: inout Int, depth: Int) -> Bool {
    place = afterSpace(place)
    switch byte(place) {
    case UInt8(ascii: "{"):
      return checkList(&place, UInt8(ascii: "}"), depth) { place in
        place = afterSpace(place)
        guard checkString(&place) else { return false }
        place = afterSpace(place)
        guard byte(place) == UInt8(ascii: ":") else { return false }
        place += 1
        return checkValue(&place, depth: depth + 1)
      }
    case UInt8(ascii: "["):
      return checkList(&place, UInt8(ascii: "]"), depth) { checkValue(&$0, depth: depth + 1) }
    case UInt8(ascii: "\""): return checkString(&place)
    case UInt8(ascii: "t"): return checkWord("true", &place)
    case UInt8(ascii: "f"): return checkWord("false", &place)
    case UInt8(ascii: "n"): return checkWord("null", &place)
    default: return checkNumber(&place)
    }
  }

  /// What lies between brackets, with commas between.
  private func checkList(
    _ place: inout Int, _ close: UInt8, _ depth: Int, _ element: (inout Int) -> Bool
  ) -> Bool {
    guard depth < JSONText.depthLimit else { return false }
    place = afterSpace(place + 1)
    if byte(place) == close {
      place += 1
      return true
    }
    while element(&place) {
      place = afterSpace(place)
      let next = byte(place)
      place += 1
      if next == close { return true }
      guard next == UInt8(ascii: ",") else { return false }
    }
    return false
  }

  private func checkWord(_ word: StaticString, _ place: inout Int) -> Bool {
    for index in 0..<word.utf8CodeUnitCount {
      guard byte(place + index) == word.utf8Start[index] else { return false }
    }
    place += word.utf8CodeUnitCount
    return true
  }

  private func isDigit(_ place: Int) -> Bool { byte(place) &- 0x30 < 10 }

  private func checkDigits(_ place: inout Int) -> Bool {
    guard isDigit(place) else { return false }
    while isDigit(place) { place += 1 }
    return true
  }

  private func checkNumber(_ place: inout Int) -> Bool {
    if byte(place) == UInt8(ascii: "-") { place += 1 }
    if byte(place) == UInt8(ascii: "0") { place += 1 } else if !checkDigits(&place) { return false }
    if byte(place) == UInt8(ascii: ".") {
      place += 1
      guard checkDigits(&place) else { return false }
    }
    if byte(place) | 0x20 == UInt8(ascii: "e") {
      place += 1
      if byte(place) == UInt8(ascii: "+") || byte(place) == UInt8(ascii: "-") { place += 1 }
      guard checkDigits(&place) else { return false }
    }
    return true
  }

  private func checkString(_ place: inout Int) -> Bool {
    guard byte(place) == UInt8(ascii: "\"") else { return false }
    let start = place + 1
    place = start
    var isASCII = true
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\"") {
        defer { place += 1 }
        return isASCII || String(validating: bytes[start..<place], as: UTF8.self) != nil
      }
      if byte < 0x20 { return false }
      if byte >= 0x80 { isASCII = false }
      place += 1
      if byte == UInt8(ascii: "\\"), !checkEscape(&place) { return false }
    }
    return false
  }

  /// What follows a backslash. Half of a surrogate pair is none.
  private func checkEscape(_ place: inout Int) -> Bool {
    let letter = byte(place)
    place += 1
    guard letter == UInt8(ascii: "u") else { return "\"\\/bfnrt".utf8.contains(letter) }
    guard let unit = unit(place) else { return false }
    place += 4
    if UTF16.isTrailSurrogate(unit) { return false }
    guard UTF16.isLeadSurrogate(unit) else { return true }
    guard byte(place) == UInt8(ascii: "\\"), byte(place + 1) == UInt8(ascii: "u"),
      let trail = self.unit(place + 2), UTF16.isTrailSurrogate(trail)
    else { return false }
    place += 6
    return true
  }

  /// A UTF-16 unit of four hexadecimal digits.
  func unit(_ start: Int) -> UInt16? {
    var unit: UInt16 = 0
    for place in start..<start + 4 {
      guard let digit = Character(Unicode.Scalar(byte(place))).hexDigitValue else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}

/// What is wrong with a text, or with a value in it.
struct JSONFault: Error {
  enum Kind {
    case notJSON
    /// The value is of another kind than this.
    case mismatch(String)
    /// There is no member of this name.
    case missing(String)
    /// The member of this name, or the value itself, is not this.
    case unexpected(String, member: String?)
    case tooLarge(String)
  }

  var kind: Kind
  /// Where the value begins.
  var place: Int

  init(_ kind: Kind, at place: Int) { (self.kind, self.place) = (kind, place) }
}
