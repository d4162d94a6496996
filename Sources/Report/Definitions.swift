/// What each figure of a report means, for `dmascope explain` and the foot of the HTML page.
///
/// To add one: a row in `all`, near what it is read with. `id` is what a user types: lower case, words joined by `-`.
public enum Definitions {
  /// The meaning of one figure.
  public struct Definition: Sendable, Equatable {
    /// What `dmascope explain` takes, for instance `mask-pressure`.
    public let id: String
    /// What reports call it, for instance `Mask pressure`.
    public let title: String
    /// One paragraph without line breaks.
    public let text: String
  }

  /// The definition with this id, compared without regard to case; nil if there is none.
  public static func definition(_ id: String) -> Definition? {
    let wanted = id.lowercased()
    return all.first { $0.id == wanted }
  }

  /// All definitions, in the order in which a report raises the questions.
  public static let all: [Definition] = coherency + bounces + addresses + avoidable + state + recording
}
