import DMAModel

// Judges scatterlists as a whole; DMA205, DMA208, DMA209.
extension Replayer {
  /// A list that is about to be mapped.
  mutating func judgeList(_ device: Int, _ event: Event, _ list: LiveList) {
    guard isJudged(device), let old = lists.find(list), isGapless(since: old.mappedAt),
      !isRepeatable(old, list)
    else { return }
    var asked = event
    asked.address = list.busAddresses.first ?? list.handle
    findings.add(
      .scatterlistMappedTwice, device: device, asked: asked, before: old.entry.event, isFragile: true
    ) {
      let age = duration(asked.time &- old.mappedAt)
      return ("mapped \(age) before, and not unmapped since", "unmap the list before it is mapped again")
    }
  }

  /// Two lists may name the same memory at once where the device only reads it, or where they are known to be two (a buffer
  /// that is attached twice). The same list structure may not.
  private func isRepeatable(_ old: LiveList, _ new: LiveList) -> Bool {
    if old.handle != 0, new.handle != 0 { return old.handle != new.handle }
    return old.direction == .toDevice && new.direction == .toDevice
  }

  /// An unmap against the list that it took out.
  mutating func judgeListRelease(_ device: Int, _ event: Event, of list: LiveList) {
    let entry = list.entry
    guard isJudged(device), isSurely(entry, meantBy: event.direction) else { return }
    if list.direction == .bidirectional, let first = list.busAddresses.first,
      let number = mappings.find(
        list.device, at: first, where: { $0.kind == .scatterGather && $0.mappedAt == list.mappedAt })
    {
      judgeOneSidedSyncs(device, event, of: mappings[number])
    }
    let passed = max(event.nents, Int32(event.physicalCount))
    // Events name 128 entries at most: a longer list may have been unmapped whole.
    if list.nents > 0, list.nents <= 128, passed > 0, passed != list.nents {
      let merged = Int32(truncatingIfNeeded: list.busAddresses.count)
      findings.add(
        .scatterlistCountMismatch, device: device, asked: event, before: entry.event, isFragile: true
      ) {
        let hint = passed == merged ? ", which is what the map returned" : ""
        return (
          "unmapped with \(entries(passed))\(hint), mapped with \(list.nents)",
          "pass \(list.nents), as to dma_map_sg"
        )
      }
    }
    if list.direction != event.direction {
      findings.add(
        .unmapDirectionMismatch, device: device, asked: event, before: entry.event, isFragile: true
      ) {
        ("unmapped \(event.direction.name), mapped \(list.direction.name)", "unmap \(list.direction.name)")
      }
    }
    judgeAttributes(device, event, of: entry)
  }
}
