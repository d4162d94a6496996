import DMAModel

// Judges syncs; DMA301 to DMA309.
extension Replayer {
  /// A sync of a single range, or the first entry of a scatterlist's, with the live entry that it lies in.
  ///
  /// - Parameter count: entries of the scatterlist that is synced; nil for a single range.
  mutating func judgeSync(
    _ device: Int, _ operation: Operation, _ event: Event, _ number: UInt32?, address: UInt64, size: UInt64,
    count: Int32? = nil
  ) {
    guard var number else {
      // A sync of nothing is harmless: it may begin where a mapping ends.
      return size > 0 || isMappingError(address) ? judgeUnknownSync(device, event, address) : ()
    }
    if let count, let better = listEntry(at: address, size, count: count, insteadOf: number) {
      number = better
    }
    let entry = mappings[number]
    if isJudged(device), isSurely(entry, meantBy: event.direction) {
      judgeRange(device, event, address, size, in: entry)
      judgeDirection(device, operation, event, of: entry)
      if let count, entry.kind == .scatterGather, entry.listCount > 0, entry.listCount <= 128,
        entry.listCount != count
      {
        findings.add(
          .syncScatterlistCount, device: device, asked: event, before: entry.event, isFragile: true
        ) {
          (
            "synced with \(entries(count)), mapped with \(entry.listCount)",
            "sync \(entries(entry.listCount))"
          )
        }
      }
      judgeOwner(device, operation, event, address, size, of: entry)
    }
    noteSync(number, operation, offset: address &- entry.address, size: size)
  }

  /// The entry of a list with as many entries as are synced, where several lists that the device only reads have this
  /// memory at once and another was found.
  private mutating func listEntry(
    at address: UInt64, _ size: UInt64, count: Int32, insteadOf number: UInt32
  ) -> UInt32? {
    let found = mappings[number]
    guard found.kind == .scatterGather, found.listCount != count || found.size != size else { return nil }
    // Events name 128 entries at most.
    return mappings.find(found.device, at: address) {
      $0.kind == .scatterGather && $0.size == size
        && ($0.listCount == count || min($0.listCount, count) >= 128)
    }
  }

  private mutating func judgeUnknownSync(_ device: Int, _ event: Event, _ address: UInt64) {
    guard isJudged(device) else { return }
    if isMappingError(address) {
      return findings.add(.errorAddressUsed, device: device, asked: event, isFragile: false) {
        ("syncs \(hex(address)), which a failed mapping returns", "do not sync what was not mapped")
      }
    }
    guard isWhollySeen(device, event.direction), records(.mapPage, .mapScatterlist, .mapResource),
      !mappings.isCrowded(UInt32(truncatingIfNeeded: device), address)
    else {
      return
    }
    let last = history.last(UInt32(truncatingIfNeeded: device), address)
    findings.add(.syncNotMapped, device: device, asked: event, before: last?.event, isFragile: true) {
      guard let last else { return ("nothing is mapped at \(hex(address))", "") }
      let ago = duration(event.time &- last.time)
      return ("\(hex(address)) was unmapped \(ago) before", "sync before the unmap")
    }
  }

  private mutating func judgeRange(
    _ device: Int, _ event: Event, _ address: UInt64, _ size: UInt64, in entry: LiveEntry
  ) {
    let offset = address &- entry.address
    let left = entry.size > offset ? entry.size &- offset : 0
    guard size > left else { return }
    findings.add(.syncBeyondMapping, device: device, asked: event, before: entry.event, isFragile: true) {
      (
        "synced \(bytes(size)) from byte \(grouped(offset)) of a mapping of \(bytes(entry.size))",
        "sync \(bytes(left)) at most"
      )
    }
  }

  private mutating func judgeDirection(
    _ device: Int, _ operation: Operation, _ event: Event, of entry: LiveEntry
  ) {
    guard entry.direction != .bidirectional, event.direction != entry.direction, !entry.kind.isAllocated
    else { return }
    let (asked, mapped) = (event.direction, entry.direction)
    findings.add(.syncDirectionMismatch, device: device, asked: event, before: entry.event, isFragile: true) {
      ("synced \(asked.name), mapped \(mapped.name)", "sync \(mapped.name)")
    }
    if operation == .syncForCPU, mapped == .toDevice {
      findings.add(.syncReadOnlyForCPU, device: device, asked: event, before: entry.event, isFragile: true) {
        (
          "the device only reads it: there is nothing for the CPU to see",
          "leave the sync out, or map BIDIRECTIONAL"
        )
      }
    } else if operation == .syncForDevice, mapped == .fromDevice {
      findings.add(
        .syncWriteOnlyForDevice, device: device, asked: event, before: entry.event, isFragile: true
      ) {
        (
          "the device only writes it: it does not see what the CPU wrote",
          "sync FROM_DEVICE, or map BIDIRECTIONAL"
        )
      }
    }
  }

  private mutating func judgeOwner(
    _ device: Int, _ operation: Operation, _ event: Event, _ address: UInt64, _ size: UInt64,
    of entry: LiveEntry
  ) {
    let offset = address &- entry.address
    let owner: SyncHistory.Owner = operation == .syncForCPU ? .cpu : .device
    if entry.syncs.owner == owner, UInt64(entry.syncs.offset) == offset, UInt64(entry.syncs.size) == size {
      findings.add(.syncRepeated, device: device, asked: event, before: entry.event, isFragile: true) {
        let side = owner == .cpu ? "CPU" : "device"
        return (
          "synced for the \(side) again, with no sync for the \(owner == .cpu ? "device" : "CPU") in between",
          "sync once, or hand the memory back in between"
        )
      }
    }
    guard !devices[device].presumedCoherent, event.direction != .toDevice, !entry.isBounced else { return }
    let (begin, end) = (address, address &+ size)
    let line = platform.cacheLine &- 1
    let cuts = (begin & line != 0 && offset != 0) || (end & line != 0 && offset &+ size != entry.size)
    guard cuts, size < entry.size else { return }
    findings.add(.syncOffCacheLine, device: device, asked: event, before: entry.event, isFragile: false) {
      (
        "bytes \(grouped(offset)) to \(grouped(offset &+ size)) of \(grouped(entry.size)) cut a line of \(bytes(line &+ 1))",
        "sync whole lines"
      )
    }
  }

  private mutating func noteSync(_ number: UInt32, _ operation: Operation, offset: UInt64, size: UInt64) {
    mappings.noteSync(number) { syncs in
      guard offset <= UInt64(UInt32.max), size <= UInt64(UInt32.max) else { return }
      syncs.offset = UInt32(truncatingIfNeeded: offset)
      syncs.size = UInt32(truncatingIfNeeded: size)
      if operation == .syncForCPU {
        syncs.owner = .cpu
        if syncs.forCPU < .max { syncs.forCPU += 1 }
      } else {
        syncs.owner = .device
        if syncs.forDevice < .max { syncs.forDevice += 1 }
      }
    }
  }

  /// Bidirectional memory at its unmap: the two sides must take turns.
  mutating func judgeOneSidedSyncs(_ device: Int, _ event: Event, of entry: LiveEntry) {
    let (cpu, other) = (entry.syncs.forCPU, entry.syncs.forDevice)
    guard entry.direction == .bidirectional, max(cpu, other) >= 4, min(cpu, other) == 0 else { return }
    findings.add(.syncOneSided, device: device, asked: event, before: entry.event, isFragile: true) {
      let side = cpu > other ? ("CPU", "device") : ("device", "CPU")
      return (
        "synced \(max(cpu, other)) times for the \(side.0), never for the \(side.1)",
        "sync for both, in turns"
      )
    }
  }
}

extension LiveMapping.Kind {
  /// Memory that came from the DMA API.
  var isAllocated: Bool { self == .coherent || self == .pages }
}
