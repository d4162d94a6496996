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

    init(_ row: EventDictionary.Row) {
      call = row.call
      flags = row.flags
      for pair in row.fields.split(separator: " ") {
        let sides = pair.split(separator: "=")
        guard sides.count == 2, let slot = EventDictionary.Slot(rawValue: String(sides[0])) else { continue }
        // People write `dev`, whatever the tracepoint calls it.
        let others: [Substring] = slot == .device ? ["dev", "device"] : []
        for name in sides[1].split(separator: "|") + others {
          sources.append(Source(slot: slot, key: JSONKeys.known.number(name)))
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

  init(_ name: String, _ dictionary: EventDictionary) {
    self.name = name
    isLoss = name == "lost"
    entry = dictionary.row(name: name).map(Form.init)
    guard let row = dictionary.row(name: name + "__return") else { return }
    whole = Form(row)
    results = row.results.split(separator: " ").map { JSONKeys.known.number($0) }
  }
}
