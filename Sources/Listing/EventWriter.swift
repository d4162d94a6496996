import DMAModel
import Report

/// What a listing looks like.
public enum ListingFormat: String, Sendable, CaseIterable {
  case text, jsonl, csv
}

/// Writes events down, one a line, in the order in which they are given.
public struct EventWriter {
  private let format: ListingFormat
  private let names: NameTable
  private let stacks: StackTable
  private let taskName: (Int32) -> String?
  private let symbolizer: () -> (any Symbolizer)?
  private var frames: [StackID: [String]] = [:]

  /// - Parameters:
  ///   - taskName: the name of a task, asked for when one of its events is written; nil where none is known.
  ///   - symbolizer: what names call stacks, asked for when a new one is written; nil leaves addresses bare.
  public init(
    _ format: ListingFormat, names: NameTable, stacks: StackTable,
    taskName: @escaping (Int32) -> String?, symbolizer: @escaping () -> (any Symbolizer)?
  ) {
    (self.format, self.names, self.stacks) = (format, names, stacks)
    (self.taskName, self.symbolizer) = (taskName, symbolizer)
  }

  /// The line before the first event: what JSON Lines say of the recording, the heads of CSV's columns; empty for text.
  public func head(_ recording: Recording) -> String {
    switch format {
    case .text: return ""
    case .csv:
      return (EventWriter.columns.map(\.title) + ["more"]).joined(separator: ",") + "\n"
    case .jsonl:
      var members: [String] = []
      if !recording.kernel.isEmpty { members.append("\"kernel\": \(Escaping.json(recording.kernel))") }
      if !recording.architecture.isEmpty {
        members.append("\"arch\": \(Escaping.json(recording.architecture))")
      }
      if !recording.clock.isEmpty { members.append("\"clock\": \(Escaping.json(recording.clock))") }
      members.append("\"page_size\": \(recording.pageSize)")
      if recording.cpus > 0 { members.append("\"cpus\": \(recording.cpus)") }
      if recording.isComplete { members.append("\"complete\": true") }
      return "{\"trace\": {\(members.joined(separator: ", "))}}\n"
    }
  }

  /// The event's line, with its newline.
  public mutating func line(_ event: Event, _ segments: Span<UInt64>) -> String {
    let description = EventDescription(event, segments, names)
    switch format {
    case .text: return text(event, description)
    case .jsonl: return json(event, description)
    case .csv: return csv(event, description)
    }
  }

  private func task(_ pid: Int32) -> String? { pid == 0 ? "<idle>" : taskName(pid) }

  private static func seconds(_ nanoseconds: UInt64) -> String {
    let fraction = String(nanoseconds % 1_000_000_000)
    return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 9 - fraction.count) + fraction
  }

  private mutating func stack(_ number: StackID) -> [String] {
    if number == 0 { return [] }
    if let known = frames[number] { return known }
    let symbolizer = symbolizer()
    let named = stacks[number].map { symbolizer?.symbol(at: $0) ?? "0x" + String($0, radix: 16) }
    if frames.count < 1 << 16 { frames[number] = named }
    return named
  }

  // MARK: - Text

  private mutating func text(_ event: Event, _ description: EventDescription) -> String {
    let who = event.pid == Recording.unknownTask ? "" : "\(task(event.pid) ?? "task")-\(event.pid)"
    var line = EventWriter.padded(EventWriter.seconds(event.time), 16, atEnd: false)
    line += " [" + EventWriter.padded(String(event.cpu), 3, atEnd: false, with: "0") + "] "
    line += EventWriter.padded(Escaping.terminal(who), 20, atEnd: true) + " "
    line += EventWriter.padded(description.name, 24, atEnd: true)
    for member in description.members { line += " " + member.key + "=" + EventWriter.text(member.value) }
    if !event.contextWords.isEmpty { line += " context=" + event.contextWords }
    line += "\n"
    for frame in stack(event.stack) { line += "        " + Escaping.terminal(frame) + "\n" }
    return line
  }

  private static func padded(_ text: String, _ width: Int, atEnd: Bool, with filler: String = " ") -> String {
    let missing = width - text.unicodeScalars.count
    guard missing > 0 else { return text }
    let padding = String(repeating: filler, count: missing)
    return atEnd ? text + padding : padding + text
  }

  private static func text(_ value: EventDescription.Value) -> String {
    switch value {
    case .hex(let number): "0x" + String(number, radix: 16)
    case .number(let number): String(number)
    case .text(let text): Escaping.terminal(text)
    case .words(let words): words
    case .hexes(let all): "{" + all.map { "0x" + String($0, radix: 16) }.joined(separator: ",") + "}"
    case .numbers(let all): "{" + all.map { String($0) }.joined(separator: ",") + "}"
    case .yes: "1"
    }
  }

  // MARK: - JSON Lines

  private mutating func json(_ event: Event, _ description: EventDescription) -> String {
    var line = "{\"time\": \"\(EventWriter.seconds(event.time))\", \"cpu\": \(event.cpu)"
    if event.pid != Recording.unknownTask {
      line += ", \"pid\": \(event.pid)"
      if let name = task(event.pid) { line += ", \"task\": \(Escaping.json(name))" }
    }
    line += ", \"call\": \"\(description.name)\""
    for member in description.members { line += ", \"\(member.key)\": " + EventWriter.json(member.value) }
    if !event.contextWords.isEmpty { line += ", \"context\": \"\(event.contextWords)\"" }
    let frames = stack(event.stack)
    if !frames.isEmpty {
      line += ", \"stack\": [" + frames.map(Escaping.json).joined(separator: ", ") + "]"
    }
    return line + "}\n"
  }

  private static func json(_ value: EventDescription.Value) -> String {
    switch value {
    case .hex(let number): "\"0x\(String(number, radix: 16))\""
    case .number(let number): String(number)
    case .text(let text): Escaping.json(text)
    case .words(let words): "\"\(words)\""
    case .hexes(let all): "[" + all.map { "\"0x\(String($0, radix: 16))\"" }.joined(separator: ", ") + "]"
    case .numbers(let all): "[" + all.map { String($0) }.joined(separator: ", ") + "]"
    case .yes: "true"
    }
  }

  // MARK: - CSV

  /// Columns, and the members that they show; what has none goes into the last column.
  private static let columns: [(title: String, keys: [String])] = [
    ("time", []), ("cpu", []), ("pid", []), ("task", []), ("call", []),
    ("device", ["dev", "device", "dev_name"]),
    ("dma_address", ["dma_addr", "dma_handle", "device_addr", "dev_addr", "iova"]),
    ("physical_address", ["phys_addr", "paddr", "physicals"]), ("size", ["size"]), ("direction", ["dir"]),
    ("attributes", ["attrs"]), ("result", ["ret"]),
  ]

  private mutating func csv(_ event: Event, _ description: EventDescription) -> String {
    var fields = [
      EventWriter.seconds(event.time), String(event.cpu),
      event.pid == Recording.unknownTask ? "" : String(event.pid), task(event.pid) ?? "", description.name,
    ]
    var rest = description.members
    for column in EventWriter.columns.dropFirst(fields.count) {
      let place = rest.firstIndex { column.keys.contains($0.key) }
      fields.append(place.map { EventWriter.text(rest[$0].value) } ?? "")
      if let place { rest.remove(at: place) }
    }
    var more = rest.map { $0.key + "=" + EventWriter.text($0.value) }
    let frames = stack(event.stack)
    if !frames.isEmpty { more.append("stack=" + frames.joined(separator: ";")) }
    fields.append(more.joined(separator: " "))
    return fields.map(Escaping.csv).joined(separator: ",") + "\n"
  }
}
