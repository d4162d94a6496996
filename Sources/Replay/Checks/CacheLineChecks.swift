import DMAModel

// Judges who shares cache lines; DMA401 to DMA403. Not behind an IOMMU, where bus addresses do not tell what memory is
// next to what, and not of bounced mappings, which have slots of their own.
extension Replayer {
  /// Mappings whose lines are not maintained with them, or that the driver says may share theirs.
  private static let unshared: Attributes = [.skipCPUSync, .mmio, .cacheLinesOverlap]

  /// Whether neighbours of a mapping with these attributes are judged.
  @inline(__always)
  func judgesNeighbours(_ attributes: Attributes) -> Bool { attributes.isDisjoint(with: Replayer.unshared) }

  /// A new entry of a list that is where its memory is, before it is among the live ones.
  mutating func judgeNeighbours(_ device: Int, _ entry: LiveEntry, _ event: Event) {
    guard judgesNeighbours(entry.attributes) else { return }
    var neighbour = MappingTable.none
    if let around = neighbourhood(device, entry.address, entry.size, entry.direction) {
      neighbour = mappings.neighbour(entry.device, page: around.first >> MappingTable.pageShift, around)
      if neighbour == MappingTable.none { neighbour = farNeighbour(device, around) }
    }
    judge(
      device, event, entry, neighbour, endsApart(device, entry.address, entry.size, entry.direction))
  }

  /// Where neighbours of this range are; nil if there can be none.
  ///
  /// For coherent devices they are looked for in its first page only, as the kernel's checker compares first lines:
  /// nothing breaks there, and most recordings are of coherent devices.
  @inline(__always)
  func neighbourhood(
    _ device: Int, _ address: UInt64, _ size: UInt64, _ direction: Direction
  ) -> MappingTable.Neighbourhood? {
    let mask = platform.cacheLine &- 1
    let end = (address &+ size &- 1) | mask
    let last = devices.pointer(device).pointee.presumedCoherent ? min(end, address | 0xfff) : end
    guard size > 0, last >= address else { return nil }
    return MappingTable.Neighbourhood(
      first: address & ~mask, last: last, isWritten: direction != .toDevice, loss: lastLoss ?? 0)
  }

  /// A neighbour that begins in the last page of a range, or in the page before its first; `none` if there is none.
  @inline(__always)
  mutating func farNeighbour(_ device: Int, _ around: MappingTable.Neighbourhood) -> UInt32 {
    let place = UInt32(truncatingIfNeeded: device)
    let (head, tail) = (around.first >> MappingTable.pageShift, around.last >> MappingTable.pageShift)
    if tail != head {
      let found = mappings.neighbour(place, page: tail, around)
      if found != MappingTable.none { return found }
    }
    let state = devices.pointer(device)
    guard !state.pointee.presumedCoherent, state.pointee.reach > 0, head > 0 else { return MappingTable.none }
    return mappings.neighbour(place, page: head &- 1, around)
  }

  /// Whether a range that a device writes without snooping begins or ends within a line.
  @inline(__always)
  func endsApart(_ device: Int, _ address: UInt64, _ size: UInt64, _ direction: Direction) -> Bool {
    let mask = platform.cacheLine &- 1
    return direction != .toDevice && !devices.pointer(device).pointee.presumedCoherent && size > 0
      && (address &+ size &- 1) | mask >= address && (address | (address &+ size)) & mask != 0
  }

  /// - Parameter neighbour: `none` if there is none.
  mutating func judge(
    _ device: Int, _ event: Event, _ entry: LiveEntry, _ neighbour: UInt32, _ endsApart: Bool
  ) {
    if neighbour != MappingTable.none { judge(device, event, entry, sharesWith: mappings[neighbour]) }
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
