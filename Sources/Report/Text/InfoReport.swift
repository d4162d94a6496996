import DMAModel

/// What a recording holds, for the terminal.
public struct InfoReport {
  private let recording: Recording
  private let profileMaker: String?

  /// - Parameter profileMaker: who made the profile that an archive carries; nil if there is none.
  public init(_ recording: Recording, profileMaker: String? = nil) {
    (self.recording, self.profileMaker) = (recording, profileMaker)
  }

  /// Text that ends in a newline; everything from the recording in it is harmless for a terminal.
  public func render() -> String {
    var lines: [String] = [Escaping.terminal(recording.path)]
    func row(_ title: String, _ value: String) {
      lines.append("  " + title + String(repeating: " ", count: max(1, 12 - title.count)) + value)
    }
    row("Format", Escaping.terminal(recording.format))
    let machine = [recording.kernel, recording.architecture].filter { !$0.isEmpty }.joined(separator: " ")
    row("Kernel", machine.isEmpty ? "not recorded" : Escaping.terminal(machine))
    row("CPUs", "\(recording.cpus), pages of \(Formatting.bytes(UInt64(max(0, recording.pageSize))))")
    row("Clock", recording.clock.isEmpty ? "not recorded" : Escaping.terminal(recording.clock))
    if recording.events > 0 {
      let first = Formatting.timestamp(recording.firstTime)
      row(
        "Span",
        "\(Formatting.duration(recording.span)) (\(first) to \(Formatting.timestamp(recording.lastTime)))")
    }
    row("Events", Formatting.count(recording.events))
    row("Lost", losses)
    if let profileMaker { row("Profile", "kept, made by \(Escaping.terminal(profileMaker))") }
    lines.append(contentsOf: buffers)
    lines.append(contentsOf: events)
    lines.append(
      contentsOf: list(
        "Read over",
        recording.skipped.sorted { $0.key < $1.key }.map { "\($0.key): \(Formatting.count($0.value))" }))
    lines.append(contentsOf: list("Damage", recording.problems))
    return lines.joined(separator: "\n") + "\n"
  }

  private var losses: String {
    guard recording.lostWindows > 0 else {
      return recording.overruns > 0
        ? "none in the file; the recorder counted \(Formatting.count(recording.overruns)) overwritten"
        : "none"
    }
    var text =
      "\(Formatting.count(recording.lostEvents)) in \(Formatting.count(recording.lostWindows)) places"
    if recording.lostWindowsWithoutCount > 0 {
      text += ", of which \(Formatting.count(recording.lostWindowsWithoutCount)) do not say how many"
    }
    if recording.overruns > 0 { text += "; the recorder counted \(Formatting.count(recording.overruns))" }
    return text
  }

  private var buffers: [String] {
    guard !recording.buffers.isEmpty else { return [] }
    return ["", "Buffers"]
      + recording.buffers.map { buffer in
        let name = buffer.name.isEmpty ? "(top)" : Escaping.terminal(buffer.name)
        let cpus = buffer.cpus.count == 1 ? "CPU \(buffer.cpus[0])" : "\(buffer.cpus.count) CPUs"
        return "  \(name)  clock \(Escaping.terminal(buffer.clock)), \(cpus), "
          + "\(Formatting.bytes(buffer.storedBytes)) stored, \(Formatting.count(buffer.events)) events"
          + (buffer.lostWindows > 0 ? ", losses in \(Formatting.count(buffer.lostWindows)) places" : "")
      }
  }

  private var events: [String] {
    let sorted = recording.eventsByName.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    guard !sorted.isEmpty else { return [] }
    let widest = sorted.map { Formatting.count($0.value).count }.max() ?? 0
    return ["", "Events by name"]
      + sorted.map { name, count in
        let number = Formatting.count(count)
        let note = recording.undecodedEvents.contains(name) ? "  (counted only)" : ""
        return "  " + String(repeating: " ", count: widest - number.count) + number + "  "
          + Escaping.terminal(name) + note
      }
  }

  private func list(_ title: String, _ rows: [String]) -> [String] {
    rows.isEmpty ? [] : ["", title] + rows.map { "  " + Escaping.terminal($0) }
  }
}
