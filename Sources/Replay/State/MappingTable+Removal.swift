import DMAModel

// A removal gives the entry's number: what is known of it stays readable until the next insertion.
extension MappingTable {
  /// Takes out the entry of a device at a bus address that fits best, those of scatterlists apart: same kind first,
  /// then size and direction, as the kernel's checker chooses (kernel/dma/debug.c, `__hash_bucket_find`), then
  /// attributes; the oldest of equals.
  @inline(__always)
  mutating func remove(
    _ device: UInt32, _ address: UInt64, size: UInt64, direction: Direction, kind: LiveMapping.Kind,
    attributes: Attributes = []
  ) -> UInt32? {
    let index = slot(MappingTable.key(device, address))
    var best = -1
    var (found, foundPrevious) = (MappingTable.none, MappingTable.none)
    var (current, previous) = (slots[index].head, MappingTable.none)
    var left = MappingTable.searchLimit
    while current != MappingTable.none && left > 0 {
      let place = places + Int(current)
      if place.pointee.address == address && place.pointee.device == device
        && place.pointee.kind != .scatterGather
      {
        let score =
          (place.pointee.kind == kind ? 8 : 0) + (place.pointee.size == size ? 4 : 0)
          + (place.pointee.direction == direction ? 2 : 0)
          + (place.pointee.attributes.repeated == attributes.repeated ? 1 : 0)
        if score >= best { (best, found, foundPrevious) = (score, current, previous) }
      }
      (previous, current) = (current, place.pointee.next)
      left &-= 1
    }
    guard best >= 0 else { return nil }
    unlink(found, after: foundPrevious, slot: index)
    return found
  }

  /// Takes out an entry of exactly this kind that was made before `time`; nil if there is none.
  mutating func removeStale(
    _ device: UInt32, _ address: UInt64, kind: LiveMapping.Kind, madeBefore time: UInt64
  ) -> UInt32? {
    removeFirst(device, address) { $0.kind == kind && $0.mappedAt < time }
  }

  /// Takes out the newest entry of this device and address that satisfies a condition.
  mutating func removeFirst(
    _ device: UInt32, _ address: UInt64, where condition: (Place) -> Bool
  ) -> UInt32? {
    let index = slot(MappingTable.key(device, address))
    var (current, previous) = (slots[index].head, MappingTable.none)
    var left = MappingTable.searchLimit
    while current != MappingTable.none && left > 0 {
      let place = places[Int(current)]
      if place.address == address && place.device == device && condition(place) {
        unlink(current, after: previous, slot: index)
        return current
      }
      (previous, current) = (current, place.next)
      left &-= 1
    }
    return nil
  }
}
