/// What a recording is to hold, and how it is made.
public struct RecordingPlan: Sendable {
  public enum Tool: String, Sendable, CaseIterable {
    /// trace-cmd where the machine has it, tracefs otherwise.
    case automatic = "auto"
    case traceCmd = "trace-cmd"
    case tracefs
  }

  public enum Addition: String, Sendable, CaseIterable {
    /// A stack after every event.
    case stacks
    /// Calls that have no tracepoint.
    case masks
    /// The kernel's own maintenance.
    case truth
    /// The same with its returns.
    case durations
  }

  /// A group of tracepoints that may be left out.
  public enum Omission: String, Sendable, CaseIterable {
    case swiotlb, iommu
  }

  public var tool = Tool.automatic
  public var additions: Set<Addition> = []
  public var omissions: Set<Omission> = []
  /// The ring buffer of each CPU, in KiB.
  public var buffer = 40_000
  /// How long to record where no command is given; nil until it is interrupted.
  public var seconds: Int?

  public init() {}

  /// What `dmascope` was called with to have this plan.
  var arguments: String {
    var words = ["capture"]
    words += Addition.allCases.filter(additions.contains).map { "--with \($0.rawValue)" }
    words += Omission.allCases.filter(omissions.contains).map { "--without \($0.rawValue)" }
    if tool != .automatic { words.append("--tool \(tool.rawValue)") }
    words.append("--buffer \(buffer)")
    if let seconds { words.append("--seconds \(seconds)") }
    return words.joined(separator: " ")
  }

  /// The sets of dynamic events that are wanted.
  var sets: [DynamicEventSet] {
    let truth =
      additions.contains(.durations)
      ? DynamicEventSet.timedTruth : additions.contains(.truth) ? DynamicEventSet.truth : []
    return (additions.contains(.masks) ? DynamicEventSet.calls : []) + truth
  }
}
