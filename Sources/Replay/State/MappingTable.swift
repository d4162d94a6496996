import DMAModel

/// The live mappings of all devices, a multiset: one bus address may be mapped several times at once.
///
/// Entries hang in chains by device and page of their bus address; an open-addressing index finds a chain. What a
/// search compares lies apart from the rest of an entry, close together. Adding and removing cost some nanoseconds. A
/// chain is searched `searchLimit` entries deep, so that no input makes it slow.
struct MappingTable: ~Copyable {
  static let none = UInt32.max
  static let searchLimit = 512
  static let pageShift: UInt64 = 12
  /// Bytes above which an entry is kept apart for searches by an address inside it.
  static let largeSize: UInt64 = 256 << 10
  private static let largeLimit = 1024

  struct Slot {
    var key: UInt64 = 0
    var head = MappingTable.none
  }

  /// What searches compare.
  struct Place {
    var address: UInt64 = 0
    var size: UInt64 = 0
    var mappedAt: UInt64 = 0
    var device: UInt32 = 0
    var next = MappingTable.none
    var kind = LiveMapping.Kind.single
    var direction = Direction.none
    private var marks: UInt8 = 0
    var attributes = Attributes(rawValue: 0)

    @inline(__always)
    init(_ entry: LiveEntry, next: UInt32) {
      (address, size, mappedAt, device) = (entry.address, entry.size, entry.mappedAt, entry.device)
      (kind, direction, attributes) = (entry.kind, entry.direction, entry.attributes)
      self.next = next
      marks = (entry.isBounced ? 1 : 0) | (entry.isBounced || entry.isDeviant ? 2 : 0)
    }

    var isBounced: Bool { marks & 1 != 0 }
    /// It is not where its memory is: bounced, or perhaps so.
    var isDisplaced: Bool { marks & 2 != 0 }
    /// It was synced since it was mapped.
    var isSynced: Bool {
      get { marks & 4 != 0 }
      set { marks = newValue ? marks | 4 : marks & ~4 }
    }
  }

  private(set) var slots: UnsafeMutablePointer<Slot>
  private(set) var mask: Int
  private var usedSlots = 0
  private(set) var places: UnsafeMutablePointer<Place>
  private(set) var entries: UnsafeMutablePointer<LiveEntry>
  private var capacity: Int
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
    places = .allocate(capacity: capacity)
    entries = .allocate(capacity: capacity)
  }

  deinit {
    slots.deallocate()
    places.deallocate()
    entries.deallocate()
  }

  /// The entry with a number that a search or a removal gave; valid until the next insertion.
  subscript(number: UInt32) -> LiveEntry {
    @inline(__always) unsafeAddress { UnsafePointer(entries + Int(number)) }
    @inline(__always) nonmutating unsafeMutableAddress { entries + Int(number) }
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
  func slot(_ key: UInt64) -> Int {
    var index = MappingTable.hash(key) & mask
    while slots[index].head != MappingTable.none && slots[index].key != key { index = (index &+ 1) & mask }
    return index
  }

  @inline(__always)
  mutating func insert(_ entry: LiveEntry) {
    if usedSlots &* 2 > mask { growSlots() }
    let number = newEntry()
    let key = MappingTable.key(entry.device, entry.address)
    let index = slot(key)
    if slots[index].head == MappingTable.none { usedSlots &+= 1 }
    (entries + number).initialize(to: entry)
    (places + number).initialize(to: Place(entry, next: slots[index].head))
    slots[index] = Slot(key: key, head: UInt32(truncatingIfNeeded: number))
    count &+= 1
    if entry.size > MappingTable.largeSize { noteLarge(UInt32(truncatingIfNeeded: number)) }
  }

  /// Notes that an entry was synced.
  mutating func markSynced(_ number: UInt32) { places[Int(number)].isSynced = true }

  private mutating func noteLarge(_ number: UInt32) {
    if large.count < MappingTable.largeLimit { large.append(number) } else { missesLarge = true }
  }

  /// Takes out the entry with this number, which hangs behind `previous` in the chain of a slot.
  mutating func unlink(_ number: UInt32, after previous: UInt32, slot index: Int) {
    let next = places[Int(number)].next
    if previous != MappingTable.none {
      places[Int(previous)].next = next
    } else {
      slots[index].head = next
      if next == MappingTable.none { close(index) }
    }
    places[Int(number)].next = freeEntry
    freeEntry = number
    count &-= 1
    if places[Int(number)].size > MappingTable.largeSize, let place = large.firstIndex(of: number) {
      large.swapAt(place, large.count - 1)
      large.removeLast()
    }
  }

  /// Frees a slot, moving back what had to go around it.
  private mutating func close(_ freed: Int) {
    usedSlots &-= 1
    var hole = freed
    var index = (freed + 1) & mask
    while slots[index].head != MappingTable.none {
      let home = MappingTable.hash(slots[index].key) & mask
      if (index &- home) & mask >= (index &- hole) & mask {
        slots[hole] = slots[index]
        slots[index].head = MappingTable.none
        hole = index
      }
      index = (index + 1) & mask
    }
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
      entries = larger(entries)
      places = larger(places)
      capacity *= 2
    }
    usedEntries += 1
    return usedEntries - 1
  }

  private func larger<Element>(_ old: UnsafeMutablePointer<Element>) -> UnsafeMutablePointer<Element> {
    let new = UnsafeMutablePointer<Element>.allocateForTable(capacity: capacity * 2)
    new.update(from: old, count: usedEntries)
    old.deallocate()
    return new
  }

  private mutating func growSlots() {
    let (old, oldMask) = (slots, mask)
    mask = mask * 2 + 1
    slots = .allocateForTable(capacity: mask + 1)
    slots.initialize(repeating: Slot(), count: mask + 1)
    for index in 0...oldMask where old[index].head != MappingTable.none {
      slots[slot(old[index].key)] = old[index]
    }
    old.deallocate()
  }
}
