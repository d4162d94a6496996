import DMAModel
import Replay

/// What was recorded, what of it was read, and what is missing.
struct RecordingSection {
  let context: ReportContext
  private var recording: Recording { context.profile.recording }

  private var assumptions: Assumptions { Assumptions(context: context) }

  private static let limit = 60

  var section: Section {
    Section(
      id: "recording", title: "The recording",
      body:
        "\(Piece.facts(facts + assumptions.facts))\(assumptions.operations)\(assumptions.prices)\(problems)\(skipped)\(events)\(buffers)"
    )
  }

  private var facts: [(String, Markup)] {
    let platform = context.profile.platform
    var facts: [(String, Markup)] = [
      ("File", "\(recording.path.isEmpty ? "unknown" : recording.path)"),
      ("Format", "\(recording.format.isEmpty ? "unknown" : recording.format)"),
      ("Kernel", "\(recording.kernel.isEmpty ? "not recorded" : recording.kernel)"),
      ("Machine", "\(recording.architecture.isEmpty ? "not recorded" : recording.architecture)"),
      ("CPUs", "\(recording.cpus)"),
      ("Pages", "\(bytes: UInt64(max(0, recording.pageSize)))"),
      ("Clock", "\(recording.clock.isEmpty ? "not recorded" : recording.clock)"),
      ("Span", span),
      ("Events", "\(count: recording.events)"),
      ("Lost", lost),
    ]
    if recording.overruns > 0 {
      facts.append(
        ("Overwritten or dropped", "\(count: recording.overruns), by the recorder's own statistics"))
    }
    if !context.profile.filter.isEmpty { facts.append(("Filter", "\(context.profile.filter)")) }
    let prices = Formatting.standing(platform)
    facts.append(
      (
        "Platform",
        "\(platform.name.isEmpty ? "unknown" : platform.name), cache line \(bytes: platform.cacheLine), \(prices)"
      ))
    if !platform.source.isEmpty { facts.append(("Platform from", "\(platform.source)")) }
    return facts
  }

  private var span: Markup {
    if recording.events == 0 { return "no events" }
    let first = Formatting.timestamp(recording.firstTime)
    let last = Formatting.timestamp(recording.lastTime)
    return "\(Formatting.duration(recording.span)), from \(first) to \(last) s"
  }

  private var lost: Markup {
    if recording.lostEvents == 0 && recording.lostWindows == 0 { return "none" }
    let places = Formatting.count(recording.lostWindows, "place")
    let without = recording.lostWindowsWithoutCount
    let unknown = without > 0 ? ", \(Formatting.count(without)) of them without a number" : ""
    return "\(Formatting.count(recording.lostEvents, "event")) in \(places)\(unknown)"
  }

  private var problems: Markup {
    if recording.problems.isEmpty { return "" }
    let shown = recording.problems.prefix(RecordingSection.limit)
    return """
      <h3 class="sub">Could not be read</h3><ul class="problems">\
      \(shown.map { "<li>\($0)</li>" as Markup })</ul>\
      \(Piece.omitted(recording.problems.count - shown.count, "problems"))
      """
  }

  private var skipped: Markup {
    let all = recording.skipped.sorted { $0.key < $1.key }
    if all.isEmpty { return "" }
    let shown = all.prefix(RecordingSection.limit)
    return """
      <h3 class="sub">Read over</h3>\(Piece.facts(shown.map { ($0.key, "\(count: $0.value)") }))\
      \(Piece.omitted(all.count - shown.count, "kinds"))
      """
  }

  private struct EventRow {
    var name: String
    var count: UInt64
    var decoded: Bool
  }

  private var events: Markup {
    let all = recording.eventsByName.map {
      EventRow(name: $0.key, count: $0.value, decoded: !recording.undecodedEvents.contains($0.key))
    }.sorted { $0.count != $1.count ? $0.count > $1.count : $0.name < $1.name }
    if all.isEmpty { return "" }
    let columns: [Column<EventRow>] = [
      Column("Event", .name) { "<code>\($0.name)</code>" }.sorted { $0.name },
      .count("Events") { $0.count },
      Column("Use", .text) { $0.decoded ? "decoded" : "counted only: not known to dmascope" },
    ]
    let shown = Array(all.prefix(150))
    return """
      <h3 class="sub">Events by name</h3>\
      \(ScrollTable(label: "Events by name", columns: columns, rows: shown, sortable: shown.count > 1).markup)\
      \(Piece.omitted(all.count - shown.count, "event names"))
      """
  }

  private var buffers: Markup {
    let all = recording.buffers
    if all.isEmpty { return "" }
    let columns: [Column<Recording.Buffer>] = [
      Column("Buffer", .name) { "\($0.name.isEmpty ? "top" : $0.name)" },
      Column("Clock", .text) { "\($0.clock)" },
      Column("CPUs") { "\($0.cpus.count)" },
      .count("Events") { $0.events }, .bytes("Stored") { $0.storedBytes },
      .count("Lost") { $0.lostEvents }, .count("Places") { $0.lostWindows },
    ]
    let shown = Array(all.prefix(RecordingSection.limit))
    return """
      <h3 class="sub">Trace buffers</h3>\(ScrollTable(label: "Trace buffers", columns: columns, rows: shown).markup)\
      \(Piece.omitted(all.count - shown.count, "buffers"))
      """
  }
}
