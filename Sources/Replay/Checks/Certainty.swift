import DMAModel

// What may be concluded, given that a recording can begin late and lose events.
//
// Questions that are asked of many events are `mutating`, here and elsewhere, though they change nothing: for a call of a
// function that is not, the compiler copies the whole replayer.
extension Replayer {
  /// Whether no event was lost since then, as far as is known yet.
  @inline(__always)
  func isGapless(since time: UInt64) -> Bool {
    guard let loss = lastLoss else { return true }
    return time > loss
  }

  /// Whether everything that the device has mapped was seen being mapped: the recording saw its driver begin, and has
  /// lost nothing since.
  @inline(__always)
  func isWhollySeen(_ device: Int) -> Bool {
    // By address: what is known of a device is far too large to be copied for a look at it.
    let state = devices.pointer(device)
    guard let birth = state.pointee.bornAt else { return false }
    return !state.pointee.hasUntracked && isGapless(since: birth) && !mappings.missesLarge
  }

  /// Whether what is mapped for the device in this direction, and nothing else, is in the table.
  @inline(__always)
  func isWhollySeen(_ device: Int, _ direction: Direction) -> Bool {
    isWhollySeen(device) && !(direction == .toDevice && devices.pointer(device).pointee.confusesReads)
  }

  /// Whether an entry is the one that a call at its address is about.
  ///
  /// Memory that the device only reads may be mapped any number of times at once: one mapping of it may be older than
  /// the recording. Memory that it writes, and allocated memory, has one owner.
  mutating func isSurely(_ entry: LiveEntry, meantBy direction: Direction) -> Bool {
    guard isGapless(since: entry.mappedAt) else { return false }
    if entry.kind == .coherent || entry.kind == .pages { return true }
    return (entry.direction != .toDevice && direction != .toDevice)
      || isWhollySeen(Int(entry.device), entry.direction)
  }

  /// Whether a driver may have left out the unmap of such an entry (`dma_need_unmap()`).
  func mayBeUnmappedSilently(_ entry: LiveEntry) -> Bool {
    mayOmitUnmap && devices[Int(entry.device)].presumedCoherent && entry.kind == .single && !entry.isBounced
  }

  /// Whether calls of this kind are recorded at all: one was, or the recording says that it is complete.
  mutating func records(_ calls: Call...) -> Bool {
    hints.isComplete || calls.contains { seenCalls & (1 << UInt64($0.rawValue)) != 0 }
  }

  /// Whether the call was made where sleeping is forbidden.
  ///
  mutating func isAtomic(_ event: Event) -> Bool {
    if !event.context.isDisjoint(with: [.hardIRQ, .softIRQ, .nmi]) { return true }
    return areInterruptsOff(event)
  }

  /// Whether interrupts were off, and not because of the probe itself: some kinds of probes turn them off, which shows
  /// where no record of the same call has them on.
  mutating func areInterruptsOff(_ event: Event) -> Bool {
    event.context.contains(.irqsOff) && (!event.flags.contains(.isProbe) || showsInterrupts(event.call))
  }

  /// Whether interrupts are seen on in some record of this call.
  private func showsInterrupts(_ call: Call) -> Bool {
    callsWithInterrupts & (1 << UInt64(call.rawValue)) != 0
  }
}

extension LiveEntry {
  /// The call that made it, as evidence.
  var event: Event {
    var event = Event()
    event.call = origin
    (event.time, event.pid, event.cpu, event.stack) = (mappedAt, pid, cpu, stack)
    (event.address, event.size, event.direction, event.attributes) = (address, size, direction, attributes)
    (event.physicalAddress, event.value, event.nents) = (physicalAddress, cpuAddress, listCount)
    if hasPhysicalAddress { event.flags.insert(.hasPhysicalAddress) }
    event.flags.insert(.hasAddress)
    return event
  }
}

extension ReleaseHistory.Release {
  /// The call, as evidence.
  var event: Event {
    var event = Event()
    (event.call, event.time, event.pid, event.cpu, event.stack) = (call, time, pid, cpu, stack)
    (event.address, event.size, event.direction) = (address, size, direction)
    event.flags.insert(.hasAddress)
    return event
  }
}
