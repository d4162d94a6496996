import DMAModel

/// How to turn the lines of one call into events, compiled once from the event dictionary.
struct CallPlan: Sendable {
  /// Where the values of one kind of line are.
  struct Form: Sendable {
    struct Source: Sendable {
      var slot: EventDictionary.Slot
      var key: JSONKeys.Key
    }

    var call: Call
    var flags: Event.Flags
    /// For each slot the members that may hold it, most usual first.
    var sources: [Source] = []
    var hasArrays = false
    /// What is more than a member in its place; nil where nothing is.
    var conversions: LineConversions?

    init(_ row: EventDictionary.Row, _ keys: JSONKeys) {
      call = row.call
      flags = row.flags
      conversions = LineConversions(row, keys)
      for (slot, names) in row.pairs where slot.isList || row.conversions[slot] == nil {
        // People write `dev`, whatever the tracepoint calls it.
        let others: [Substring] = slot == .device ? ["dev", "device"] : []
        for name in names + others {
          sources.append(Source(slot: slot, key: keys.number(name)))
        }
        if slot == .physicalAddresses || slot == .busAddresses { hasArrays = true }
      }
    }
  }

  let name: String
  /// Of a line that lacks what the call returns; nil if the name is unknown.
  private(set) var entry: Form?
  /// Of a line that has it.
  private(set) var whole: Form?
  /// The members that only a whole line has.
  private(set) var results: [JSONKeys.Key] = []
  let isLoss: Bool
  /// Another call of the recording says what this one does.
  let isSuperseded: Bool

  /// - Parameter name: of a call, or an event with its system before it: `gpu:buffer_map`.
  init(_ name: String, _ dictionary: EventDictionary, _ keys: JSONKeys, recorded: Set<String> = []) {
    self.name = name
    isLoss = name == "lost"
    let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
    func row(_ suffix: String) -> EventDictionary.Row? {
      parts.count == 2
        ? dictionary.row(system: parts[0], name: parts[1] + suffix) : dictionary.row(name: name + suffix)
    }
    isSuperseded = row("")?.isSuperseded(by: recorded) ?? false
    if isSuperseded { return }
    entry = row("").map { Form($0, keys) }
    guard let row = row("__return") else { return }
    whole = Form(row, keys)
    results = row.results.split(separator: " ").map { keys.number($0) }
  }
}
