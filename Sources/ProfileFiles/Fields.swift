#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A value that can be kept in a profile file. `visit` names its fields once, for writing and for reading.
///
/// To add a field: a line in `visit`, and in docs/profiles.md if its merging is not plain. Files without the field are
/// read as if it were absent: 0, false, empty or nil.
protocol Stored {
  /// Bytes of memory that one takes as it begins.
  static var memoryBytes: Int { get }
  init()
  mutating func visit(_ fields: Fields) throws
}

extension Stored {
  static var memoryBytes: Int { MemoryLayout<Self>.stride }
}

/// A value that is left out of the file where it says nothing.
protocol Absentable: StoredValue, Equatable {
  static var absent: Self { get }
}

extension UInt64: Absentable { static let absent: UInt64 = 0 }
extension Int64: Absentable { static let absent: Int64 = 0 }
extension Int: Absentable { static let absent = 0 }
extension Bool: Absentable { static let absent = false }
extension String: Absentable { static let absent = "" }
extension Array: Absentable where Element: StoredValue & Equatable { static var absent: [Element] { [] } }
extension Dictionary: Absentable where Key == String, Value: StoredValue & Equatable {
  static var absent: [String: Value] { [:] }
}

/// The fields of one object in a file, being written or being read.
enum Fields {
  case writing(KeyedEncodingContainer<FieldName>)
  case reading(JSONObject)

  /// Whether the file is being read.
  var isReading: Bool {
    if case .reading = self { true } else { false }
  }

  func plain<Value: Absentable>(_ name: String, _ value: inout Value) throws {
    switch self {
    case .writing(var container):
      if value != Value.absent { try container.encode(value, forKey: FieldName(name)) }
    case .reading(let object):
      value = try object[name].map { try Value.read(object.text, $0) } ?? Value.absent
    }
  }

  func optional<Value: StoredValue>(_ name: String, _ value: inout Value?) throws {
    switch self {
    case .writing(var container): try container.encodeIfPresent(value, forKey: FieldName(name))
    case .reading(let object): value = try object[name].map { try Value.read(object.text, $0) }
    }
  }

  /// A value that has to be there.
  func required<Value: StoredValue>(_ name: String, _ value: inout Value) throws {
    switch self {
    case .writing(var container): try container.encode(value, forKey: FieldName(name))
    case .reading(let object):
      guard let place = object[name] else { throw JSONFault(.missing(name), at: object.place) }
      value = try Value.read(object.text, place)
    }
  }

  /// One of several words.
  func choice<Value: RawRepresentable<String>>(_ name: String, _ value: inout Value) throws {
    var word = value.rawValue
    try required(name, &word)
    value = try self.known(Value(rawValue: word), name, word) ?? value
  }

  func optionalChoice<Value: RawRepresentable<String>>(_ name: String, _ value: inout Value?) throws {
    var word = value?.rawValue
    try optional(name, &word)
    value = try word.flatMap { try known(Value(rawValue: $0), name, $0) }
  }

  /// A value that a word stands for.
  func known<Value>(_ value: Value?, _ name: String, _ word: String) throws -> Value? {
    try check(value != nil, name, "a word that this version knows, not '\(word.prefix(40))'")
    return value
  }

  func one<Value: Stored>(_ name: String, _ value: inout Value) throws {
    switch self {
    case .writing(var container):
      try container.encode(StoredObject(value: value), forKey: FieldName(name))
    case .reading(let object): value = try read(name, of: object) ?? Value()
    }
  }

  /// Left out where it is what it begins as.
  func one<Value: Stored & Equatable>(_ name: String, _ value: inout Value) throws {
    switch self {
    case .writing(var container):
      if value != Value() { try container.encode(StoredObject(value: value), forKey: FieldName(name)) }
    case .reading(let object): value = try read(name, of: object) ?? Value()
    }
  }

  func optionalOne<Value: Stored>(_ name: String, _ value: inout Value?) throws {
    switch self {
    case .writing(var container):
      try container.encodeIfPresent(value.map { StoredObject(value: $0) }, forKey: FieldName(name))
    case .reading(let object): value = try read(name, of: object)
    }
  }

  private func read<Value: Stored>(_ name: String, of object: JSONObject) throws -> Value? {
    try object[name].map { try Fields.read(object.text, $0) }
  }

  /// The value that an object stands for.
  static func read<Value: Stored>(_ text: JSONText, _ place: Int) throws -> Value {
    var value = Value()
    try value.visit(.reading(try JSONObject(text, place)))
    return value
  }

  func list<Value: Stored>(_ name: String, _ values: inout [Value]) throws {
    switch self {
    case .writing(var container):
      if !values.isEmpty {
        try container.encode(values.map { StoredObject(value: $0) }, forKey: FieldName(name))
      }
    case .reading(let object):
      values = []
      guard let place = object[name] else { return }
      let count = try object.text.elementCount(of: place)
      try object.text.take(count, of: Value.memoryBytes, for: place)
      values.reserveCapacity(count)
      try object.text.forEachElement(of: place) { values.append(try Fields.read(object.text, $0)) }
    }
  }

  /// Takes memory for what is made of this object, while reading, beside what its fields take in the file.
  func take(_ bytes: Int) throws {
    if case .reading(let object) = self { try object.text.take(bytes, for: object.place) }
  }

  /// Refuses what cannot be, while reading.
  func check(_ holds: Bool, _ name: String, _ expected: @autoclosure () -> String) throws {
    guard case .reading(let object) = self, !holds else { return }
    throw JSONFault(.unexpected(expected(), member: name), at: object.place)
  }
}

/// The name of any field.
struct FieldName: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}

/// A stored value as an object of JSON.
struct StoredObject<Value: Stored>: Encodable {
  var value: Value

  func encode(to encoder: any Encoder) throws {
    var copy = value
    try copy.visit(.writing(encoder.container(keyedBy: FieldName.self)))
  }
}
