import DMAModel
import Replay

extension TextReport {
  /// What the recording holds: events, buffers, what was read over, what could not be read.
  func addRecording(to page: inout TextPage) {
    let recording = profile.recording
    page.heading("Recording")
    page.summary("Clock", [[recording.clock, clockSpan]])
    page.summary("Pages", [[Formatting.bytes(UInt64(max(0, recording.pageSize)))]])
    page.summary("Overruns", recording.overruns == 0 ? [] : [[Formatting.count(recording.overruns)]])
    for problem in recording.problems { page.item("!", problem, .caveat) }
    addEvents(to: &page)
    addBuffers(to: &page)
    var skipped = Table([.init(title: "Read over", alignment: .left, shrinksTo: 16), .init(title: "Count")])
    for (what, count) in recording.skipped.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      skipped.add([.init(what), .init(Formatting.count(count))])
    }
    addPart(skipped, to: &page)
  }

  private var clockSpan: String {
    let recording = profile.recording
    guard recording.events > 0 else { return "" }
    return
      "from \(Formatting.timestamp(recording.firstTime)) s to \(Formatting.timestamp(recording.lastTime)) s"
  }

  private func addEvents(to page: inout TextPage) {
    var table = Table([
      .init(title: "Event", alignment: .left, shrinksTo: 16), .init(title: "Count"),
      .init(title: "", alignment: .left, dropOrder: 1),
    ])
    let recording = profile.recording
    for (name, count) in recording.eventsByName.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      let known = !recording.undecodedEvents.contains(name)
      table.add([.init(name), .init(Formatting.count(count)), .init(known ? "" : "not understood")])
    }
    addPart(table, to: &page)
  }

  private func addBuffers(to page: inout TextPage) {
    var table = Table([
      .init(title: "Buffer", alignment: .left, shrinksTo: 8),
      .init(title: "Clock", alignment: .left, shrinksTo: 8),
      .init(title: "CPUs"), .init(title: "Stored"), .init(title: "Events"), .init(title: "Lost"),
      .init(title: "Lost", unit: "places", dropOrder: 1),
    ])
    for buffer in profile.recording.buffers {
      table.add([
        .init(buffer.name.isEmpty ? "(top)" : buffer.name), .init(buffer.clock),
        .init(String(buffer.cpus.count)), .init(Formatting.bytes(buffer.storedBytes)),
        .init(number(buffer.events)), .init(number(buffer.lostEvents)), .init(number(buffer.lostWindows)),
      ])
    }
    addPart(table, to: &page)
  }

  private func addPart(_ table: Table, to page: inout TextPage) {
    guard !table.rows.isEmpty else { return }
    page.blank()
    page.table(table)
  }
}
