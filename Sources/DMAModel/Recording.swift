/// What is known about a recording apart from its events: where it came from, what was lost, what could not be read.
public struct Recording: Sendable {
  /// The name that the user gave, `-` for standard input.
  public var path = ""
  /// For people: `trace.dat v7 (zstd)`.
  public var format = ""
  /// Kernel release, for instance `6.12.117+deb12-arm64`; empty if the recording does not say.
  public var kernel = ""
  /// The machine as the kernel names it, for instance `aarch64`; empty if the recording does not say.
  public var architecture = ""
  /// The trace clock, for instance `local`.
  public var clock = ""
  public var cpus = 0
  /// Bytes of a page of the recorded machine, from the recording's header.
  public var pageSize = 4096
  /// Nanoseconds of the first and last event on the clock; both 0 in a recording without events.
  public var firstTime: UInt64 = 0
  public var lastTime: UInt64 = 0
  /// All recorded events by name, decoded or not, in the order in which the names were first met.
  public var eventsByName: [String: UInt64] = [:]
  /// Names among these that dmascope does not decode.
  public var undecodedEvents: Set<String> = []
  /// Events that the recorder says were lost, and in how many places; a place may lack its number.
  public var lostEvents: UInt64 = 0
  public var lostWindows: UInt64 = 0
  public var lostWindowsWithoutCount: UInt64 = 0
  /// What the per-CPU statistics of the recorder say was overwritten or dropped, if present.
  public var overruns: UInt64 = 0
  /// What kept parts of the file from being read, with file and offset; empty for a whole file.
  public var problems: [String] = []
  /// Things that were read over, by what they are, with their number (`short records`, `unknown event ids`).
  public var skipped: [String: UInt64] = [:]
  /// Whether the recorder says that it began before any driver used the DMA API, and recorded all of its calls.
  public var isComplete = false
  /// Names of tasks by process id (`comm`).
  public var taskNames: [Int32: String] = [:]
  /// Names of the events whose formats the recording carries, by system; shows what could have been recorded.
  public var buffers: [Buffer] = []

  /// One trace buffer: the top one (empty name) or an instance.
  public struct Buffer: Sendable {
    public var name = ""
    public var clock = ""
    public var cpus: [Int] = []
    /// Bytes of ring-buffer pages in the file, as stored.
    public var storedBytes: UInt64 = 0
    public var events: UInt64 = 0
    public var lostEvents: UInt64 = 0
    public var lostWindows: UInt64 = 0
    public init() {}
  }

  public init() {}

  /// All events, whatever their names.
  public var events: UInt64 { eventsByName.values.reduce(0, &+) }
  /// Nanoseconds from the first to the last event.
  public var span: UInt64 { lastTime >= firstTime ? lastTime - firstTime : 0 }
  /// Whether some of the input could not be read.
  public var isIncomplete: Bool { !problems.isEmpty }
  /// The name of a task, or `pid N` where the recording has none.
  public func taskName(_ pid: Int32) -> String {
    if pid == Recording.unknownTask { return "<unknown>" }
    return pid == 0 ? "<idle>" : taskNames[pid] ?? "pid \(pid)"
  }

  /// The process id of events that do not say which task made them.
  public static let unknownTask: Int32 = .min

  /// Whether a task's number is one that a kernel gives; others stand for tasks of which no number was recorded.
  public static func isProcessID(_ pid: Int32) -> Bool { pid >= 0 && pid < 1 << 30 }
}

/// A return address as the recording's symbols explain it.
public protocol Symbolizer: Sendable {
  /// `dma_map_page_attrs+0x1c4 [module]`, or the bare address `0xffff…` where no symbol covers it.
  func symbol(at address: UInt64) -> String
}
