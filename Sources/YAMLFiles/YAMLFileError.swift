/// What is wrong with a file that a user wrote, and where.
public struct YAMLFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Whether the file could not be read at all.
  public let isUnreadable: Bool
  /// `board.yaml:7:3: unknown key 'cleanline'; expected …`
  public let description: String

  public init(_ description: String, isUnreadable: Bool = false) {
    (self.description, self.isUnreadable) = (description, isUnreadable)
  }

  /// - Parameter kind: what the file is called, as `platform file`.
  public static func unreadable(_ path: String, _ kind: String) -> YAMLFileError {
    YAMLFileError("\(path): cannot open this \(kind)", isUnreadable: true)
  }
}
