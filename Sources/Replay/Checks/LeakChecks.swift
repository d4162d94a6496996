import DMAModel

// Judges what is left; DMA212, DMA213, and DMA214, an access to what is gone.
extension Replayer {
  /// The device's driver lets go of it: nothing may be left.
  mutating func driverUnbound(_ event: Event) {
    let device = place(event)
    if !hints.isComplete { devices[device].birth = nil }
    reportLeft(of: device, asked: event)
  }

  mutating func driverBound(_ event: Event) {
    let device = place(event)
    devices[device].birth = Birth(boundAt: event.time)
    devices[device].hasUntracked = false
  }

  /// The end of the recording. What is left belongs to drivers that go on, unless the user says that they do not.
  mutating func judgeLeftovers() {
    var left: [[Leftover]] = Array(repeating: [], count: devices.count)
    forEachLeftover { left[Int($0)].append($1) }
    for device in 0..<devices.count where devices[device].isSelected && !left[device].isEmpty {
      let gone = options.unbound.contains { Glob($0).matches(devices[device].name) }
      report(left[device], of: device, as: gone ? .leakAtUnbind : .liveAtEnd, asked: nil)
    }
    judgePoolsLeft()
  }

  /// Live entries that may be looked at in all searches together that look at all of them: a hostile recording has as
  /// many as it likes.
  private static let searchLimit = 1 << 27

  mutating func maySearchAll() -> Bool {
    searched &+= mappings.mask + mappings.count + lists.count
    return searched < Replayer.searchLimit
  }

  /// What a device's driver has left when it lets go.
  private mutating func reportLeft(of device: Int, asked: Event) {
    let (state, place) = (devices[device].live, UInt32(truncatingIfNeeded: device))
    guard devices[device].isSelected, state.mappings > 0 || state.coherentBlocks > 0 else { return }
    guard maySearchAll() else { return }
    var left: [Leftover] = []
    forEachLeftover { if $0 == place { left.append($1) } }
    guard !left.isEmpty else { return }
    report(left, of: device, as: .leakAtUnbind, asked: asked)
    markReported(place)
  }

  /// Something live that is to be reported: enough to bring many into order.
  private struct Leftover {
    var mappedAt: UInt64
    var address: UInt64
    /// Its number among the mappings; nil for a list.
    var number: UInt32?
    /// Its place among the lists, as they are visited.
    var list = 0
  }

  /// Calls `body` with what is live and not reported, and its device.
  private func forEachLeftover(_ body: (UInt32, Leftover) -> Void) {
    mappings.visitPlaces { number, place in
      guard place.pointee.kind != .scatterGather, !place.pointee.marks.contains(.reported) else { return }
      body(
        place.pointee.device,
        Leftover(mappedAt: place.pointee.mappedAt, address: place.pointee.address, number: number))
    }
    var index = 0
    lists.visit {
      if !$0.isReported {
        let entry = $0.entry
        body($0.device, Leftover(mappedAt: entry.mappedAt, address: entry.address, number: nil, list: index))
      }
      index += 1
    }
  }

  /// - Parameter asked: the call that made it too late; nil for the end of the recording.
  private mutating func report(_ leftovers: [Leftover], of device: Int, as rule: Rule, asked: Event?) {
    let end = asked?.time ?? lastTime
    // Only examples are shown of many: not all of them need be looked for in the pools.
    var pooled = 64
    var listEntries: [LiveEntry] = []
    if leftovers.contains(where: { $0.number == nil }) { lists.visit { listEntries.append($0.entry) } }
    let sure = leftovers.filter { isGapless(since: $0.mappedAt) }
    for leftover in sure.sorted(by: { ($0.mappedAt, $0.address) < ($1.mappedAt, $1.address) }) {
      let entry = leftover.number.map { mappings[$0] } ?? listEntries[leftover.list]
      guard !mayBeUnmappedSilently(entry), recordsRelease(entry.kind) else { continue }
      var made = entry.event
      let (call, before): (Event, Event?) = asked.map { ($0, made) } ?? (made, nil)
      made.device = 0
      var kind = entry.kind.words
      if entry.kind == .coherent, pooled > 0 {
        pooled -= 1
        if pools.holdsBlock(in: entry) { kind = "a page of a pool with blocks in use" }
      }
      findings.add(rule, device: device, asked: call, before: before, isFragile: asked != nil) {
        let age = duration(end >= entry.mappedAt ? end &- entry.mappedAt : 0)
        return (
          "\(bytes(entry.size)) at \(hex(entry.address)), \(kind), \(age) old",
          "release it with \(entry.kind.release)"
        )
      }
    }
  }

  private mutating func markReported(_ device: UInt32) {
    mappings.markReported(device)
    lists.update { if $0.device == device { $0.isReported = true } }
  }

  private mutating func recordsRelease(_ kind: LiveMapping.Kind) -> Bool {
    switch kind {
    case .single: records(.unmapPage)
    case .scatterGather: records(.unmapScatterlist)
    case .resource: records(.unmapResource)
    case .coherent: records(.free)
    case .pages: records(.freePages, .freeScatterTable)
    }
  }

  private mutating func judgePoolsLeft() {
    for pool in pools.pools where pool.profile.live > 0 && !pool.profile.destroyed {
      guard var creation = pool.creation, isGapless(since: creation.time) else { continue }
      creation.device = pool.device
      let device = place(creation)
      guard devices[device].isSelected else { continue }
      let (count, name) = (pool.profile.live, pool.profile.name)
      findings.add(.liveAtEnd, device: device, asked: creation, isFragile: false) {
        let blocks = count == 1 ? "1 block" : "\(grouped(count)) blocks"
        return (
          "\(blocks) of the pool \(name.isEmpty ? hex(creation.address) : name) in use",
          "free them with dma_pool_free"
        )
      }
    }
  }

  /// `iommu:io_page_fault`: the device reached for what is not mapped.
  mutating func judgeFault(_ event: Event) {
    guard event.device != 0 else { return }
    let device = place(event)
    guard isJudged(device) else { return }
    faults &+= 1
    // The search looks at all releases: of very many faults the first ones are explained.
    let last =
      faults <= 64 ? history.last(UInt32(truncatingIfNeeded: device), containing: event.address) : nil
    let number =
      faults <= 64
      ? mappings.find(
        UInt32(truncatingIfNeeded: device), containing: event.address, size: 1, direction: .none,
        reach: devices[device].reach) : nil
    let live = number.map { mappings[$0] }
    findings.add(
      .iommuPageFault, device: device, asked: event, before: live?.event ?? last?.event, isFragile: false
    ) {
      if let live {
        return (
          "\(hex(event.address)) lies in a mapping that is live, \(live.direction.name)",
          "map it in the direction in which the device uses it"
        )
      }
      guard let last else {
        return ("nothing that the recording shows was ever mapped at \(hex(event.address))", "")
      }
      return (
        "\(hex(event.address)) was unmapped \(duration(event.time &- last.time)) before",
        "stop the device before its memory is unmapped"
      )
    }
  }
}
