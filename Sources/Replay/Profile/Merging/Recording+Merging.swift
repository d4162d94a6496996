import DMAModel

extension Recording {
  /// The most reasons for what could not be read that a sum lists.
  static var mergedProblemLimit: Int { 64 }

  /// Spans add up, on a clock that begins at 0; CPUs and the size of a page are the larger ones.
  mutating func merge(_ other: Recording, _ merged: MergedRecordings) {
    (firstTime, lastTime) = (0, span &+ other.span)
    path = merged.title
    format = merged.formats.joined(separator: ", ")
    kernel = merged.kernels.joined(separator: ", ")
    architecture = merged.architectures.joined(separator: ", ")
    clock = merged.clocks.joined(separator: ", ")
    cpus = max(cpus, other.cpus)
    pageSize = max(pageSize, other.pageSize)
    eventsByName.merge(other.eventsByName, uniquingKeysWith: &+)
    undecodedEvents.formUnion(other.undecodedEvents)
    lostEvents &+= other.lostEvents
    lostWindows &+= other.lostWindows
    lostWindowsWithoutCount &+= other.lostWindowsWithoutCount
    overruns &+= other.overruns
    problems = Array((problems + other.problems).sorted().prefix(Recording.mergedProblemLimit))
    skipped.merge(other.skipped, uniquingKeysWith: &+)
    isComplete = isComplete && other.isComplete
    taskNames = [:]
    buffers = mergedRows(buffers, other.buffers, key: \.name, add: { $0.merge($1) }).sorted {
      $0.name < $1.name
    }
  }
}

extension Recording.Buffer {
  fileprivate mutating func merge(_ other: Recording.Buffer) {
    clock = min(clock, other.clock)
    cpus = Set(cpus).union(other.cpus).sorted()
    storedBytes &+= other.storedBytes
    events &+= other.events
    lostEvents &+= other.lostEvents
    lostWindows &+= other.lostWindows
  }
}
