/// What is wrong with a gate file, and where.
public struct GateFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Whether the file could not be read at all.
  public let isUnreadable: Bool
  /// `gates.yaml:7:3: unknown key 'device'; expected …`
  public let description: String

  init(_ description: String, isUnreadable: Bool = false) {
    (self.description, self.isUnreadable) = (description, isUnreadable)
  }
}
