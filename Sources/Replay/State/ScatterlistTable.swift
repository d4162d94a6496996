import DMAModel

/// A live scatterlist.
struct LiveList {
  var device: UInt32 = 0
  var pid: Int32 = 0
  var mappedAt: UInt64 = 0
  var stack: StackID = 0
  var cpu: UInt16 = 0
  var attributes = Attributes(rawValue: 0)
  /// It was reported as left behind.
  var isReported = false
  /// The list's CPU address, which names it where its entries' addresses are not recorded; 0 if unknown.
  var handle: UInt64 = 0
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
  /// How each entry reached its bus address.
  var bounces: [Bouncing] = []

  /// The address that its place in the table goes by.
  var key: UInt64? { physicalAddresses.first ?? (handle != 0 ? handle : nil) }

  /// The list as one entry at its first address, for evidence.
  var entry: LiveEntry {
    var entry = LiveEntry()
    (entry.device, entry.pid, entry.stack, entry.cpu) = (device, pid, stack, cpu)
    (entry.mappedAt, entry.direction, entry.attributes) = (mappedAt, direction, attributes)
    (entry.kind, entry.origin, entry.listCount) = (.scatterGather, .mapScatterlist, nents)
    (entry.address, entry.size) = (busAddresses.first ?? handle, maintenance.bytes)
    entry.isBounced = bouncedBytes > 0
    return entry
  }
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
  /// Where a list is that has a handle, and addresses too.
  private var keysByHandle: [Key: UInt64] = [:]
  private(set) var count = 0

  mutating func insert(_ list: LiveList) {
    guard let first = list.key else { return }
    if list.handle != 0 { keysByHandle[Key(device: list.device, first: list.handle)] = first }
    lists[Key(device: list.device, first: first), default: []].append(list)
    count += 1
  }

  /// Takes out the oldest list of a device with exactly these physical addresses, else the one that shares most of
  /// them from the start; of equals the one with this direction, then with these attributes.
  /// Of lists that are named by their own address the newest.
  mutating func remove(
    _ device: UInt32, count wanted: Int, handle: UInt64, physicalAddress: (Int) -> UInt64,
    direction: Direction, attributes: Attributes
  ) -> LiveList? {
    guard wanted > 0 || handle != 0 else { return nil }
    let byHandle = handle != 0 ? keysByHandle[Key(device: device, first: handle)] : nil
    let key = Key(device: device, first: byHandle ?? (wanted > 0 ? physicalAddress(0) : handle))
    guard let slot = lists.index(forKey: key) else { return nil }
    var (best, found) = (-1, 0)
    for (index, list) in lists.values[slot].prefix(ScatterlistTable.searchLimit).enumerated() {
      let length = min(wanted, list.physicalAddresses.count)
      var same = 0
      while same < length && list.physicalAddresses[same] == physicalAddress(same) { same += 1 }
      let whole = same == wanted && same == list.physicalAddresses.count
      let isNamed = handle != 0 && list.handle == handle
      let score =
        (isNamed ? 1 << 21 : 0) + (whole ? 1 << 20 : 0) + same * 4 + (list.direction == direction ? 2 : 0)
        + (list.attributes.repeated == attributes.repeated ? 1 : 0)
      // A list that is known by its own address alone cannot be mapped twice: the older one is a leak.
      if score > best || (score == best && wanted == 0) { (best, found) = (score, index) }
    }
    let list = lists.values[slot].remove(at: found)
    if list.handle != 0 { keysByHandle[Key(device: device, first: list.handle)] = nil }
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
    if list.handle != 0 { keysByHandle[Key(device: device, first: list.handle)] = nil }
    if lists.values[slot].isEmpty { lists.remove(at: slot) }
    count -= 1
    return list
  }

  /// The list of a device that is known by this handle.
  func find(_ device: UInt32, handle: UInt64) -> LiveList? {
    guard handle != 0, let first = keysByHandle[Key(device: device, first: handle)] else { return nil }
    return lists[Key(device: device, first: first)]?.first { $0.handle == handle }
  }

  /// The list of a device that is known by the handle of this one, or has exactly its physical addresses.
  func find(_ wanted: LiveList) -> LiveList? {
    if let named = find(wanted.device, handle: wanted.handle) { return named }
    guard let first = wanted.key else { return nil }
    return lists[Key(device: wanted.device, first: first)]?.prefix(ScatterlistTable.searchLimit).first {
      $0.physicalAddresses == wanted.physicalAddresses
    }
  }

  /// Calls `body` with every live list, to change what is known of it.
  mutating func update(_ body: (inout LiveList) -> Void) {
    for key in lists.keys {
      guard let count = lists[key]?.count else { continue }
      for index in 0..<count { if lists[key] != nil { body(&lists[key]![index]) } }
    }
  }

  /// Calls `body` with every live list, in no particular order.
  func visit(_ body: (LiveList) -> Void) {
    for group in lists.values { for list in group { body(list) } }
  }
}
