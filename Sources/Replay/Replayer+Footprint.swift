import DMAModel

// What is live, at its highest and over time.
extension Replayer {
  /// Whether what is live at a time is reported.
  @inline(__always)
  func isInView(_ time: UInt64) -> Bool {
    guard let from = options.filter.from else { return true }
    return time >= from
  }

  /// Notes the device's footprint after a change, for peaks and the timeline; `before` is what it was.
  mutating func noteFootprint(_ device: Int, _ time: UInt64, before: (bytes: UInt64, slots: UInt64)) {
    guard isInView(time) else { return }
    let state = devices.pointer(device)
    state.pointee.peak.rise(to: state.pointee.live)
    if state.pointee.isSelected { peak.rise(to: live) }
    let bucket = bucket(device, time)
    let (bytes, slots) = footprint(device)
    if !bucket.pointee.isTouched {
      (bucket.pointee.liveMaximum, bucket.pointee.slotsMaximum) = before
      bucket.pointee.isTouched = true
    }
    if bytes > bucket.pointee.liveMaximum { bucket.pointee.liveMaximum = bytes }
    if slots > bucket.pointee.slotsMaximum { bucket.pointee.slotsMaximum = slots }
    (bucket.pointee.liveLast, bucket.pointee.slotsLast) = (bytes, slots)
  }

  /// The same after a single mapping more.
  @inline(__always)
  mutating func noteMapped(_ state: UnsafeMutablePointer<DeviceState>, _ how: Bouncing) {
    // Nothing else has risen, unless what came before did not count.
    if options.filter.from == nil {
      state.pointee.peak.riseInMappings(to: state.pointee.live)
      if state.pointee.isSelected { peak.riseInMappings(to: live) }
    } else {
      noteInWindow(state)
    }
    let bytes = state.pointee.live.bytes &+ state.pointee.live.coherentBytes
    if bytes > state.pointee.slice.liveMaximum { state.pointee.slice.liveMaximum = bytes }
    if how == .bounced {
      state.pointee.slice.slotsMaximum = max(state.pointee.slice.slotsMaximum, state.pointee.slots.live)
    }
  }

  /// The same after a single mapping less.
  @inline(__always)
  mutating func noteUnmapped(_ state: UnsafeMutablePointer<DeviceState>) {
    if options.filter.from != nil { noteInWindow(state) }
  }

  private mutating func noteInWindow(_ state: UnsafeMutablePointer<DeviceState>) {
    state.pointee.peak.rise(to: state.pointee.live)
    if state.pointee.isSelected { peak.rise(to: live) }
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
    noteReach(state, entry.address, entry.size)
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
  func noteReach(_ state: UnsafeMutablePointer<DeviceState>, _ address: UInt64, _ size: UInt64) {
    let pages = Int(truncatingIfNeeded: min(((address & 0xfff) &+ size) >> 12, 1 << 20))
    if pages > state.pointee.reach { state.pointee.reach = pages }
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
