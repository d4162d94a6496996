import CPrefetch
import DMAModel

// Tables of live mappings and of buffers outgrow the processor's caches, and each look into them would wait for memory.
// So the events of a block are looked at twice: first to ask for all the memory that they will need, which arrives while
// the others are asked for, then to replay them. Nothing here changes what is replayed.
extension Replayer {
  /// Events that are looked at together; a mapping of each is then on its way.
  static let blockSize = 16

  @inline(__always)
  func lookAhead(_ events: Span<Event>, _ block: Range<Int>) {
    guard mappings.outgrowsCache || avoidable.buffers.outgrowsCache else { return }
    for index in block where events[index].call.isOfSingleMapping {
      let event = events[index]
      guard let device = devices.knownPlace(event.device) else { continue }
      mappings.prefetchSlot(UInt32(truncatingIfNeeded: device), event.address)
      if event.call == .mapPage {
        avoidable.buffers.prefetch(device, event.physicalAddress, event.size, event.direction)
      }
    }
    for index in block where events[index].call.isOfSingleMapping {
      guard let device = devices.knownPlace(events[index].device) else { continue }
      mappings.prefetchPlaces(UInt32(truncatingIfNeeded: device), events[index].address)
    }
  }
}

extension Call {
  @inline(__always)
  fileprivate var isOfSingleMapping: Bool { rawValue <= Call.unmapResource.rawValue }
}

extension MappingTable {
  /// Whether it is too large to be at hand all the time.
  @inline(__always)
  var outgrowsCache: Bool { mask > 1 << 12 }

  /// Asks for the slot of an address's page.
  @inline(__always)
  func prefetchSlot(_ device: UInt32, _ address: UInt64) {
    prefetch_line(slots + (MappingTable.hash(MappingTable.key(device, address)) & mask))
  }

  /// Asks for the first entry of a page's chain, where its slot is at hand.
  @inline(__always)
  func prefetchPlaces(_ device: UInt32, _ address: UInt64) {
    let head = slots[slot(MappingTable.key(device, address))].head
    if head != MappingTable.none { prefetch_line(places + Int(head)) }
  }
}

extension BufferHistory {
  @inline(__always)
  var outgrowsCache: Bool { mask > 1 << 14 }

  /// Asks for the place of a buffer.
  @inline(__always)
  func prefetch(_ device: Int, _ address: UInt64, _ size: UInt64, _ direction: Direction) {
    let print = BufferHistory.fingerprint(device, address, size, direction)
    prefetch_line(places + (Int(truncatingIfNeeded: print >> 32) & mask))
  }
}
