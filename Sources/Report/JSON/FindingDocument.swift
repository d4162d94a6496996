import Replay

/// A finding in `dmascope.report/1` and `dmascope.check/1`.
struct FindingDocument: Encodable {
  /// `DMA203`
  var rule: String
  /// `unmap-size-mismatch`
  var name: String
  /// `error`, `warning` or `hint`.
  var severity: String
  var device: String
  /// null where the recording has no stacks.
  @OrNull var callSite: String?
  var count: UInt64
  /// What the rule is about, one sentence.
  var title: String
  /// The first ones, in order of time.
  var examples: [Example]

  init(_ finding: Finding) {
    rule = finding.rule.id
    name = finding.rule.name
    severity = finding.severity.name
    (device, count) = (finding.device, finding.count)
    callSite = finding.callSite.isEmpty ? nil : finding.callSite
    title = finding.rule.title
    examples = finding.examples.map { Example($0) }
  }

  /// One occurrence, with what was seen on both sides.
  struct Example: Encodable {
    var message: String
    /// Empty where nothing more can be said than the rule's fix.
    var right: String
    var asked: Evidence
    @OrNull var before: Evidence?

    /// `text` is what becomes of every text from the recording.
    init(_ example: Finding.Example, text: (String) -> String = { $0 }) {
      message = text(example.message)
      right = text(example.right)
      asked = Evidence(example.asked, text)
      before = example.before.map { Evidence($0, text) }
    }
  }

  /// A recorded call.
  struct Evidence: Encodable {
    var call: String
    var timeNs: UInt64
    var cpu: Int
    var task: String
    var pid: Int32?
    /// Of parameters with the same name the first.
    var parameters: [String: String]
    /// From the caller of the DMA API outwards.
    var frames: [String]

    init(_ evidence: Finding.Evidence, _ text: (String) -> String) {
      call = text(evidence.call)
      (timeNs, cpu, pid) = (evidence.time, evidence.cpu, evidence.pid)
      task = text(evidence.task)
      parameters = Dictionary(
        evidence.parameters.map { (text($0.name), text($0.value)) }, uniquingKeysWith: { first, _ in first })
      frames = evidence.frames.map(text)
    }
  }
}
