import DMAModel

/// The profile of its events that an archive may carry, so that a report on it need not replay them; opaque here.
public struct ArchivedProfile: Sendable {
  /// Who made it: a reader that would come to another profile takes no notice of it.
  public var maker: String
  /// The profile in the maker's own form.
  public var content: [UInt8]
  /// Whether the list of what was live at the end was too long to be kept.
  public var lacksLive: Bool

  public init(maker: String, content: [UInt8], lacksLive: Bool) {
    (self.maker, self.content, self.lacksLive) = (maker, content, lacksLive)
  }

  /// The most bytes of a profile's content; an archive does without a larger one.
  static let limit = ArchiveLayout.unpackedLimit - 4096

  /// The most bytes of content that are taken from so many as stored. Reading JSON takes forty times as much memory as it has
  /// bytes; a replay takes the place of a larger one.
  static func credible(from stored: UInt64) -> Int { max(1 << 20, 16 * Int(min(stored, 1 << 21))) }
}

/// Makes the profile of a trace while it is archived.
public protocol ArchiveProfiler: AnyObject {
  /// Every run of events, in the order of time.
  func see(_ events: Span<Event>, _ segments: Span<UInt64>)
  /// The profile of all the events that were seen; nil if there is to be none.
  func profile(of recording: Recording) throws -> ArchivedProfile?
}
