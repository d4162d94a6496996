/// Why an input could not be read, made where the fact is known: file, offset, what was expected, what was found.
public struct TraceError: Error, Sendable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// The file could not be opened or read at all.
    case cannotOpen
    /// The bytes are not a trace that dmascope reads.
    case notATrace
    /// It is a trace, but it is damaged or cut short here.
    case damaged
    /// It is a saved profile, which holds sums and no events.
    case savedProfile
    /// A temporary file could not be written.
    case cannotWrite
  }

  public var kind: Kind
  /// The name that the user gave.
  public var file: String
  /// Byte offset in the file (after decompression of a wrapped file), where there is one.
  public var offset: UInt64?
  public var expected: String
  public var found: String

  public init(_ kind: Kind, file: String, offset: UInt64? = nil, expected: String, found: String) {
    self.kind = kind
    self.file = file
    self.offset = offset
    self.expected = expected
    self.found = found
  }

  /// Without the file's name: `at byte 0x1f40: expected …, found …`.
  public var details: String {
    let place = offset.map { "at byte \($0) (0x\(String($0, radix: 16))): " } ?? ""
    if expected.isEmpty { return place + found }
    return "\(place)expected \(expected), found \(found)"
  }

  public var description: String { "\(file): \(details)" }
}

extension TraceError {
  static func noEvents(_ name: String) -> TraceError {
    TraceError(
      .savedProfile, file: name, expected: "a trace",
      found: "a saved profile: it holds sums, not events; give the trace that it was made from")
  }
}
