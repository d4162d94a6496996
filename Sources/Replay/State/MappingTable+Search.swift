import DMAModel

// Searches by what lies inside or beside an entry.
extension MappingTable {
  /// Pages before an address in which a mapping may begin that contains it; larger ones are kept apart.
  private static let pagesBack = 64
  /// Entries of one page that are compared with a new neighbour.
  private static let neighbourLimit = 16

  /// The entry of a device that contains an address and suits best: one that holds all `size` bytes first, then one of
  /// a direction that a transfer in `direction` may be synced with; the newest of equals.
  ///
  /// - Parameter reach: pages that the device's largest mapping so far crosses.
  func find(
    _ device: UInt32, containing address: UInt64, size: UInt64, direction: Direction, reach: Int
  ) -> UInt32? {
    var (best, found) = (-1, MappingTable.none)
    @inline(__always) func consider(_ number: UInt32) {
      let place = places[Int(number)]
      guard place.device == device, address >= place.address,
        address &- place.address < max(place.size, 1)
      else { return }
      let offset = address &- place.address
      let fits = size <= place.size &- min(offset, place.size)
      let suits = place.direction == .bidirectional || place.direction == direction
      let score = (fits ? 4 : 0) + (suits ? 2 : 0) + (offset == 0 ? 1 : 0)
      if score > best { (best, found) = (score, number) }
    }
    let start = address >> MappingTable.pageShift
    for back in 0...UInt64(min(max(reach, 0), MappingTable.pagesBack)) {
      guard start >= back else { break }
      var current = slots[slot(MappingTable.key(device, (start &- back) << MappingTable.pageShift))].head
      var left = MappingTable.searchLimit
      while current != MappingTable.none && left > 0 {
        consider(current)
        current = places[Int(current)].next
        left &-= 1
      }
      if best >= 4 { break }
    }
    if best < 4 { for number in large { consider(number) } }
    return best < 0 ? nil : found
  }

  /// Whether so many entries hang where one of this address would that not all of them are searched.
  func isCrowded(_ device: UInt32, _ address: UInt64) -> Bool {
    var current = slots[slot(MappingTable.key(device, address))].head
    var left = MappingTable.searchLimit
    while current != MappingTable.none && left > 0 {
      current = places[Int(current)].next
      left &-= 1
    }
    return left == 0
  }

  /// The newest entry of exactly this address that satisfies a condition.
  func find(_ device: UInt32, at address: UInt64, where condition: (LiveEntry) -> Bool) -> UInt32? {
    var current = slots[slot(MappingTable.key(device, address))].head
    var left = MappingTable.searchLimit
    while current != MappingTable.none && left > 0 {
      let place = places[Int(current)]
      if place.address == address, place.device == device, condition(entries[Int(current)]) { return current }
      current = place.next
      left &-= 1
    }
    return nil
  }

  /// A streaming entry of a device that reaches into `first ... last`, if it satisfies a condition.
  ///
  /// Looked for where entries begin: in the first and last page of the range and, with `looksBack`, the page before. A
  /// few entries of each page are compared.
  @inline(__always)
  func neighbour(
    _ device: UInt32, first: UInt64, last: UInt64, looksBack: Bool,
    where condition: (UnsafeMutablePointer<Place>) -> Bool
  ) -> UInt32? {
    let (head, tail) = (first >> MappingTable.pageShift, last >> MappingTable.pageShift)
    if let found = neighbour(device, page: head, first, last, condition) { return found }
    if tail != head, let found = neighbour(device, page: tail, first, last, condition) { return found }
    if looksBack, head > 0 { return neighbour(device, page: head &- 1, first, last, condition) }
    return nil
  }

  @inline(__always)
  private func neighbour(
    _ device: UInt32, page: UInt64, _ first: UInt64, _ last: UInt64,
    _ condition: (UnsafeMutablePointer<Place>) -> Bool
  ) -> UInt32? {
    var current = slots[slot(MappingTable.key(device, page << MappingTable.pageShift))].head
    var left = MappingTable.neighbourLimit
    while current != MappingTable.none && left > 0 {
      let place = places + Int(current)
      if place.pointee.address <= last, place.pointee.address &+ place.pointee.size > first,
        place.pointee.device == device, place.pointee.kind == .single || place.pointee.kind == .scatterGather,
        condition(place)
      {
        return current
      }
      current = place.pointee.next
      left &-= 1
    }
    return nil
  }

  /// A block of coherent memory of a device that begins within a range; looks at all entries.
  func firstAllocated(_ device: UInt32, in start: UInt64, size: UInt64) -> LiveEntry? {
    var found: LiveEntry?
    visit {
      if found == nil, $0.device == device, $0.kind == .coherent, $0.address >= start,
        $0.address &- start < size
      {
        found = $0
      }
    }
    return found
  }

  /// Calls `body` with every live entry, in no particular order.
  func visit(_ body: (LiveEntry) -> Void) {
    for index in 0...mask {
      var current = slots[index].head
      while current != MappingTable.none {
        body(entries[Int(current)])
        current = places[Int(current)].next
      }
    }
  }

  /// Marks every live entry of a device as reported.
  mutating func markReported(_ device: UInt32) {
    for index in 0...mask {
      var current = slots[index].head
      while current != MappingTable.none {
        if places[Int(current)].device == device { entries[Int(current)].isReported = true }
        current = places[Int(current)].next
      }
    }
  }
}
