import DMAModel
import Replay

/// Names that no kernel gives would make the page as large as the trace: their middle is left out.
enum Shortening {
  /// Bytes of UTF-8 that a name may have; of longer ones three quarters as many characters are kept.
  static let limit = 112

  static func name(_ text: String) -> String { cut(text, limit) }

  /// A sentence may be longer than a name.
  static func sentence(_ text: String) -> String { cut(text, 6 * limit) }

  private static func cut(_ text: String, _ limit: Int) -> String {
    if text.utf8.count <= limit { return text }
    let scalars = text.unicodeScalars
    return String(scalars.prefix(limit / 2)) + " … " + String(scalars.suffix(limit / 4))
  }
}

extension Profile {
  /// The same profile with every name and sentence short enough to be shown.
  var withShortNames: Profile {
    var profile = self
    func shorten<Row>(_ rows: inout [Row], _ key: WritableKeyPath<Row, String>) {
      for index in rows.indices { rows[index][keyPath: key] = Shortening.name(rows[index][keyPath: key]) }
    }
    shorten(&profile.devices, \.name)
    shorten(&profile.operations, \.device)
    shorten(&profile.timeline.series, \.device)
    shorten(&profile.tasks, \.name)
    shorten(&profile.pools, \.name)
    shorten(&profile.pools, \.device)
    for key in [\LiveMapping.device, \.task, \.callSite] { shorten(&profile.live, key) }
    for key in [\CallSiteProfile.caller, \.device] { shorten(&profile.callSites, key) }
    for index in profile.callSites.indices {
      profile.callSites[index].frames = profile.callSites[index].frames.map(Shortening.name)
    }
    profile.findings = profile.findings.map(\.withShortNames)
    profile.caveats = profile.caveats.map(Shortening.sentence)
    profile.filter = Shortening.sentence(profile.filter)
    profile.platform.name = Shortening.name(profile.platform.name)
    profile.platform.source = Shortening.sentence(profile.platform.source)
    profile.recording = profile.recording.withShortNames
    return profile
  }
}

extension Finding {
  fileprivate var withShortNames: Finding {
    var finding = self
    finding.device = Shortening.name(device)
    finding.callSite = Shortening.name(callSite)
    for index in finding.examples.indices {
      finding.examples[index].message = Shortening.sentence(examples[index].message)
      finding.examples[index].right = Shortening.sentence(examples[index].right)
      finding.examples[index].asked = examples[index].asked.withShortNames
      finding.examples[index].before = examples[index].before?.withShortNames
    }
    return finding
  }
}

extension Finding.Evidence {
  fileprivate var withShortNames: Finding.Evidence {
    var evidence = self
    evidence.call = Shortening.name(call)
    evidence.task = Shortening.name(task)
    evidence.parameters = parameters.map { (Shortening.name($0.name), Shortening.name($0.value)) }
    evidence.frames = frames.map(Shortening.name)
    return evidence
  }
}

extension Recording {
  fileprivate var withShortNames: Recording {
    var recording = self
    for key in [\Recording.kernel, \.architecture, \.clock, \.format] {
      recording[keyPath: key] = Shortening.name(recording[keyPath: key])
    }
    recording.path = Shortening.sentence(path)
    recording.problems = problems.map(Shortening.sentence)
    recording.skipped = Dictionary(
      skipped.map { (Shortening.name($0.key), $0.value) }, uniquingKeysWith: Numbers.add)
    recording.eventsByName = Dictionary(
      eventsByName.map { (Shortening.name($0.key), $0.value) }, uniquingKeysWith: Numbers.add)
    recording.undecodedEvents = Set(undecodedEvents.map(Shortening.name))
    for index in recording.buffers.indices {
      recording.buffers[index].name = Shortening.name(recording.buffers[index].name)
      recording.buffers[index].clock = Shortening.name(recording.buffers[index].clock)
    }
    return recording
  }
}
