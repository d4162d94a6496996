/// What is wrong with a file of events, and where.
public struct EventFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Whether the file could not be read at all.
  public let isUnreadable: Bool
  /// `gpu.yaml:7:3: expected …; found …`
  public let description: String

  init(_ description: String, isUnreadable: Bool = false) {
    (self.description, self.isUnreadable) = (description, isUnreadable)
  }
}

extension EventFileError {
  public static func unreadable(_ path: String) -> EventFileError {
    EventFileError("\(path): cannot open this file of events", isUnreadable: true)
  }
}
