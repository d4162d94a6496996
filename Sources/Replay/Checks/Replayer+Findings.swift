import DMAModel

// From suspicions to findings, once all is known.
extension Replayer {
  /// Rules about caches that a coherent device cannot break.
  private static let cacheRules: Set<Int> = [Rule.syncOffCacheLine.number, Rule.cacheLinePartial.number]

  func findings(
    _ verdicts: [Verdict], _ recording: Recording, _ sites: CallSites
  ) -> [Finding] {
    var result: [Finding] = []
    var places: [GroupKey: Int] = [:]
    for group in findings.groups where stands(group, verdicts, recording) {
      var severity = group.severity
      if group.rule === Rule.cacheLineShared, verdicts[group.device].isCoherent { severity = .hint }
      let site = sites.caller(group.site)
      let examples = group.suspicions.map { example($0, recording, sites) }
      let key = GroupKey(rule: group.rule.number, severity: severity, device: group.device, site: site)
      if let place = places[key] {
        result[place].count &+= group.count
        result[place].examples += examples
      } else {
        places[key] = result.count
        result.append(
          Finding(
            rule: group.rule, severity: severity, device: devices[group.device].name, callSite: site,
            count: group.count, examples: examples))
      }
    }
    for index in result.indices {
      result[index].examples.sort { $0.asked.time < $1.asked.time }
      result[index].examples = Array(result[index].examples.prefix(FindingLog.exampleLimit))
    }
    return result.sorted { $0.precedes($1) }
  }

  private struct GroupKey: Hashable {
    var rule: Int
    var severity: Rule.Severity
    var device: Int
    var site: String
  }

  private func stands(_ group: FindingLog.Group, _ verdicts: [Verdict], _ recording: Recording) -> Bool {
    guard group.count > 0, !group.suspicions.isEmpty else { return false }
    if group.isFragile && recording.isIncomplete { return false }
    return !(Replayer.cacheRules.contains(group.rule.number) && verdicts[group.device].isCoherent)
  }

  /// Suspicions that losses or damage could explain and that are therefore not reported.
  func withdrawnSuspicions(_ recording: Recording) -> UInt64 {
    guard recording.isIncomplete else { return findings.withdrawn }
    return findings.groups.filter(\.isFragile).reduce(findings.withdrawn) { $0 &+ $1.count }
  }

  private func example(
    _ suspicion: FindingLog.Suspicion, _ recording: Recording, _ sites: CallSites
  ) -> Finding.Example {
    Finding.Example(
      message: suspicion.message, asked: evidence(suspicion.asked, recording, sites),
      before: suspicion.before.map { evidence($0, recording, sites) }, right: suspicion.right)
  }

  private func evidence(_ event: Event, _ recording: Recording, _ sites: CallSites) -> Finding.Evidence {
    Finding.Evidence(
      call: event.call.name(phys: hints.isAtLeast(6, 18)), time: event.time, cpu: Int(event.cpu),
      task: recording.taskName(event.pid),
      pid: Recording.isProcessID(event.pid) ? event.pid : nil, parameters: event.parameters(names),
      frames: sites.frames(event.stack))
  }
}
