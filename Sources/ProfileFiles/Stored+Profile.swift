import DMAModel
import Replay

extension Profile: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.one("recording", &recording)
    try fields.optionalOne("merged", &merged)
    try fields.plain("filter", &filter)
    try fields.one("platform", &platform)
    try fields.one("circumstances", &circumstances)
    try fields.list("devices", &devices)
    try fields.one("machine", &totals)
    try fields.optionalOne("measured", &measured)
    try fields.optionalOne("measuredTime", &measuredTime)
    try fields.list("operations", &operations)
    try fields.list("callSites", &callSites)
    try fields.list("tasks", &tasks)
    try fields.list("avoidable", &avoidable)
    try fields.one("timeline", &timeline)
    try fields.list("pools", &pools)
    try fields.list("live", &live)
    try fields.list("findings", &findings)
  }
}

/// What is no sum over the devices; the rest follows from them.
extension Totals: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.one("peak", &peak)
    try fields.optionalOne("slots", &slots)
    try fields.plain("iommuMaps", &iommuMaps)
    try fields.plain("iommuMappedBytes", &iommuMappedBytes)
    try fields.plain("iommuUnmaps", &iommuUnmaps)
    try fields.plain("iommuUnmappedBytes", &iommuUnmappedBytes)
    try fields.plain("iommuFaults", &iommuFaults)
  }
}

extension Circumstances: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("platformGuessed", &isPlatformGuessed)
    try fields.plain("coherentByDefault", &isCoherentByDefault)
    try fields.plain("unexplainedDevices", &unexplainedDevices)
    try fields.plain("furtherDevices", &hasFurtherDevices)
    try fields.plain("withdrawnSuspicions", &withdrawnSuspicions)
  }
}

extension MergedRecordings: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.required("count", &count)
    try fields.plain("paths", &paths)
    try fields.plain("formats", &formats)
    try fields.plain("kernels", &kernels)
    try fields.plain("architectures", &architectures)
    try fields.plain("clocks", &clocks)
    try fields.plain("filters", &filters)
    try fields.plain("platformNames", &platformNames)
    try fields.plain("platformSources", &platformSources)
    try fields.plain("platformSummaries", &platformSummaries)
    try fields.plain("cpuTime", &cpuTime)
    try fields.plain("liveEntries", &liveEntries)
  }
}

extension Recording: Stored {
  /// More CPUs than any kernel can be built for.
  private static let cpuLimit = 1 << 16

  /// Readers keep some twenty reasons for what could not be read, and sums 64.
  private static let problemLimit = 1 << 12

  /// Task names are left out: what needs them has them.
  mutating func visit(_ fields: Fields) throws {
    var undecoded = undecodedEvents.sorted()
    try fields.plain("path", &path)
    try fields.plain("format", &format)
    try fields.plain("kernel", &kernel)
    try fields.plain("architecture", &architecture)
    try fields.plain("clock", &clock)
    try fields.plain("cpus", &cpus)
    try fields.check(0...Recording.cpuLimit ~= cpus, "cpus", "a number of CPUs")
    try fields.plain("pageSize", &pageSize)
    try fields.check(pageSize >= 0, "pageSize", "bytes")
    try fields.plain("firstTime", &firstTime)
    try fields.plain("lastTime", &lastTime)
    try fields.plain("eventsByName", &eventsByName)
    try fields.plain("undecodedEvents", &undecoded)
    try fields.plain("lostEvents", &lostEvents)
    try fields.plain("lostWindows", &lostWindows)
    try fields.plain("lostWindowsWithoutCount", &lostWindowsWithoutCount)
    try fields.plain("overruns", &overruns)
    try fields.plain("problems", &problems)
    try fields.check(
      problems.count <= Recording.problemLimit, "problems", "at most \(Recording.problemLimit) problems")
    try fields.plain("skipped", &skipped)
    try fields.plain("complete", &isComplete)
    try fields.list("buffers", &buffers)
    // A set has four places for three texts, doubles, and has both tables while it does.
    try fields.take(4 * undecoded.count * MemoryLayout<String>.stride)
    undecodedEvents = Set(undecoded)
  }
}

extension Recording.Buffer: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("name", &name)
    try fields.plain("clock", &clock)
    try fields.plain("cpus", &cpus)
    try fields.plain("storedBytes", &storedBytes)
    try fields.plain("events", &events)
    try fields.plain("lostEvents", &lostEvents)
    try fields.plain("lostWindows", &lostWindows)
  }
}

extension Measured: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.one("maintenance", &maintenance)
    for step in MaintenanceStep.allCases {
      var isRecorded = recordedSteps.contains(step)
      try fields.plain(step.word + "Recorded", &isRecorded)
      if isRecorded { recordedSteps.insert(step) }
    }
    try fields.plain("callDifference", &callDifference)
    try fields.plain("lineDifference", &lineDifference)
    try fields.plain("prepareLineDifference", &prepareLineDifference)
  }
}

/// Single durations are left out.
extension MeasuredTime: Stored {
  mutating func visit(_ fields: Fields) throws {
    for step in MaintenanceStep.allCases { try fields.optionalOne(step.word, &sums[step]) }
    try fields.optional("recordingNs", &overhead)
    try fields.check(overhead.map { $0.isFinite && abs($0) < 1e12 } ?? true, "recordingNs", "nanoseconds")
  }
}

extension DurationSum: Stored {
  mutating func visit(_ fields: Fields) throws {
    try fields.plain("calls", &calls)
    try fields.plain("nanoseconds", &nanoseconds)
  }
}
