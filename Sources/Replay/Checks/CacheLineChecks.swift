import DMAModel

// Judges who shares cache lines; DMA401 to DMA403. Not behind an IOMMU, where bus addresses do not tell what memory is
// next to what, and not of bounced mappings, which have slots of their own.
extension Replayer {
  /// Mappings whose lines are not maintained with them, or that the driver says may share theirs.
  private static let unshared: Attributes = [.skipCPUSync, .mmio, .cacheLinesOverlap]

  /// A new single mapping that is where its memory is, before it is among the live ones.
  @inline(__always)
  mutating func judgeNeighbours(_ device: Int, _ event: UnsafePointer<Event>) {
    guard event.pointee.attributes.isDisjoint(with: Replayer.unshared) else { return }
    let neighbour = neighbour(device, event.pointee.address, event.pointee.size, event.pointee.direction)
    let endsApart = endsApart(device, event.pointee.address, event.pointee.size, event.pointee.direction)
    guard neighbour != nil || endsApart else { return }
    judge(device, event.pointee, LiveEntry(event, device: device, .direct), neighbour, endsApart)
  }

  /// The same of an entry of a list.
  mutating func judgeNeighbours(_ device: Int, _ entry: LiveEntry, _ event: Event) {
    guard entry.attributes.isDisjoint(with: Replayer.unshared) else { return }
    judge(
      device, event, entry, neighbour(device, entry.address, entry.size, entry.direction),
      endsApart(device, entry.address, entry.size, entry.direction))
  }

  /// A mapping that shares a line with this range, as far as the table shows.
  ///
  /// For coherent devices neighbours are looked for in its first page only, as the kernel's checker compares first lines:
  /// nothing breaks there, and most recordings are of coherent devices.
  @inline(__always)
  private func neighbour(_ device: Int, _ address: UInt64, _ size: UInt64, _ direction: Direction) -> UInt32?
  {
    let mask = platform.cacheLine &- 1
    let isCoherent = devices[device].presumedCoherent
    let end = (address &+ size &- 1) | mask
    let last = isCoherent ? min(end, address | 0xfff) : end
    guard size > 0, last >= address else { return nil }
    let isWritten = direction != .toDevice
    let loss = lastLoss ?? 0
    return mappings.neighbour(
      UInt32(truncatingIfNeeded: device), first: address & ~mask, last: last,
      looksBack: !isCoherent && devices[device].reach > 0
    ) { other in
      (isWritten || other.pointee.direction != .toDevice) && !other.pointee.isDisplaced
        && (loss == 0 || other.pointee.mappedAt > loss)
    }
  }

  /// Whether a range that a device writes without snooping begins or ends within a line.
  @inline(__always)
  private func endsApart(_ device: Int, _ address: UInt64, _ size: UInt64, _ direction: Direction) -> Bool {
    let mask = platform.cacheLine &- 1
    return direction != .toDevice && !devices[device].presumedCoherent && size > 0
      && (address &+ size &- 1) | mask >= address && (address | (address &+ size)) & mask != 0
  }

  private mutating func judge(
    _ device: Int, _ event: Event, _ entry: LiveEntry, _ neighbour: UInt32?, _ endsApart: Bool
  ) {
    if let neighbour { judge(device, event, entry, sharesWith: mappings[neighbour]) }
    if endsApart { judgePartialLines(device, entry, event) }
  }

  private mutating func judge(_ device: Int, _ event: Event, _ entry: LiveEntry, sharesWith other: LiveEntry)
  {
    guard isJudged(device), other.attributes.isDisjoint(with: Replayer.unshared),
      !mayBeUnmappedSilently(other)
    else { return }
    let overlap =
      entry.address < other.address &+ other.size && other.address < entry.address &+ entry.size
    guard overlap else {
      let line = platform.cacheLine
      return findings.add(
        .cacheLineShared, device: device, asked: event, before: other.event, isFragile: true
      ) {
        (
          "\(hex(entry.address)) and \(hex(other.address)) share a line of \(bytes(line))",
          "give each a line of its own: allocate with kmalloc, align to dma_get_cache_alignment()"
        )
      }
    }
    findings.add(.mappingsOverlap, device: device, asked: event, before: other.event, isFragile: true) {
      let begin = max(entry.address, other.address)
      let end = min(entry.address &+ entry.size, other.address &+ other.size)
      return (
        "\(bytes(end &- begin)) at \(hex(begin)) are mapped already, \(other.direction.name)",
        "unmap before the memory is mapped again"
      )
    }
  }

  private mutating func judgePartialLines(_ device: Int, _ entry: LiveEntry, _ event: Event) {
    guard isJudged(device) else { return }
    let line = platform.cacheLine
    findings.add(.cacheLinePartial, device: device, asked: event, isFragile: false) {
      let (head, tail) = (entry.address & (line &- 1), (entry.address &+ entry.size) & (line &- 1))
      let parts = [
        head == 0 ? nil : "begins \(bytes(head)) into a line",
        tail == 0 ? nil : "ends \(bytes(tail)) into one",
      ].compactMap { $0 }
      return (
        parts.joined(separator: " and "),
        "map whole lines of \(bytes(line)), or see that nothing else uses the rest"
      )
    }
  }
}
