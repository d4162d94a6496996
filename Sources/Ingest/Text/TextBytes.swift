/// The bytes of a line, taken eight at a time: the unsafe core of the reading of text.
///
/// Reads stay within the line, whatever the position: what lies behind its end reads as zero, which ends words and numbers as
/// blanks do.
struct TextBytes {
  let base: UnsafePointer<UInt8>
  let count: Int

  /// Nil for no bytes at all.
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    guard let base = text.baseAddress, text.count > 0 else { return nil }
    (self.base, count) = (base, text.count)
  }

  /// A part of a line.
  init(_ line: TextBytes, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= line.count)
    (base, count) = (line.base + range.lowerBound, range.count)
  }

  /// The byte at a position that is not negative.
  @inline(__always)
  subscript(position: Int) -> UInt8 { position < count ? base[position] : 0 }

  /// Eight bytes from a position on that is not negative, the first in the lowest bits.
  @inline(__always)
  func word(_ position: Int) -> UInt64 {
    position &+ 8 <= count ? load(position) : lastWord(position)
  }

  @inline(__always)
  private func load(_ position: Int) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self))
  }

  @inline(never)
  private func lastWord(_ position: Int) -> UInt64 {
    let missing = position &+ 8 &- count
    if missing >= 8 { return 0 }
    if count >= 8 { return load(count &- 8) &>> UInt64(8 &* missing) }
    var word: UInt64 = 0
    for index in position..<count { word |= UInt64(base[index]) &<< UInt64(8 &* (index &- position)) }
    return word
  }

  func text(_ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
    let start = min(start, count)
    return UnsafeBufferPointer(start: base + start, count: max(start, min(end, count)) - start)
  }

  /// Where the word at a position ends: before the next blank or control character, or at the end.
  @inline(__always)
  func endOfWord(_ position: Int) -> Int {
    var place = position
    while true {
      let ends = TextBytes.blanks(word(place))
      if ends != 0 { return place &+ ends.trailingZeroBitCount &>> 3 }
      place &+= 8
    }
  }

  /// The first position from this one on that has no space.
  @inline(__always)
  func afterSpaces(_ position: Int) -> Int {
    var place = position
    while true {
      let others = word(place) ^ (0x20 &* TextBytes.each)
      if others != 0 { return place &+ others.trailingZeroBitCount &>> 3 }
      place &+= 8
    }
  }

  private static let each: UInt64 = 0x0101_0101_0101_0101
  private static let high: UInt64 = 0x8080_8080_8080_8080

  /// The high bit of each byte that is at most 0x20.
  @inline(__always)
  private static func blanks(_ word: UInt64) -> UInt64 {
    ~(((word & ~high) &+ (0x5f &* each)) | word) & high
  }
}

// MARK: - Numbers

extension TextBytes {
  /// The number of decimal digits that a word begins with.
  @inline(__always)
  static func decimals(_ word: UInt64) -> Int {
    let low = word & ~high
    let isDigit = (low &+ (0x50 &* each)) & ~(low &+ (0x46 &* each)) & ~word
    return (~isDigit & high).trailingZeroBitCount &>> 3
  }

  /// The value of that many decimal digits, 1 to 8, at the beginning of a word.
  @inline(__always)
  static func decimal(_ word: UInt64, _ digits: Int) -> UInt64 {
    var sum = (word & (0x0f &* each)) &<< UInt64(64 &- 8 &* digits)
    sum = (sum &* 10 &+ sum &>> 8) & 0x00ff_00ff_00ff_00ff
    sum = (sum &* 100 &+ sum &>> 16) & 0x0000_ffff_0000_ffff
    return (sum &* 10000 &+ sum &>> 32) & 0xffff_ffff
  }

  /// The number of hexadecimal digits that a word begins with.
  @inline(__always)
  static func hexadecimals(_ word: UInt64) -> Int {
    let low = word & ~high
    let isDigit = (low &+ (0x50 &* each)) & ~(low &+ (0x46 &* each))
    let small = low | (0x20 &* each)
    let isLetter = (small &+ (0x1f &* each)) & ~(small &+ (0x19 &* each))
    return (~((isDigit | isLetter) & ~word) & high).trailingZeroBitCount &>> 3
  }

  /// The value of that many hexadecimal digits, 1 to 8, at the beginning of a word.
  @inline(__always)
  static func hexadecimal(_ word: UInt64, _ digits: Int) -> UInt64 {
    let values = (word & (0x0f &* each)) &+ 9 &* (word &>> 6 & each)
    var sum = values &<< UInt64(64 &- 8 &* digits)
    sum = (sum &<< 4 | sum &>> 8) & 0x00ff_00ff_00ff_00ff
    sum = (sum &<< 8 | sum &>> 16) & 0x0000_ffff_0000_ffff
    return (sum &<< 16 | sum &>> 32) & 0xffff_ffff
  }

  /// The decimal number at a position, of at most 15 digits, and where it ends; nil for any other.
  @inline(__always)
  func decimal(_ position: Int) -> (value: UInt64, end: Int)? {
    let first = word(position)
    let digits = TextBytes.decimals(first)
    guard digits > 0 else { return nil }
    var value = TextBytes.decimal(first, digits)
    if digits < 8 { return (value, position &+ digits) }
    let second = word(position &+ 8)
    let further = TextBytes.decimals(second)
    guard further < 8 else { return nil }
    for index in 0..<further { value = value &* 10 &+ (second &>> UInt64(8 &* index) & 0x0f) }
    return (value, position &+ 8 &+ further)
  }

  /// The hexadecimal number at a position, of at most 16 digits and without a prefix, and where it ends; nil for any other.
  @inline(__always)
  func hexadecimal(_ position: Int) -> (value: UInt64, end: Int)? {
    let first = word(position)
    let digits = TextBytes.hexadecimals(first)
    guard digits > 0 else { return nil }
    let value = TextBytes.hexadecimal(first, digits)
    if digits < 8 { return (value, position &+ digits) }
    let second = word(position &+ 8)
    let further = TextBytes.hexadecimals(second)
    if further == 0 { return (value, position &+ 8) }
    guard further < 8 || TextBytes.hexadecimals(word(position &+ 16)) == 0 else { return nil }
    return (value &<< UInt64(4 &* further) | TextBytes.hexadecimal(second, further), position &+ 8 &+ further)
  }
}
