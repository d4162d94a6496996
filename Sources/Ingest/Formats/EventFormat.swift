/// The layout of one event as the recording describes it (a `format` file of tracefs).
struct EventFormat: Sendable {
  var system: String
  var name: String
  var id: UInt16
  var fields: [Field]
  /// What follows `print fmt:`, with its symbol tables; see `PrintTable`.
  var printFormat: String

  /// One field of the record.
  struct Field: Sendable, Equatable {
    enum Storage: Sendable, Equatable {
      /// A number, or an array of fixed length.
      case fixed
      /// A 32-bit word: length << 16 | offset from the start of the record.
      case dataLocation
      /// A 32-bit word: length << 16 | offset from the end of this field.
      case relativeLocation
    }
    var name: String
    var storage: Storage
    var offset: Int
    var size: Int
    var isSigned: Bool
    /// The declaration without the name, for instance `__data_loc u64[]`.
    var type: String
  }

  subscript(_ name: String) -> Field? { fields.first { $0.name == name } }

  /// The most bytes of a format file that are taken apart. The kernel's are smaller than one page, with few exceptions.
  static let textLimit = 1 << 18

  /// Reads a format file; nil if it has no name or number.
  init?(system: String, text: String) { self.init(system: system, text: Array(text.utf8)[...]) }

  /// Reads a format file; nil if it has no name or number.
  ///
  /// Byte by byte: hundreds of lines are read at each start.
  init?(system: String, text: ArraySlice<UInt8>) {
    self.system = system
    name = ""
    var number: UInt16?
    fields = []
    printFormat = ""
    for line in text.prefix(EventFormat.textLimit).prefix(while: { $0 != 0 }).split(
      separator: UInt8(ascii: "\n"))
    {
      let line = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      if let rest = line.after("field:") {
        if let field = Field(declaration: rest) { fields.append(field) }
      } else if let rest = line.after("name:") {
        name = rest.withoutLeadingSpaces.text
      } else if let rest = line.after("ID:") {
        number = rest.withoutLeadingSpaces.decimal.flatMap { UInt16(exactly: $0) }
      } else if let rest = line.after("print fmt:") {
        printFormat = rest.text
      }
    }
    guard let number, !name.isEmpty else { return nil }
    id = number
  }

  /// Name and number alone, without the cost of the fields; enough for events that are only counted.
  static func nameAndNumber(_ text: ArraySlice<UInt8>) -> (name: String, id: UInt16)? {
    var lines = text.prefix(512).split(separator: UInt8(ascii: "\n"), maxSplits: 3).makeIterator()
    guard let first = lines.next(), first.starts(with: Array("name:".utf8)),
      let second = lines.next(), second.starts(with: Array("ID:".utf8))
    else { return nil }
    let space = UInt8(ascii: " ")
    let name = String(decoding: first.dropFirst(5).drop { $0 == space }, as: UTF8.self)
    guard let id = UInt16(String(decoding: second.dropFirst(3).drop { $0 == space }, as: UTF8.self))
    else { return nil }
    return (name, id)
  }
}

extension EventFormat.Field {
  /// `field:__data_loc char[] device;	offset:8;	size:4;	signed:0;`
  init?(_ line: Substring) {
    let line = Array(line.utf8)[...]
    self.init(declaration: line.after("field:") ?? line)
  }

  /// The same behind its `field:`.
  fileprivate init?(declaration line: ArraySlice<UInt8>) {
    var parts = line.split(separator: UInt8(ascii: ";")).makeIterator()
    guard let declaration = parts.next()?.withoutLeadingSpaces else { return nil }
    var offset: Int?
    var size: Int?
    isSigned = false
    while let part = parts.next() {
      let part = part.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      if let rest = part.after("offset:") {
        offset = rest.decimal
      } else if let rest = part.after("size:") {
        size = rest.decimal
      } else if let rest = part.after("signed:") {
        isSigned = rest.elementsEqual(CollectionOfOne(UInt8(ascii: "1")))
      }
    }
    guard let offset, let size, offset < 1 << 16, size < 1 << 16 else { return nil }
    self.offset = offset
    self.size = size
    // `unsigned long caller[8]`: the name ends before the bracket.
    var words = declaration.split(separator: UInt8(ascii: " "))
    let last = words.popLast() ?? []
    name = last.prefix { $0 != UInt8(ascii: "[") }.drop { $0 == UInt8(ascii: "*") }.text
    type = words.map(\.text).joined(separator: " ")
    storage =
      declaration.after("__data_loc") != nil
      ? .dataLocation : declaration.after("__rel_loc") != nil ? .relativeLocation : .fixed
  }
}

extension ArraySlice<UInt8> {
  /// What follows a word that they begin with; nil if they do not.
  fileprivate func after(_ word: StaticString) -> ArraySlice<UInt8>? {
    guard count >= word.utf8CodeUnitCount else { return nil }
    for index in 0..<word.utf8CodeUnitCount
    where self[startIndex + index] != word.utf8Start[index] { return nil }
    return dropFirst(word.utf8CodeUnitCount)
  }

  fileprivate var withoutLeadingSpaces: ArraySlice<UInt8> { drop { $0 == UInt8(ascii: " ") } }

  /// Digits and nothing else, as a number below 2^31.
  fileprivate var decimal: Int? {
    if isEmpty { return nil }
    var result = 0
    for byte in self {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9"), result < 1 << 27 else { return nil }
      result = result * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return result
  }
}
