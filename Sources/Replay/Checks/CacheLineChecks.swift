import DMAModel

// Judges who shares cache lines; DMA401 to DMA403. Not behind an IOMMU, where bus addresses do not tell what memory is
// next to what, and not of bounced mappings, which have slots of their own.
extension Replayer {
  /// Mappings whose lines are not maintained with them, or that the driver says may share theirs.
  private static let unshared: Attributes = [.skipCPUSync, .mmio, .cacheLinesOverlap]

  /// A new streaming mapping that is where its memory is, before it is among the live ones.
  ///
  /// For coherent devices neighbours are looked for in its first page only, as the kernel's checker compares first lines:
  /// nothing breaks there, and most recordings are of coherent devices.
  @inline(__always)
  mutating func judgeNeighbours(_ device: Int, _ entry: LiveEntry, _ event: Event) {
    guard entry.size > 0, entry.attributes.isDisjoint(with: Replayer.unshared) else { return }
    let mask = platform.cacheLine &- 1
    let first = entry.address & ~mask
    let isCoherent = devices[device].presumedCoherent
    let end = (entry.address &+ entry.size &- 1) | mask
    let last = isCoherent ? min(end, entry.address | 0xfff) : end
    guard last >= entry.address else { return }
    let isWritten = entry.direction != .toDevice
    let (hasLoss, loss) = (lastLoss != nil, lastLoss ?? 0)
    let neighbour = mappings.neighbour(
      entry.device, first: first, last: last, looksBack: !isCoherent && devices[device].reach > 0
    ) { other in
      (isWritten || other.direction != .toDevice) && !other.isDisplaced && (!hasLoss || other.mappedAt > loss)
    }
    if let neighbour {
      let other = mappings[neighbour]
      judge(device, event, entry, sharesWith: other)
    }
    if isWritten, !isCoherent, entry.address & mask != 0 || (entry.address &+ entry.size) & mask != 0 {
      judgePartialLines(device, entry, event)
    }
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
