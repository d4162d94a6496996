import DMAModel

// What rows need that users write: which calls there are, and under which names they have their parameters.
extension EventDictionary {
  /// At which moment of a call an event is recorded.
  public enum Moment: String, Sendable, CaseIterable {
    /// The event tells the whole call.
    case call
    case entry
    case `return`
  }

  /// A call of the API as an event may stand for it.
  public struct Function: Sendable {
    public let name: String
    /// Where the parameters go, by the names that they have in the kernel or its tracepoints.
    public let parameters: [String: Slot]
    private let call: Call
    private let flags: Event.Flags
    private let results: String

    /// Nil if no function or tracepoint of this name is among the built-in rows.
    public init?(named name: String, at moment: Moment) {
      let builtIn = EventDictionary()
      guard let entry = builtIn.row(name: name), !name.hasSuffix("__return") else { return nil }
      let end = builtIn.row(name: name + "__return")
      let others = EventDictionary.builtIn.filter { $0.name == name }
      let rows = (moment == .entry ? [entry, end] : [end, entry]).compactMap { $0 } + others
      var parameters: [String: Slot] = [:]
      for row in rows {
        for (slot, names) in row.pairs {
          for name in names where parameters[String(name)] == nil { parameters[String(name)] = slot }
        }
      }
      (self.name, self.parameters, call) = (name, parameters, entry.call)
      switch moment {
      case .call: flags = end?.flags ?? []
      case .entry: flags = entry.flags
      case .return: flags = end?.flags ?? .isReturn
      }
      results = moment == .entry ? "" : end?.results ?? ""
    }

    /// The names that the built-in rows have calls for.
    public static var names: [String] {
      Set(EventDictionary.builtIn.map(\.name)).filter { !$0.hasSuffix("__return") }.sorted()
    }

    /// A row for an event that stands for this call.
    ///
    /// - Parameters:
    ///   - fields: for each slot the names of the fields that may hold it, most usual first.
    ///   - conversions: what is made of them.
    ///   - constants: what the event does not say.
    public func row(
      system: String, event: String, fields: [Slot: [String]], conversions: [Slot: Conversion],
      constants: [Slot: Constant]
    ) -> Row {
      let pairs = Slot.allCases.compactMap { slot in
        fields[slot].map { "\(slot.rawValue)=\($0.joined(separator: "|"))" }
      }
      var flags = flags
      // A list of which nothing says how many entries came of it is taken to be mapped.
      if call == .mapScatterlist, !flags.contains(.isEntry), fields[.ents] == nil, constants[.ents] == nil {
        flags.formUnion([.isReturn, .givesStatus])
      }
      return Row(
        system: system, name: event, call: call, fields: pairs.joined(separator: " "), flags: flags,
        results: results, conversions: conversions, constants: constants)
    }
  }
}
