import DMAModel

/// A rule that was broken for one device at one call site, once or many times.
public struct Finding: Sendable {
  public var rule: Rule
  /// The rule's, or a milder one where the circumstances excuse some of it.
  public var severity: Rule.Severity
  public var device: String
  /// The caller that broke it, as `function+0x1c [module]`; empty where the recording has no stacks.
  public var callSite: String
  public var count: UInt64
  /// The first ones, in order of time; at least one.
  public var examples: [Example]

  public init(
    rule: Rule, severity: Rule.Severity, device: String, callSite: String, count: UInt64, examples: [Example]
  ) {
    self.rule = rule
    self.severity = severity
    self.device = device
    self.callSite = callSite
    self.count = count
    self.examples = examples
  }

  /// One occurrence, with what was seen on both sides.
  public struct Example: Sendable {
    /// One sentence with the numbers: `unmapped with 1,301 bytes, mapped with 1,300`.
    public var message: String
    /// The call that breaks the rule; for what is left at the end, the call that made it.
    public var asked: Evidence
    /// The earlier call that it contradicts, if there is one.
    public var before: Evidence?
    /// What would have been right: `unmap 1,300 bytes`; empty where nothing more can be said than the rule's fix.
    public var right: String

    public init(message: String, asked: Evidence, before: Evidence? = nil, right: String = "") {
      self.message = message
      self.asked = asked
      self.before = before
      self.right = right
    }
  }

  /// A call as it was recorded. All text is as it stands in the recording, not escaped.
  public struct Evidence: Sendable {
    /// What it was: `dma_unmap_page`.
    public var call: String
    /// Nanoseconds on the recording's clock.
    public var time: UInt64
    public var cpu: Int
    public var task: String
    /// Nil where the recording does not tell it.
    public var pid: Int32?
    /// Parameters in the order in which people name them: `("dma_addr", "0x3e02000"), ("size", "1301")`.
    public var parameters: [(name: String, value: String)]
    /// From the caller of the DMA API outwards; empty where the recording has no stack.
    public var frames: [String]

    public init(
      call: String, time: UInt64, cpu: Int, task: String, pid: Int32?,
      parameters: [(name: String, value: String)], frames: [String]
    ) {
      self.call = call
      self.time = time
      self.cpu = cpu
      self.task = task
      self.pid = pid
      self.parameters = parameters
      self.frames = frames
    }

    /// `modprobe (97)`, or what is known of it.
    public var who: String {
      guard let pid else { return task }
      return task.isEmpty ? "pid \(pid)" : "\(task) (\(pid))"
    }
  }
}
