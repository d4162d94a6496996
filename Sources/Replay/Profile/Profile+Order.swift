// The orders of a profile's rows. Each is total, so that the same rows always come in the same order.

extension OperationProfile {
  func precedes(_ other: OperationProfile) -> Bool {
    let (a, b) = (work.lines &+ work.preparedLines, other.work.lines &+ other.work.preparedLines)
    if a != b { return a > b }
    if bouncedBytes != other.bouncedBytes { return bouncedBytes > other.bouncedBytes }
    if apiCalls != other.apiCalls { return apiCalls > other.apiCalls }
    return (device, operation.rawValue, direction.rawValue)
      < (other.device, other.operation.rawValue, other.direction.rawValue)
  }
}

extension CallSiteProfile {
  func precedes(_ other: CallSiteProfile) -> Bool {
    if work.lines != other.work.lines { return work.lines > other.work.lines }
    if bouncedBytes != other.bouncedBytes { return bouncedBytes > other.bouncedBytes }
    if apiCalls != other.apiCalls { return apiCalls > other.apiCalls }
    if device != other.device { return device < other.device }
    if operation != other.operation { return operation.rawValue < other.operation.rawValue }
    return frames.lexicographicallyPrecedes(other.frames)
  }
}

extension TaskProfile {
  func precedes(_ other: TaskProfile) -> Bool {
    if work.lines != other.work.lines { return work.lines > other.work.lines }
    if bouncedBytes != other.bouncedBytes { return bouncedBytes > other.bouncedBytes }
    return apiCalls != other.apiCalls ? apiCalls > other.apiCalls : name < other.name
  }
}

extension Avoidable {
  func precedes(_ other: Avoidable) -> Bool {
    if estimate.mid != other.estimate.mid { return estimate.mid > other.estimate.mid }
    if memoryBytes != other.memoryBytes { return memoryBytes > other.memoryBytes }
    if calls != other.calls { return calls > other.calls }
    return (device, kind.rawValue, callSite, direction.rawValue)
      < (other.device, other.kind.rawValue, other.callSite, other.direction.rawValue)
  }
}

extension Finding {
  func precedes(_ other: Finding) -> Bool {
    (other.severity.rawValue, device, rule.number, callSite)
      < (severity.rawValue, other.device, other.rule.number, other.callSite)
  }
}
