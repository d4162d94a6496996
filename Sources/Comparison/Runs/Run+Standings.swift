import DMAModel
import Replay

// What is live, how masks press, what was found, by scope.
extension Run {
  mutating func addStandings(_ profile: Profile, _ name: (String) -> String) {
    var whole = Run.standing(live: profile.totals.live, peak: profile.totals.peak)
    let bytes = profile.devices.reduce(0.0) { $0 + Double($1.map.bytes) }
    let pressed = profile.devices.reduce(0.0) { $0 + Run.share($1.pressure) * Double($1.map.bytes) }
    whole.maskPressure = bytes > 0 ? pressed / bytes : profile.devices.map { Run.share($0.pressure) }.max()
    whole.headroomBits = profile.devices.compactMap(\.headroomBits).min().map(Double.init)
    whole.leaks = 0
    for device in profile.devices {
      var standing = Run.standing(live: device.live, peak: device.peak)
      standing.maskPressure = Run.share(device.pressure)
      standing.headroomBits = device.headroomBits.map(Double.init)
      standing.leaks = 0
      standings[.device(name(device.name))] = standing
    }
    standings[.whole] = whole
    for finding in profile.findings {
      count(finding, .whole)
      count(finding, .device(name(finding.device)))
    }
  }

  private static func share(_ value: Double) -> Double { value.isFinite ? min(1, max(0, value)) : 0 }

  private static func standing(live: Footprint, peak: Footprint) -> Standing {
    var standing = Standing()
    standing.liveMappings = Double(live.mappings)
    standing.liveBytes = Double(live.bytes)
    standing.peakMappings = Double(peak.mappings)
    standing.peakBytes = Double(peak.bytes)
    standing.coherentBytes = Double(peak.coherentBytes)
    return standing
  }

  private mutating func count(_ finding: Finding, _ scope: Scope) {
    guard var standing = standings[scope] else { return }
    standing.findings[finding.rule.id, default: 0] += 1
    switch finding.severity {
    case .error: standing.errors += 1
    case .warning: standing.warnings += 1
    case .hint: standing.hints += 1
    }
    if finding.rule.number == 212 { standing.leaks = (standing.leaks ?? 0) + Double(finding.count) }
    standings[scope] = standing
  }
}
