import DMAModel

// A removal gives the entry's number: what is known of it stays readable until the next insertion.
extension MappingTable {
  /// Takes out the entry of a device at a bus address that fits best, those of scatterlists apart: same kind first,
  /// then size and direction, as the kernel's checker chooses (kernel/dma/debug.c, `__hash_bucket_find`), then
  /// attributes; the oldest of equals.
  ///
  /// - Returns: its number; `none` if there is none.
  @inline(__always)
  mutating func remove(
    _ device: UInt32, _ address: UInt64, size: UInt64, direction: Direction, kind: LiveMapping.Kind,
    attributes: Attributes = []
  ) -> UInt32 {
    let key = MappingTable.key(device, address)
    return remove(
      device, address, size: size, direction: direction, kind: kind, attributes: attributes,
      slot: slot(key))
  }

  /// The same where the slot of its page is known.
  @inline(__always)
  mutating func remove(
    _ device: UInt32, _ address: UInt64, size: UInt64, direction: Direction, kind: LiveMapping.Kind,
    attributes: Attributes, slot index: Int
  ) -> UInt32 {
    guard slots[index].head != MappingTable.none else { return MappingTable.none }
    let alike = slots[index].census.count(address)
    guard alike > 0 else { return MappingTable.none }
    // One alone is the best if it is one at all.
    if alike == 1 { return removeOnly(device, address, slot: index) }
    return removeBest(device, address, size, direction, kind, attributes, slot: index)
  }

  /// Takes out the entry of an address that nobody shares its part of the page with.
  @inline(__always)
  private mutating func removeOnly(_ device: UInt32, _ address: UInt64, slot index: Int) -> UInt32 {
    var (current, previous) = (slots[index].head, MappingTable.none)
    var left = MappingTable.searchLimit
    while current != MappingTable.none && left > 0 {
      let place = places + Int(current)
      if Census.alike(place.pointee.address, address) {
        guard place.pointee.address == address, place.pointee.device == device,
          place.pointee.kind != .scatterGather
        else { return MappingTable.none }
        unlink(current, after: previous, slot: index)
        return current
      }
      (previous, current) = (current, place.pointee.next)
      left &-= 1
    }
    return MappingTable.none
  }

  private mutating func removeBest(
    _ device: UInt32, _ address: UInt64, _ size: UInt64, _ direction: Direction, _ kind: LiveMapping.Kind,
    _ attributes: Attributes, slot index: Int
  ) -> UInt32 {
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
    if best >= 0 { unlink(found, after: foundPrevious, slot: index) }
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
      let place = places + Int(current)
      if place.pointee.address == address && place.pointee.device == device && condition(place.pointee) {
        unlink(current, after: previous, slot: index)
        return current
      }
      (previous, current) = (current, place.pointee.next)
      left &-= 1
    }
    return nil
  }
}
