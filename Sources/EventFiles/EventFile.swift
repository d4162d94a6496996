import Ingest
import YAMLFiles
import Yams

/// Reads rows of the event dictionary from YAML: see docs/event-dictionary.md for the keys.
///
/// To add a key of a field: a row in `steps`, and a line in docs/event-dictionary.md.
public struct EventFile: YAMLFile {
  /// The name that errors begin with.
  public let path: String

  /// A file has so many rows at most.
  private static let rowLimit = 4096

  /// Reads the rows of a file's text, in their order.
  ///
  /// - Parameter path: the file's name, for errors.
  /// - Throws: `YAMLFileError` with line and column if it is no YAML, or says what a row cannot.
  public static func read(_ text: String, path: String) throws(YAMLFileError) -> [EventDictionary.Row] {
    let file = EventFile(path: path)
    let node = try file.parse(text)
    guard case .mapping(let mapping) = node, mapping.count == 1, let events = mapping["events"] else {
      throw file.misfit(node, "one key, events, with a list of events")
    }
    guard let list = events.sequence else { throw file.misfit(events, "a list of events") }
    guard list.count <= rowLimit else {
      throw YAMLFileError("\(file.place(events)): expected at most \(rowLimit) events; found \(list.count)")
    }
    var rows: [EventDictionary.Row] = []
    for element in list { rows.append(try file.row(element)) }
    return rows
  }

  private static let keys = ["event", "call", "when", "fields", "constants"]

  private func row(_ node: Node) throws(YAMLFileError) -> EventDictionary.Row {
    let mapping = try self.mapping(node, "an event: a mapping with event and call")
    for (key, _) in mapping where !Self.keys.contains(key.scalar?.string ?? "") {
      throw misfit(key, "one of \(Self.keys.joined(separator: ", "))")
    }
    guard let event = mapping["event"] else { throw misfit(node, "an event with the key event") }
    guard let call = mapping["call"] else { throw misfit(node, "an event with the key call") }
    let (system, name) = try self.event(event)
    var moment = EventDictionary.Moment.call
    if let when = mapping["when"] {
      guard let known = when.scalar.flatMap({ EventDictionary.Moment(rawValue: $0.string) }) else {
        throw misfit(
          when, "one of \(EventDictionary.Moment.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      moment = known
    }
    guard let function = call.scalar.flatMap({ EventDictionary.Function(named: $0.string, at: moment) })
    else { throw misfit(call, "a function of the DMA API, as dmascope explain events lists them") }

    var fields: [EventDictionary.Slot: [String]] = [:]
    var conversions: [EventDictionary.Slot: EventDictionary.Conversion] = [:]
    if let node = mapping["fields"] {
      for (key, value) in try self.mapping(node, "a mapping of parameters to fields") {
        let slot = try self.slot(key, function, isTaken: { fields[$0] != nil })
        let (names, conversion) = try field(value, slot)
        (fields[slot], conversions[slot]) = (names, conversion)
      }
    }
    var constants: [EventDictionary.Slot: EventDictionary.Constant] = [:]
    if let node = mapping["constants"] {
      for (key, value) in try self.mapping(node, "a mapping of parameters to values") {
        let slot = try self.slot(key, function, isTaken: { constants[$0] != nil })
        constants[slot] = try constant(value, slot)
      }
    }
    return function.row(
      system: system, event: name, fields: fields, conversions: conversions, constants: constants)
  }

  /// `gpu:buffer_map`, or `*:buffer_map` for an event of any group.
  private func event(_ node: Node) throws(YAMLFileError) -> (system: String, name: String) {
    let parts = (node.scalar?.string ?? "").split(separator: ":", omittingEmptySubsequences: false).map(
      String.init)
    guard parts.count == 2, parts[0] == "*" || isName(parts[0]), isName(parts[1]) else {
      throw misfit(node, "SYSTEM:NAME, or *:NAME for an event of any group")
    }
    return (parts[0], parts[1])
  }
}
