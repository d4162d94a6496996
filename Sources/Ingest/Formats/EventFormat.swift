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
  init?(system: String, text bytes: ArraySlice<UInt8>) {
    self.init(system: system, text: bytes.prefix(EventFormat.textLimit).text)
  }

  /// Reads a format file; nil if it has no name or number.
  init?(system: String, text: String) {
    self.system = system
    name = ""
    var number: UInt16?
    fields = []
    printFormat = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      let line = line.drop { $0 == " " || $0 == "\t" }
      if line.hasPrefix("name:") {
        name = String(line.dropFirst(5).drop { $0 == " " })
      } else if line.hasPrefix("ID:") {
        number = UInt16(line.dropFirst(3).drop { $0 == " " })
      } else if line.hasPrefix("field:") {
        if let field = Field(line) { fields.append(field) }
      } else if line.hasPrefix("print fmt:") {
        printFormat = String(line.dropFirst(10))
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
    var declaration = ""
    var offset: Int?
    var size: Int?
    isSigned = false
    for part in line.split(separator: ";") {
      let part = part.drop { $0 == " " || $0 == "\t" }
      if part.hasPrefix("field:") {
        declaration = String(part.dropFirst(6).drop { $0 == " " })
      } else if part.hasPrefix("offset:") {
        offset = Int(part.dropFirst(7))
      } else if part.hasPrefix("size:") {
        size = Int(part.dropFirst(5))
      } else if part.hasPrefix("signed:") {
        isSigned = part.dropFirst(7) == "1"
      }
    }
    guard let offset, let size, offset >= 0, size >= 0, offset < 1 << 16, size < 1 << 16 else { return nil }
    self.offset = offset
    self.size = size
    // `unsigned long caller[8]`: the name ends before the bracket.
    var words = declaration.split(separator: " ")
    let last = words.popLast() ?? ""
    name = String(last.prefix { $0 != "[" }.drop { $0 == "*" })
    type = words.joined(separator: " ")
    storage =
      declaration.hasPrefix("__data_loc")
      ? .dataLocation : declaration.hasPrefix("__rel_loc") ? .relativeLocation : .fixed
  }
}
