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
  /// Call stacks, as they stand in lines.
  private var stackTexts: [StackID: [UInt8]] = [:]
  /// Names of devices and pools by their number, as they stand in lines; empty where one was not met yet.
  private var nameTexts: [[UInt8]] = []
  /// The attributes that were written last.
  private var attributes: (attributes: Attributes, words: String) = ([], "")

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

  /// Appends the event's line, with its newline.
  public mutating func write(_ event: Event, _ segments: Span<UInt64>, to text: inout ByteText) {
    switch format {
    case .text: writeText(event, segments, to: &text)
    case .jsonl: writeJSON(event, segments, to: &text)
    case .csv: writeCSV(event, segments, to: &text)
    }
  }

  private func task(_ pid: Int32) -> String? { pid == 0 ? "<idle>" : taskName(pid) }

  private func name(_ form: CallForm, _ event: Event) -> String {
    event.flags.contains(.isReturn) ? form.name + "__return" : form.name
  }

  private func frames(_ number: StackID) -> [String] {
    let symbolizer = symbolizer()
    return stacks[number].map { symbolizer?.symbol(at: $0) ?? "0x" + String($0, radix: 16) }
  }

  /// Appends a call stack in the form that `make` gives it.
  private mutating func write(_ number: StackID, to text: inout ByteText, _ make: ([String]) -> String) {
    if number == 0 { return }
    if let known = stackTexts[number] { return text.append(known) }
    let made = Array(make(frames(number)).utf8)
    if stackTexts.count < 1 << 16 { stackTexts[number] = made }
    text.append(made)
  }

  private mutating func write(name number: NameID, to text: inout ByteText, _ escape: (String) -> String) {
    let index = Int(number)
    if index >= nameTexts.count {
      nameTexts += repeatElement([], count: max(index + 1, 2 * nameTexts.count) - nameTexts.count)
    }
    if nameTexts[index].isEmpty { nameTexts[index] = Array(escape(names[number]).utf8) }
    text.append(nameTexts[index])
  }

  private mutating func words(_ wanted: Attributes) -> String {
    if attributes.attributes != wanted { attributes = (wanted, wanted.description) }
    return attributes.words
  }

  // MARK: - Text

  private mutating func writeText(_ event: Event, _ segments: Span<UInt64>, to text: inout ByteText) {
    // Times line up as long as they have no more than six digits before the point.
    text.append(" ", times: EventWriter.blanks(before: event.time / 1_000_000_000))
    text.appendSeconds(event.time)
    text.append(" [")
    text.append(UInt64(event.cpu), width: 3)
    text.append("] ")
    let who = text.count
    if event.pid != Recording.unknownTask {
      text.append(Escaping.terminal(task(event.pid) ?? "task"))
      text.append("-")
      text.append(Int64(event.pid))
    }
    text.pad(from: who, to: 20)
    text.append(" ")
    let form = CallForm.of(event.call)
    let call = text.count
    text.append(name(form, event))
    text.pad(from: call, to: 24)
    EventDescription.forEachMember(of: event, segments, form) { member, value in
      text.append(member.textStart)
      writeText(value, to: &text)
    }
    let context = event.contextWords
    if !context.isEmpty {
      text.append(" context=")
      text.append(context)
    }
    text.append("\n")
    write(event.stack, to: &text) { frames in
      frames.map { "        " + Escaping.terminal($0) + "\n" }.joined()
    }
  }

  private static func blanks(before seconds: UInt64) -> Int {
    var (blanks, limit) = (5, UInt64(10))
    while blanks > 0, seconds >= limit { (blanks, limit) = (blanks - 1, 10 * limit) }
    return blanks
  }

  private mutating func writeText(_ value: EventDescription.Value, to text: inout ByteText) {
    switch value {
    case .hex(let number): text.appendHex(number)
    case .number(let number): text.append(number)
    case .name(let number): write(name: number, to: &text, Escaping.terminal)
    case .words(let words): text.append(words)
    case .attributes(let all): text.append(words(all))
    case .hexes(let all): EventWriter.write(all, to: &text, "{", ",", "}") { $1.appendHex($0) }
    case .numbers(let all): EventWriter.write(all, to: &text, "{", ",", "}") { $1.append($0) }
    case .yes: text.append("1")
    }
  }

  private static func write(
    _ numbers: [UInt64], to text: inout ByteText, _ start: String, _ separator: String, _ end: String,
    _ body: (UInt64, inout ByteText) -> Void
  ) {
    text.append(start)
    for (index, number) in numbers.enumerated() {
      if index > 0 { text.append(separator) }
      body(number, &text)
    }
    text.append(end)
  }

  // MARK: - JSON Lines

  private mutating func writeJSON(_ event: Event, _ segments: Span<UInt64>, to text: inout ByteText) {
    text.append("{\"time\": \"")
    text.appendSeconds(event.time)
    text.append("\", \"cpu\": ")
    text.append(UInt64(event.cpu))
    if event.pid != Recording.unknownTask {
      text.append(", \"pid\": ")
      text.append(Int64(event.pid))
      if let name = task(event.pid) {
        text.append(", \"task\": ")
        EventWriter.writeJSON(name, to: &text)
      }
    }
    let form = CallForm.of(event.call)
    text.append(", \"call\": \"")
    text.append(name(form, event))
    text.append("\"")
    EventDescription.forEachMember(of: event, segments, form) { member, value in
      text.append(member.jsonStart)
      writeJSON(value, to: &text)
    }
    let context = event.contextWords
    if !context.isEmpty {
      text.append(", \"context\": \"")
      text.append(context)
      text.append("\"")
    }
    write(event.stack, to: &text) { frames in
      frames.isEmpty ? "" : ", \"stack\": [" + frames.map(Escaping.json).joined(separator: ", ") + "]"
    }
    text.append("}\n")
  }

  /// A name that no trace may choose freely is asked first whether there is anything to escape.
  private static func writeJSON(_ name: String, to text: inout ByteText) {
    let isPlain = name.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
    guard isPlain else { return text.append(Escaping.json(name)) }
    text.append("\"")
    text.append(name)
    text.append("\"")
  }

  private mutating func writeJSON(_ value: EventDescription.Value, to text: inout ByteText) {
    func quoted(_ number: UInt64, _ text: inout ByteText) {
      text.append("\"")
      text.appendHex(number)
      text.append("\"")
    }
    func quoted(_ words: String, _ text: inout ByteText) {
      text.append("\"")
      text.append(words)
      text.append("\"")
    }
    switch value {
    case .hex(let number): quoted(number, &text)
    case .number(let number): text.append(number)
    case .name(let number): write(name: number, to: &text, Escaping.json)
    case .words(let words): quoted(words, &text)
    case .attributes(let all): quoted(words(all), &text)
    case .hexes(let all): EventWriter.write(all, to: &text, "[", ", ", "]", quoted)
    case .numbers(let all): EventWriter.write(all, to: &text, "[", ", ", "]") { $1.append($0) }
    case .yes: text.append("true")
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
  /// By a member's key.
  private static let columnOfKey = Dictionary(
    uniqueKeysWithValues: columns.enumerated().flatMap { index, column in column.keys.map { ($0, index) } })

  private mutating func writeCSV(_ event: Event, _ segments: Span<UInt64>, to text: inout ByteText) {
    let form = CallForm.of(event.call)
    var fields = [String](repeating: "", count: EventWriter.columns.count)
    if event.pid != Recording.unknownTask { fields[2] = String(event.pid) }
    (fields[1], fields[3], fields[4]) = (String(event.cpu), task(event.pid) ?? "", name(form, event))
    var more: [String] = []
    EventDescription.forEachMember(of: event, segments, form) { member, value in
      let start = text.count
      writeText(value, to: &text)
      let words = text.cut(from: start)
      if let column = EventWriter.columnOfKey[member.key], fields[column].isEmpty {
        fields[column] = words
      } else {
        more.append(member.key + "=" + words)
      }
    }
    if event.stack != 0 {
      let frames = frames(event.stack)
      if !frames.isEmpty { more.append("stack=" + frames.joined(separator: ";")) }
    }
    text.appendSeconds(event.time)
    for field in fields.dropFirst() + [more.joined(separator: " ")] {
      text.append(",")
      text.append(Escaping.csv(field))
    }
    text.append("\n")
  }
}
