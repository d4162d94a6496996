import Replay

/// A trace in the JSON form that Perfetto and Chrome import ("Trace Event Format"): a process for each device, with a
/// counter track for each series over time, slices where events were lost, and instants where rules were broken.
///
/// Times are microseconds on the recording's clock, with nanoseconds behind the point.
struct PerfettoTrace {
  private let profile: Profile
  private let toolVersion: String

  init(_ profile: Profile, toolVersion: String) {
    self.profile = profile
    self.toolVersion = toolVersion
  }

  /// The tracks of a device, in the order in which they are shown.
  private static let tracks: [(name: String, values: @Sendable (DeviceSeries) -> [UInt64])] = [
    ("live bytes", { $0.liveBytes }), ("maps", { $0.maps }), ("lines cleaned", { $0.cleanedLines }),
    ("lines invalidated", { $0.invalidatedLines }), ("bytes bounced", { $0.bouncedBytes }),
    ("swiotlb slots", { $0.swiotlbSlots }),
  ]

  func render() -> String {
    var events: [String] = []
    let timeline = profile.timeline
    for (index, series) in timeline.series.enumerated() {
      let process = index + 1
      events.append(
        """
        {"name": "process_name", "ph": "M", "pid": \(process), \
        "args": {"name": \(Escaping.json("DMA of " + Escaping.terminal(series.device)))}}
        """)
      for track in PerfettoTrace.tracks { add(track.name, track.values(series), process, to: &events) }
    }
    addLosses(to: &events)
    addFindings(to: &events)
    return """
      {"displayTimeUnit": "ns",
      "otherData": {"recording": \(Escaping.json(Escaping.terminal(profile.recording.path))), \
      "exporter": "dmascope \(toolVersion)"},
      "traceEvents": [
      \(events.joined(separator: ",\n"))
      ]}

      """
  }

  /// A counter keeps its value until the next: what repeats is left out.
  private func add(_ name: String, _ values: [UInt64], _ process: Int, to events: inout [String]) {
    guard values.contains(where: { $0 > 0 }) else { return }
    var last: UInt64?
    for (index, value) in values.enumerated() where value != last {
      last = value
      events.append(
        "{\"name\": \"\(name)\", \"ph\": \"C\", \"ts\": \(bucketTime(index)), \"pid\": \(process), "
          + "\"args\": {\"value\": \(value)}}")
    }
    // The last value ends with the recording.
    if last != 0 {
      events.append(
        "{\"name\": \"\(name)\", \"ph\": \"C\", \"ts\": \(bucketTime(values.count)), \"pid\": \(process), "
          + "\"args\": {\"value\": \(name == "live bytes" ? last ?? 0 : 0)}}")
    }
  }

  private func bucketTime(_ index: Int) -> String {
    time(profile.timeline.start &+ UInt64(index) &* profile.timeline.bucketNs)
  }

  /// Nanoseconds as microseconds.
  private func time(_ nanoseconds: UInt64) -> String {
    let rest = String(nanoseconds % 1000)
    return "\(nanoseconds / 1000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
  }

  private func addLosses(to events: inout [String]) {
    guard !profile.timeline.lossBuckets.isEmpty else { return }
    events.append(
      "{\"name\": \"process_name\", \"ph\": \"M\", \"pid\": 0, \"args\": {\"name\": \"recording\"}}")
    for bucket in profile.timeline.lossBuckets {
      events.append(
        "{\"name\": \"events lost\", \"ph\": \"X\", \"ts\": \(bucketTime(bucket)), "
          + "\"dur\": \(time(profile.timeline.bucketNs)), \"pid\": 0, \"tid\": 0}")
    }
  }

  private func addFindings(to events: inout [String]) {
    let processes = Dictionary(
      profile.timeline.series.enumerated().map { ($1.device, $0 + 1) },
      uniquingKeysWith: { first, _ in first })
    for finding in profile.findings {
      for example in finding.examples {
        events.append(
          """
          {"name": "\(finding.rule.id) \(finding.rule.name)", "ph": "i", "s": "p", \
          "ts": \(time(example.asked.time)), "pid": \(processes[finding.device] ?? 0), "tid": 0, \
          "args": {"message": \(Escaping.json(Escaping.terminal(example.message))), \
          "severity": "\(finding.severity.name)"}}
          """)
      }
    }
  }
}
