import DMAModel

/// The live mappings of all devices, a multiset: one bus address may be mapped several times at once.
///
/// Entries hang in chains by device and page of their bus address; an open-addressing index finds a chain. Adding and
/// removing cost some nanoseconds. A chain is searched `searchLimit` entries deep, so that no input makes it slow.
///
/// The slot of a page stays its own when its last entry is gone, since most pages are mapped again; those that are not
/// are dropped when the index is laid out anew.
struct MappingTable: ~Copyable {
  static let none = UInt32.max
  static let searchLimit = 512
  static let pageShift: UInt64 = 12
  /// Bytes above which an entry is kept apart for searches by an address inside it.
  static let largeSize: UInt64 = 256 << 10
  private static let largeLimit = 1024

  struct Slot {
    /// That of a page; no page has 0.
    var key: UInt64 = 0
    var head = MappingTable.none
    var census = Census()
  }

  /// How many entries of a chain begin in each eighth of its page, up to 15: most searches need not look at any.
  struct Census {
    private var counts: UInt32 = 0
    private static let limit: UInt32 = 15

    @inline(__always)
    private static func shift(_ address: UInt64) -> UInt32 {
      (UInt32(truncatingIfNeeded: address &>> (pageShift &- 3)) & 7) &<< 2
    }

    /// Entries that begin where this address is: at least so many if it is the limit, else exactly.
    @inline(__always)
    func count(_ address: UInt64) -> UInt32 { counts &>> Census.shift(address) & Census.limit }

    @inline(__always)
    mutating func add(_ address: UInt64) {
      if count(address) < Census.limit { counts &+= 1 &<< Census.shift(address) }
    }

    /// What has reached the limit stays there: how many there were beyond is not known.
    @inline(__always)
    mutating func remove(_ address: UInt64) {
      let count = count(address)
      if count > 0, count < Census.limit { counts &-= 1 &<< Census.shift(address) }
    }

    /// Whether two addresses of a page are counted together.
    @inline(__always)
    static func alike(_ one: UInt64, _ other: UInt64) -> Bool { shift(one) == shift(other) }
  }

  private(set) var slots: UnsafeMutablePointer<Slot>
  private(set) var mask: Int
  /// Slots that are a page's, and those that have entries.
  private var usedSlots = 0
  private var liveSlots = 0
  /// The entries by number, and beside them what only some have.
  private(set) var places: UnsafeMutablePointer<Place>
  private var capacity: Int
  private var further: UnsafeMutablePointer<Further>
  private var furtherCapacity = 0
  private var usedEntries = 0
  private var freeEntry = MappingTable.none
  private(set) var count = 0
  /// Numbers of the large entries.
  private(set) var large: [UInt32] = []
  /// Whether there were once more large entries than are kept apart: an address may then be in one all the same.
  private(set) var missesLarge = false

  init() {
    mask = 1023
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(), count: mask + 1)
    capacity = 1024
    places = .allocateForTable(capacity: capacity)
    further = .allocate(capacity: 0)
  }

  deinit {
    slots.deallocate()
    places.deallocate()
    further.deallocate()
  }

  /// The entry with a number that a search or a removal gave; valid until the next insertion.
  subscript(number: UInt32) -> LiveEntry {
    let place = places + Int(number)
    return LiveEntry(
      place, further: place.pointee.marks.contains(.hasMore) ? further[Int(number)] : Further())
  }

  @inline(__always)
  static func key(_ device: UInt32, _ address: UInt64) -> UInt64 {
    (address >> pageShift) ^ (UInt64(device) << 52) &+ 1
  }

  @inline(__always)
  static func hash(_ key: UInt64) -> Int {
    let product = key &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: (product ^ (product >> 32)) & 0x7fff_ffff_ffff_ffff)
  }

  /// The slot of a key, or the free slot where it would go.
  @inline(__always)
  func slot(_ key: UInt64) -> Int { slot(key, hash: MappingTable.hash(key)) }

  @inline(__always)
  func slot(_ key: UInt64, hash: Int) -> Int {
    var index = hash & mask
    while slots[index].key != key && slots[index].key != 0 { index = (index &+ 1) & mask }
    return index
  }

  /// Makes sure that an insertion will not move the slots.
  @inline(__always)
  mutating func reserveSlot() {
    if usedSlots &* 2 > mask { layOutSlots() }
  }

  mutating func insert(_ entry: LiveEntry) {
    reserveSlot()
    let key = MappingTable.key(entry.device, entry.address)
    let index = slot(key)
    let number = newEntry()
    (places + number).initialize(to: Place(entry, next: slots[index].head))
    if entry.cpuAddress != 0 || entry.listCount != 0 || entry.syncs.owner != .none {
      giveMore(
        number, Further(cpuAddress: entry.cpuAddress, listCount: entry.listCount, syncs: entry.syncs))
    }
    hang(number, key, in: index)
  }

  /// Puts in a single mapping.
  ///
  /// - Parameters:
  ///   - key: that of its device and address; `index` is its slot.
  ///
  /// - Precondition: `reserveSlot` was called before the slot was looked up.
  @inline(__always)
  mutating func insert(
    _ event: UnsafePointer<Event>, device: Int, _ how: Bouncing, key: UInt64, slot index: Int
  ) {
    let number = newEntry()
    (places + number).initialize(to: Place(event, device: device, how, next: slots[index].head))
    hang(number, key, in: index)
  }

  @inline(__always)
  private mutating func hang(_ number: Int, _ key: UInt64, in index: Int) {
    let slot = slots + index
    if slot.pointee.key == 0 {
      usedSlots &+= 1
      slot.pointee.key = key
    }
    if slot.pointee.head == MappingTable.none {
      liveSlots &+= 1
      slot.pointee.census = Census()
    }
    slot.pointee.head = UInt32(truncatingIfNeeded: number)
    slot.pointee.census.add(places[number].address)
    count &+= 1
    if places[number].size > MappingTable.largeSize { noteLarge(UInt32(truncatingIfNeeded: number)) }
  }

  private mutating func noteLarge(_ number: UInt32) {
    if large.count < MappingTable.largeLimit { large.append(number) } else { missesLarge = true }
  }

  /// Notes a sync of an entry: for whom, and which part if that can be told.
  mutating func noteSync(_ number: UInt32, _ update: (inout SyncHistory) -> Void) {
    let place = places + Int(number)
    if !place.pointee.marks.contains(.hasMore) { giveMore(Int(number), Further()) }
    place.pointee.marks.insert(.synced)
    update(&further[Int(number)].syncs)
  }

  private mutating func giveMore(_ number: Int, _ more: Further) {
    if furtherCapacity < capacity {
      let larger = UnsafeMutablePointer<Further>.allocateForTable(capacity: capacity)
      larger.initialize(repeating: Further(), count: capacity)
      larger.update(from: further, count: furtherCapacity)
      further.deallocate()
      (further, furtherCapacity) = (larger, capacity)
    }
    places[number].marks.insert(.hasMore)
    further[number] = more
  }

  /// Notes that an entry's address was given to `dma_mapping_error`.
  mutating func markChecked(_ number: UInt32) { places[Int(number)].marks.insert(.checked) }

  /// Takes out the entry with this number, which hangs behind `previous` in the chain of a slot.
  @inline(__always)
  mutating func unlink(_ number: UInt32, after previous: UInt32, slot index: Int) {
    let next = places[Int(number)].next
    slots[index].census.remove(places[Int(number)].address)
    if previous != MappingTable.none {
      places[Int(previous)].next = next
    } else {
      slots[index].head = next
      if next == MappingTable.none { liveSlots &-= 1 }
    }
    places[Int(number)].next = freeEntry
    freeEntry = number
    count &-= 1
    if places[Int(number)].size > MappingTable.largeSize { forgetLarge(number) }
  }

  private mutating func forgetLarge(_ number: UInt32) {
    guard let place = large.firstIndex(of: number) else { return }
    large.swapAt(place, large.count - 1)
    large.removeLast()
  }

  @inline(__always)
  private mutating func newEntry() -> Int {
    if freeEntry != MappingTable.none {
      let number = Int(freeEntry)
      freeEntry = places[number].next
      return number
    }
    return furtherEntry()
  }

  private mutating func furtherEntry() -> Int {
    if usedEntries == capacity {
      let larger = UnsafeMutablePointer<Place>.allocateForTable(capacity: capacity * 2)
      larger.moveInitialize(from: places, count: usedEntries)
      places.deallocate()
      places = larger
      capacity *= 2
    }
    usedEntries += 1
    return usedEntries - 1
  }

  /// Drops the slots of pages that have no entry, and makes room for more if there are few.
  private mutating func layOutSlots() {
    let (old, oldMask) = (slots, mask)
    if liveSlots * 4 > mask { mask = mask * 2 + 1 }
    slots = .allocateForTable(capacity: mask + 1)
    slots.initialize(repeating: Slot(), count: mask + 1)
    for index in 0...oldMask where old[index].head != MappingTable.none {
      slots[slot(old[index].key)] = old[index]
    }
    usedSlots = liveSlots
    old.deallocate()
  }
}
