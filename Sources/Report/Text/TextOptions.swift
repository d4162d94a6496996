/// How a text report is laid out.
public struct TextOptions: Sendable, Equatable {
  /// Columns of a line; no line is longer. Less than 60 counts as 60.
  public var width: Int
  /// Whether headings, caveats and mask pressure carry ANSI colours.
  public var color: Bool
  /// Adds lifetimes, operations, what is known of each device, stacks and the recording.
  public var verbose: Bool
  /// Rows of each table.
  public var top: Int
  /// Adds every mapping that is live at the end.
  public var showLive: Bool

  public init(
    width: Int = 100, color: Bool = false, verbose: Bool = false, top: Int = 10, showLive: Bool = false
  ) {
    self.width = max(60, width)
    self.color = color
    self.verbose = verbose
    self.top = max(1, top)
    self.showLive = showLive
  }
}
