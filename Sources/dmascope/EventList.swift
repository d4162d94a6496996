import DMAModel
import Ingest

/// The built-in rows of the event dictionary, for people.
enum EventList {
  static var text: String {
    let rows = EventDictionary.builtIn.filter { !$0.name.hasSuffix("__return") }
    let returned = Set(
      EventDictionary.builtIn.lazy.map(\.name).filter { $0.hasSuffix("__return") }.map { $0.dropLast(8) })
    let lines = rows.map { row in
      (
        event: "\(row.system):\(row.name)"
          + (returned.contains(Substring(row.name)) ? " (and its return)" : ""),
        call: "\(row.call)", fields: words(row)
      )
    }
    let widths = (lines.map(\.event.count).max() ?? 0, lines.map(\.call.count).max() ?? 0)
    let table = lines.map { line in
      padded(line.event, widths.0) + "  " + padded(line.call, widths.1) + "  " + line.fields + "\n"
    }
    return """
      Built-in events: group (* for any) and name, call, fields. Of fields with | the first that is there counts.
      "behind" names events that say the same: with one of them in the recording, this one is not counted.
      --events FILE adds rows that go before these: docs/event-dictionary.md.


      """ + table.joined()
  }

  private static func words(_ row: EventDictionary.Row) -> String {
    var words = row.fields
    if !row.lacking.isEmpty { words += "  (layouts without \(row.lacking))" }
    if row.isUntracked { words += "  (counted, not followed)" }
    if !row.unless.isEmpty { words += "  behind \(row.unless)" }
    return words
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
