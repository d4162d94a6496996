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
  init()
  mutating func visit(_ fields: Fields) throws
}

/// A value that is left out of the file where it says nothing.
protocol Absentable: Codable, Equatable {
  static var absent: Self { get }
}

extension UInt64: Absentable { static let absent: UInt64 = 0 }
extension Int64: Absentable { static let absent: Int64 = 0 }
extension Int: Absentable { static let absent = 0 }
extension Bool: Absentable { static let absent = false }
extension String: Absentable { static let absent = "" }
extension Array: Absentable where Element: Codable & Equatable { static var absent: [Element] { [] } }
extension Dictionary: Absentable where Key == String, Value: Codable & Equatable {
  static var absent: [String: Value] { [:] }
}

/// The fields of one object in a file, being written or being read.
enum Fields {
  case writing(KeyedEncodingContainer<FieldName>)
  case reading(KeyedDecodingContainer<FieldName>)

  /// Whether the file is being read.
  var isReading: Bool {
    if case .reading = self { true } else { false }
  }

  func plain<Value: Absentable>(_ name: String, _ value: inout Value) throws {
    switch self {
    case .writing(var container):
      if value != Value.absent { try container.encode(value, forKey: FieldName(name)) }
    case .reading(let container):
      value = try container.decodeIfPresent(Value.self, forKey: FieldName(name)) ?? Value.absent
    }
  }

  func optional<Value: Codable>(_ name: String, _ value: inout Value?) throws {
    switch self {
    case .writing(var container): try container.encodeIfPresent(value, forKey: FieldName(name))
    case .reading(let container):
      value = try container.decodeIfPresent(Value.self, forKey: FieldName(name))
    }
  }

  /// A value that has to be there.
  func required<Value: Codable>(_ name: String, _ value: inout Value) throws {
    switch self {
    case .writing(var container): try container.encode(value, forKey: FieldName(name))
    case .reading(let container): value = try container.decode(Value.self, forKey: FieldName(name))
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
    case .reading(let container):
      value =
        try container.decodeIfPresent(StoredObject<Value>.self, forKey: FieldName(name))?.value ?? Value()
    }
  }

  /// Left out where it is what it begins as.
  func one<Value: Stored & Equatable>(_ name: String, _ value: inout Value) throws {
    var object = value == Value() ? nil : StoredObject(value: value)
    try optional(name, &object)
    value = object?.value ?? Value()
  }

  func optionalOne<Value: Stored>(_ name: String, _ value: inout Value?) throws {
    var object = value.map { StoredObject(value: $0) }
    try optional(name, &object)
    value = object?.value
  }

  func list<Value: Stored>(_ name: String, _ values: inout [Value]) throws {
    switch self {
    case .writing(var container):
      if !values.isEmpty {
        try container.encode(values.map { StoredObject(value: $0) }, forKey: FieldName(name))
      }
    case .reading(let container):
      values =
        try container.decodeIfPresent([StoredObject<Value>].self, forKey: FieldName(name))?.map(\.value) ?? []
    }
  }

  /// Refuses what cannot be, while reading.
  func check(_ holds: Bool, _ name: String, _ expected: @autoclosure () -> String) throws {
    guard case .reading(let container) = self, !holds else { return }
    throw DecodingError.dataCorruptedError(
      forKey: FieldName(name), in: container, debugDescription: "expected \(expected())")
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
struct StoredObject<Value: Stored>: Codable {
  var value: Value

  init(value: Value) { self.value = value }

  init(from decoder: any Decoder) throws {
    value = Value()
    try value.visit(.reading(try decoder.container(keyedBy: FieldName.self)))
  }

  func encode(to encoder: any Encoder) throws {
    var copy = value
    try copy.visit(.writing(encoder.container(keyedBy: FieldName.self)))
  }
}
