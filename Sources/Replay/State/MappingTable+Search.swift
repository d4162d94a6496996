import DMAModel

// Searches by what lies inside or beside an entry.
extension MappingTable {
  /// Pages before an address in which a mapping may begin that contains it; larger ones are kept apart.
  private static let pagesBack = 64
  /// Entries of one page that are compared with a new neighbour.
  static let neighbourLimit = 16

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
      let place = places + Int(current)
      if place.pointee.address == address, place.pointee.device == device, condition(self[current]) {
        return current
      }
      current = place.pointee.next
      left &-= 1
    }
    return nil
  }

  /// What a new mapping meets where entries hang that begin in the same page.
  struct Meeting {
    /// An entry that reaches into its lines.
    var neighbour = MappingTable.none
    /// An entry of its own address and kind was made before events were lost: its release may be among them.
    var meetsStale = false
  }

  /// Which entries would be neighbours of a new mapping.
  struct Neighbourhood {
    /// The first and last byte of its lines.
    var first: UInt64
    var last: UInt64
    /// Whether the device writes to it: else only those count that it writes.
    var isWritten: Bool
    /// When events were lost last, 0 for never: older entries may be gone.
    var loss: UInt64

    @inline(__always)
    func contains(_ place: UnsafePointer<Place>) -> Bool {
      place.pointee.address <= last && place.pointee.address &+ place.pointee.size > first
        && (place.pointee.kind == .single || place.pointee.kind == .scatterGather)
        && (isWritten || place.pointee.direction != .toDevice) && !place.pointee.isDisplaced
        && (loss == 0 || place.pointee.mappedAt > loss)
    }
  }

  /// Looks through the chain of a slot for what a new mapping meets; a few entries are looked at for neighbours.
  ///
  /// - Parameter around: nil if no neighbours are asked for.
  @inline(__always)
  func meeting(
    _ device: UInt32, _ address: UInt64, kind: LiveMapping.Kind, around: Neighbourhood?, loss: UInt64,
    slot index: Int
  ) -> Meeting {
    var result = Meeting()
    let mayMeetStale = loss > 0 && slots[index].census.count(address) > 0
    var current = slots[index].head
    var looked = 0
    if let around {
      while current != MappingTable.none && looked < MappingTable.neighbourLimit {
        let place = places + Int(current)
        if place.pointee.device == device, around.contains(place) {
          result.neighbour = current
          break
        }
        // The newest come first, but for the rests of lists: behind this one all are older than the loss.
        if place.pointee.mappedAt <= loss, place.pointee.kind != .scatterGather { break }
        current = place.pointee.next
        looked &+= 1
      }
    }
    if mayMeetStale {
      result.meetsStale = holdsStale(device, address, kind: kind, madeBefore: loss, slot: index)
    }
    return result
  }

  private func holdsStale(
    _ device: UInt32, _ address: UInt64, kind: LiveMapping.Kind, madeBefore time: UInt64, slot index: Int
  ) -> Bool {
    var current = slots[index].head
    var left = MappingTable.searchLimit
    while current != MappingTable.none && left > 0 {
      let place = places + Int(current)
      if place.pointee.address == address, place.pointee.mappedAt < time, place.pointee.device == device,
        place.pointee.kind == kind
      {
        return true
      }
      current = place.pointee.next
      left &-= 1
    }
    return false
  }

  /// An entry that begins in a page and is a neighbour; `none` if there is none.
  @inline(__always)
  func neighbour(_ device: UInt32, page: UInt64, _ around: Neighbourhood) -> UInt32 {
    var current = slots[slot(MappingTable.key(device, page << MappingTable.pageShift))].head
    var left = MappingTable.neighbourLimit
    while current != MappingTable.none && left > 0 {
      let place = places + Int(current)
      if place.pointee.device == device, around.contains(place) { return current }
      current = place.pointee.next
      left &-= 1
    }
    return MappingTable.none
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
  func visit(_ body: (LiveEntry) -> Void) { visitPlaces { number, _ in body(self[number]) } }

  /// Calls `body` with the number of every live entry and what is known of it, in no particular order.
  @inline(__always)
  func visitPlaces(_ body: (UInt32, UnsafePointer<Place>) -> Void) {
    for index in 0...mask {
      var current = slots[index].head
      while current != MappingTable.none {
        let place = UnsafePointer(places + Int(current))
        body(current, place)
        current = place.pointee.next
      }
    }
  }

  /// Marks every live entry of a device as reported.
  mutating func markReported(_ device: UInt32) {
    for index in 0...mask {
      var current = slots[index].head
      while current != MappingTable.none {
        if places[Int(current)].device == device { places[Int(current)].marks.insert(.reported) }
        current = places[Int(current)].next
      }
    }
  }
}
