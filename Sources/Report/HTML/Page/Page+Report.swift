import DMAModel
import Replay

extension Page {
  /// The page of one profile.
  init(context: ReportContext, sections: [Section]) {
    let name = Page.fileName(context.profile.recording.path)
    self.init(
      title: name, kind: "DMA report", heading: "\(name)", meta: Page.facts(context.profile),
      sections: sections, source: "the trace", toolVersion: context.toolVersion)
  }

  /// The last part of a path.
  static func fileName(_ path: String) -> String {
    if path.isEmpty || path == "-" { return "standard input" }
    return path.split(separator: "/").last.map(String.init) ?? path
  }

  private static func facts(_ profile: Profile) -> [String] {
    let recording = profile.recording
    var parts: [String] = []
    if !recording.format.isEmpty { parts.append(recording.format) }
    let system = [recording.kernel.isEmpty ? "" : "Linux " + recording.kernel, recording.architecture]
      .filter { !$0.isEmpty }.joined(separator: " ")
    if !system.isEmpty { parts.append(system) }
    if recording.cpus > 0 { parts.append(Formatting.count(UInt64(recording.cpus), "CPU")) }
    if recording.span > 0 { parts.append(Formatting.duration(recording.span)) }
    parts.append(Formatting.count(recording.events, "event") + loss(recording))
    if !profile.filter.isEmpty { parts.append("filter: " + profile.filter) }
    return parts
  }

  private static func loss(_ recording: Recording) -> String {
    if recording.lostEvents > 0 { return ", \(Formatting.count(recording.lostEvents)) lost" }
    if recording.lostWindows > 0 { return ", some lost" }
    return recording.events > 0 ? ", none lost" : ""
  }
}
