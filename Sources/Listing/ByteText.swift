/// Text in the making, as UTF-8. Lines of millions of events are put together piece by piece, for which a `String` is
/// slow.
public struct ByteText {
  public private(set) var bytes: [UInt8] = []

  public init(_ text: String = "") { append(text) }

  public var count: Int { bytes.count }

  /// Forgets the text and keeps its memory.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  @inline(__always)
  public mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  @inline(__always)
  mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

  @inline(__always)
  mutating func append(_ letter: Unicode.Scalar) { bytes.append(UInt8(truncatingIfNeeded: letter.value)) }

  mutating func append(_ letter: Unicode.Scalar, times count: Int) {
    if count > 0 {
      bytes.append(contentsOf: repeatElement(UInt8(truncatingIfNeeded: letter.value), count: count))
    }
  }

  /// `0x` and the digits.
  mutating func appendHex(_ number: UInt64) {
    append("0")
    append("x")
    var left = max(1, (67 - number.leadingZeroBitCount) / 4)
    while left > 0 {
      left -= 1
      let digit = UInt8(truncatingIfNeeded: number >> UInt64(4 * left)) & 15
      bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }
  }

  /// The digits, with zeros before them up to a width.
  mutating func append(_ number: UInt64, width: Int = 1) {
    var digits = InlineArray<20, UInt8>(repeating: 0x30)
    var (first, rest) = (20, number)
    while rest > 0 {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      first -= 1
      digits[first] = 0x30 + UInt8(truncatingIfNeeded: digit)
      rest = quotient
    }
    first = min(first, 20 - width)
    for index in first..<20 { bytes.append(digits[index]) }
  }

  mutating func append(_ number: Int64) {
    if number < 0 { append("-") }
    append(number.magnitude)
  }

  /// `11.227821342`, of nanoseconds.
  mutating func appendSeconds(_ nanoseconds: UInt64) {
    append(nanoseconds / 1_000_000_000)
    append(".")
    append(nanoseconds % 1_000_000_000, width: 9)
  }

  /// Blanks behind what begins at a place, up to so many characters.
  mutating func pad(from start: Int, to width: Int) {
    var characters = 0
    // Bytes that go on with a character do not count.
    for index in start..<bytes.count where bytes[index] & 0xc0 != 0x80 { characters += 1 }
    append(" ", times: width - characters)
  }

  /// What begins at a place; it is taken out.
  mutating func cut(from start: Int) -> String {
    defer { bytes.removeSubrange(start...) }
    return String(decoding: bytes[start...], as: UTF8.self)
  }
}
