import DMAModel

// What is live, at its highest and over time.
extension Replayer {
  /// Notes the device's footprint after a change, for peaks and the timeline; `before` is what it was.
  mutating func noteFootprint(_ device: Int, _ time: UInt64, before: (bytes: UInt64, slots: UInt64)) {
    if let from = options.filter.from, time < from { return }
    let state = devices.pointer(device)
    state.pointee.peak.rise(to: state.pointee.live)
    if state.pointee.isSelected { peak.rise(to: live) }
    noteOverTime(device, time, before: before)
  }

  /// The same after one single mapping more: nothing else has risen, unless what came before did not count.
  @inline(__always)
  mutating func noteMapped(_ device: Int, _ time: UInt64, before: (bytes: UInt64, slots: UInt64)) {
    guard options.filter.from == nil else { return noteFootprint(device, time, before: before) }
    let state = devices.pointer(device)
    state.pointee.peak.riseInMappings(to: state.pointee.live)
    if state.pointee.isSelected { peak.riseInMappings(to: live) }
    noteOverTime(device, time, before: before)
  }

  /// The same after one single mapping less: nothing has risen, unless what came before did not count.
  @inline(__always)
  mutating func noteUnmapped(_ device: Int, _ time: UInt64, before: (bytes: UInt64, slots: UInt64)) {
    guard options.filter.from == nil else { return noteFootprint(device, time, before: before) }
    noteOverTime(device, time, before: before)
  }

  @inline(__always)
  private mutating func noteOverTime(
    _ device: Int, _ time: UInt64, before: (bytes: UInt64, slots: UInt64)
  ) {
    let bucket = timeline.bucket(device, time)
    let (bytes, slots) = footprint(device)
    if !bucket.pointee.isTouched {
      (bucket.pointee.liveMaximum, bucket.pointee.slotsMaximum) = before
      bucket.pointee.isTouched = true
    }
    if bytes > bucket.pointee.liveMaximum { bucket.pointee.liveMaximum = bytes }
    if slots > bucket.pointee.slotsMaximum { bucket.pointee.slotsMaximum = slots }
    (bucket.pointee.liveLast, bucket.pointee.slotsLast) = (bytes, slots)
  }

  @inline(__always)
  func footprint(_ device: Int) -> (bytes: UInt64, slots: UInt64) {
    let state = devices.pointer(device)
    return (state.pointee.live.bytes &+ state.pointee.live.coherentBytes, state.pointee.slots.live)
  }

  /// Takes an entry that is gone out of the footprint.
  @inline(__always)
  mutating func forget(_ device: Int, _ number: UInt32) {
    let (state, entry) = (devices.pointer(device), mappings.places + Int(number))
    let (size, selected) = (entry.pointee.size, state.pointee.isSelected)
    if entry.pointee.kind == .coherent || entry.pointee.kind == .pages {
      decrease(&state.pointee.live.coherentBlocks, by: 1)
      decrease(&state.pointee.live.coherentBytes, by: size)
      if selected {
        decrease(&live.coherentBlocks, by: 1)
        decrease(&live.coherentBytes, by: size)
      }
      return
    }
    decrease(&state.pointee.live.mappings, by: 1)
    decrease(&state.pointee.live.bytes, by: size)
    if entry.pointee.isBounced { vacate(device, SlotUse.slots(entry.pointee.address, size)) }
    if selected {
      decrease(&live.mappings, by: 1)
      decrease(&live.bytes, by: size)
    }
  }

  /// Puts a block of memory into the footprint, and notes what that comes to.
  mutating func addBlock(_ device: Int, _ entry: LiveEntry) {
    let before = footprint(device)
    removeStale(device, entry.address, kind: entry.kind)
    mappings.insert(entry)
    let state = devices.pointer(device)
    if counts { state.pointee.observe(address: entry.address, size: entry.size) }
    noteReach(device, entry.address, entry.size)
    state.pointee.live.coherentBlocks &+= 1
    state.pointee.live.coherentBytes &+= entry.size
    if state.pointee.isSelected {
      live.coherentBlocks &+= 1
      live.coherentBytes &+= entry.size
    }
    noteFootprint(device, entry.mappedAt, before: before)
  }

  /// Takes out entries at an address that events which were lost may have released: one that stayed would be taken for
  /// the one that is made now at its release.
  mutating func removeStale(_ device: Int, _ address: UInt64, kind: LiveMapping.Kind) {
    guard let loss = lastLoss else { return }
    let place = UInt32(truncatingIfNeeded: device)
    while let old = mappings.removeStale(place, address, kind: kind, madeBefore: loss) { forget(device, old) }
  }

  /// How far back a search for an address inside a mapping has to go.
  @inline(__always)
  func noteReach(_ device: Int, _ address: UInt64, _ size: UInt64) {
    let pages = Int(truncatingIfNeeded: min(((address & 0xfff) &+ size) >> 12, 1 << 20))
    if pages > devices[device].reach { devices[device].reach = pages }
  }
}

extension Footprint {
  /// Rises to another's counts where those are higher.
  ///
  /// One by one and with branches that are seldom taken: all at once they would be read as they have just been written,
  /// in other widths, and the processor waits for such a write to reach the cache.
  @inline(__always)
  mutating func rise(to live: Footprint) {
    riseInMappings(to: live)
    if live.scatterlists > scatterlists { scatterlists = live.scatterlists }
    if live.coherentBlocks > coherentBlocks { coherentBlocks = live.coherentBlocks }
    if live.coherentBytes > coherentBytes { coherentBytes = live.coherentBytes }
  }

  @inline(__always)
  mutating func riseInMappings(to live: Footprint) {
    if live.mappings > mappings { mappings = live.mappings }
    if live.bytes > bytes { bytes = live.bytes }
  }
}
