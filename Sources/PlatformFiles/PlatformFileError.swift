/// What is wrong with a platform file, and where.
public struct PlatformFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Whether the file could not be read at all.
  public let isUnreadable: Bool
  /// `board.yaml:7:3: unknown key 'cleanline'; expected …`
  public let description: String

  init(_ description: String, isUnreadable: Bool = false) {
    (self.description, self.isUnreadable) = (description, isUnreadable)
  }
}

extension PlatformFileError {
  public static func unreadable(_ path: String) -> PlatformFileError {
    PlatformFileError("\(path): cannot open this platform file", isUnreadable: true)
  }
}
