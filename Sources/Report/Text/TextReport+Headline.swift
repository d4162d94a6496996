import DMAModel
import Replay

extension TextReport {
  /// What was read: file, format, kernel, CPUs, span, events, losses; and the filter.
  func addHeadline(to page: inout TextPage) {
    let recording = profile.recording
    var parts = [recording.path, recording.format]
    parts.append(machine)
    if recording.cpus > 0 { parts.append(Formatting.count(UInt64(recording.cpus), "CPU")) }
    parts.append(Formatting.duration(recording.span))
    parts.append(Formatting.count(recording.events, "event") + ", " + losses)
    page.headline(parts)
    if !profile.filter.isEmpty { page.headline(["Only " + profile.filter]) }
  }

  /// `Linux 6.12.117 aarch64`, without an architecture that the release names anyway.
  private var machine: String {
    let recording = profile.recording
    var words: [String] = []
    if !recording.kernel.isEmpty { words += ["Linux", recording.kernel] }
    if !recording.kernel.hasSuffix(recording.architecture) { words.append(recording.architecture) }
    return words.joined(separator: " ")
  }

  /// `none lost`, or how many in how many places as far as the recorder says.
  private var losses: String {
    let recording = profile.recording
    let places = Formatting.count(recording.lostWindows, "place")
    if recording.lostWindowsWithoutCount > 0 && recording.lostEvents == 0 {
      let overrun = recording.overruns > 0 ? Formatting.count(recording.overruns) : "an unknown number"
      return "\(overrun) lost in \(places)"
    }
    if recording.lostEvents > 0 {
      let least = recording.lostWindowsWithoutCount > 0 ? "at least " : ""
      return "\(least)\(Formatting.count(recording.lostEvents)) lost in \(places)"
    }
    if recording.overruns > 0 { return Formatting.count(recording.overruns) + " overwritten" }
    return "none lost"
  }

  /// Everything that limits the truth of what follows.
  func addCaveats(to page: inout TextPage) {
    if !profile.caveats.isEmpty { page.blank() }
    for caveat in profile.caveats { page.item("!", caveat, .caveat) }
  }
}
