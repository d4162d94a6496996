import DMAModel

/// A live scatterlist.
struct LiveList {
  var device: UInt32 = 0
  var pid: Int32 = 0
  var mappedAt: UInt64 = 0
  var stack: StackID = 0
  var direction = Direction.none
  /// Entries that the driver passed to the map.
  var nents: Int32 = 0
  /// What its maintenance covers, as counted at the map.
  var maintenance = Maintenance.zero
  /// Bytes of its entries that went through bounce buffers, and of those that might have.
  var bouncedBytes: UInt64 = 0
  var deviantBytes: UInt64 = 0
  var slots: UInt64 = 0
  var physicalAddresses: [UInt64] = []
  var busAddresses: [UInt64] = []
  /// Bytes, one for each bus address.
  var lengths: [UInt64] = []
}

/// The live scatterlists, found by device and physical addresses, since that is all that an unmap names.
struct ScatterlistTable {
  private struct Key: Hashable {
    var device: UInt32
    var first: UInt64
  }

  /// A list with as many as this at one place is left out of searches beyond.
  private static let searchLimit = 64
  private var lists: [Key: [LiveList]] = [:]
  private(set) var count = 0

  mutating func insert(_ list: LiveList) {
    guard let first = list.physicalAddresses.first else { return }
    lists[Key(device: list.device, first: first), default: []].append(list)
    count += 1
  }

  /// Takes out the oldest list of a device with exactly these physical addresses, else the one that shares most of
  /// them from the start.
  mutating func remove(
    _ device: UInt32, count wanted: Int, physicalAddress: (Int) -> UInt64, direction: Direction
  ) -> LiveList? {
    guard wanted > 0 else { return nil }
    let key = Key(device: device, first: physicalAddress(0))
    guard let slot = lists.index(forKey: key) else { return nil }
    var (best, found) = (-1, 0)
    for (index, list) in lists.values[slot].prefix(ScatterlistTable.searchLimit).enumerated() {
      let length = min(wanted, list.physicalAddresses.count)
      var same = 0
      while same < length && list.physicalAddresses[same] == physicalAddress(same) { same += 1 }
      let whole = same == wanted && same == list.physicalAddresses.count
      let score = (whole ? 1 << 20 : 0) + same * 2 + (list.direction == direction ? 1 : 0)
      if score > best { (best, found) = (score, index) }
    }
    let list = lists.values[slot].remove(at: found)
    if lists.values[slot].isEmpty { lists.remove(at: slot) }
    count -= 1
    return list
  }

  /// Takes out a list with the same first physical address that was made before `time`.
  mutating func removeStale(_ device: UInt32, first: UInt64, madeBefore time: UInt64) -> LiveList? {
    let key = Key(device: device, first: first)
    guard let slot = lists.index(forKey: key),
      let index = lists.values[slot].prefix(ScatterlistTable.searchLimit).firstIndex(where: {
        $0.mappedAt < time
      })
    else { return nil }
    let list = lists.values[slot].remove(at: index)
    if lists.values[slot].isEmpty { lists.remove(at: slot) }
    count -= 1
    return list
  }

  /// Calls `body` with every live list, in no particular order.
  func visit(_ body: (LiveList) -> Void) {
    for group in lists.values { for list in group { body(list) } }
  }
}
