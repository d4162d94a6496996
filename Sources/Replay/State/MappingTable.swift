import DMAModel

/// One live mapping, entry of a scatterlist, or block of memory.
struct LiveEntry {
  var device: UInt32 = 0
  var pid: Int32 = 0
  var address: UInt64 = 0
  var size: UInt64 = 0
  var physicalAddress: UInt64 = 0
  var mappedAt: UInt64 = 0
  var stack: StackID = 0
  var kind = LiveMapping.Kind.single
  var direction = Direction.none
  var hasPhysicalAddress = false
  /// The kernel said that it bounced.
  var isBounced = false
  /// Its bus address is not where its device's others would put it: bounced if there is no IOMMU.
  var isDeviant = false
  /// It was reported as left behind.
  var isReported = false
  /// Its address was given to `dma_mapping_error`.
  var isChecked = false
  /// The call that made it.
  var origin = Call.mapPage
  var cpu: UInt16 = 0
  var attributes = Attributes(rawValue: 0)
  /// Where the CPU sees a block of memory; 0 if that is not recorded.
  var cpuAddress: UInt64 = 0
  /// Entries of the scatterlist that it belongs to, as passed to the map.
  var listCount: Int32 = 0
  var syncs = SyncHistory()
  var next: UInt32 = MappingTable.none
}

/// How a mapping was synced so far.
struct SyncHistory {
  enum Owner: UInt8 {
    case none, cpu, device
  }
  /// For whom it was synced last, and which part: bytes from its start, and how many.
  var owner = Owner.none
  var offset: UInt32 = 0
  var size: UInt32 = 0
  /// Syncs for either side, up to 255.
  var forCPU: UInt8 = 0
  var forDevice: UInt8 = 0
}

/// The live mappings of all devices, a multiset: one bus address may be mapped several times at once.
///
/// Entries hang in chains by device and page of their bus address; an open-addressing index finds a chain. Adding and
/// removing cost some nanoseconds. A chain is searched `searchLimit` entries deep, so that no input makes it slow.
struct MappingTable: ~Copyable {
  static let none = UInt32.max
  static let searchLimit = 512
  static let pageShift: UInt64 = 12

  struct Slot {
    var key: UInt64 = 0
    var head = MappingTable.none
  }

  private(set) var slots: UnsafeMutablePointer<Slot>
  private(set) var mask: Int
  private var usedSlots = 0
  private(set) var entries: UnsafeMutablePointer<LiveEntry>
  private var capacity: Int
  private var usedEntries = 0
  private var freeEntry = MappingTable.none
  private(set) var count = 0
  /// Numbers of the entries that are larger than `largeSize`, for searches by an address inside them.
  private(set) var large: [UInt32] = []
  /// Whether there were once more large entries than are kept apart: an address may then be in one all the same.
  private(set) var missesLarge = false
  static let largeSize: UInt64 = 256 << 10
  private static let largeLimit = 1024

  init() {
    mask = 1023
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(), count: mask + 1)
    capacity = 1024
    entries = .allocate(capacity: capacity)
  }

  deinit {
    slots.deallocate()
    entries.deallocate()
  }

  @inline(__always)
  static func key(_ device: UInt32, _ address: UInt64) -> UInt64 {
    (address >> pageShift) ^ (UInt64(device) << 52) &+ 1
  }

  @inline(__always)
  private static func hash(_ key: UInt64) -> Int {
    let product = key &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: (product ^ (product >> 32)) & 0x7fff_ffff_ffff_ffff)
  }

  /// The slot of a key, or the free slot where it would go.
  @inline(__always)
  func slot(_ key: UInt64) -> Int {
    var index = MappingTable.hash(key) & mask
    while slots[index].head != MappingTable.none && slots[index].key != key { index = (index + 1) & mask }
    return index
  }

  mutating func insert(_ entry: LiveEntry) {
    if usedSlots * 2 > mask { growSlots() }
    let number = newEntry()
    let key = MappingTable.key(entry.device, entry.address)
    let index = slot(key)
    if slots[index].head == MappingTable.none { usedSlots += 1 }
    entries[number] = entry
    entries[number].next = slots[index].head
    slots[index] = Slot(key: key, head: UInt32(truncatingIfNeeded: number))
    count += 1
    if entry.size > MappingTable.largeSize { noteLarge(UInt32(truncatingIfNeeded: number)) }
  }

  private mutating func noteLarge(_ number: UInt32) {
    if large.count < MappingTable.largeLimit { large.append(number) } else { missesLarge = true }
  }

  /// Takes out the entry of a device at a bus address that fits best, those of scatterlists apart: same kind first, then size and direction, as
  /// the kernel's checker chooses (kernel/dma/debug.c, `__hash_bucket_find`); the oldest of equals.
  mutating func remove(
    _ device: UInt32, _ address: UInt64, size: UInt64, direction: Direction, kind: LiveMapping.Kind
  ) -> LiveEntry? {
    let index = slot(MappingTable.key(device, address))
    var best = -1
    var (found, foundPrevious) = (MappingTable.none, MappingTable.none)
    var (current, previous) = (slots[index].head, MappingTable.none)
    var left = MappingTable.searchLimit
    while current != MappingTable.none && left > 0 {
      let entry = entries + Int(current)
      if entry.pointee.address == address && entry.pointee.device == device
        && entry.pointee.kind != .scatterGather
      {
        let score =
          (entry.pointee.kind == kind ? 4 : 0) + (entry.pointee.size == size ? 2 : 0)
          + (entry.pointee.direction == direction ? 1 : 0)
        if score >= best { (best, found, foundPrevious) = (score, current, previous) }
      }
      (previous, current) = (current, entry.pointee.next)
      left -= 1
    }
    guard best >= 0 else { return nil }
    return unlink(found, after: foundPrevious, slot: index)
  }

  /// Takes out an entry of exactly this kind that was made before `time`; nil if there is none.
  mutating func removeStale(
    _ device: UInt32, _ address: UInt64, kind: LiveMapping.Kind, madeBefore time: UInt64
  ) -> LiveEntry? {
    removeFirst(device, address) { $0.kind == kind && $0.mappedAt < time }
  }

  /// Takes out the newest entry of this device and address that satisfies a condition.
  mutating func removeFirst(
    _ device: UInt32, _ address: UInt64, where condition: (LiveEntry) -> Bool
  ) -> LiveEntry? {
    let index = slot(MappingTable.key(device, address))
    var (current, previous) = (slots[index].head, MappingTable.none)
    var left = MappingTable.searchLimit
    while current != MappingTable.none && left > 0 {
      let entry = entries[Int(current)]
      if entry.address == address && entry.device == device && condition(entry) {
        return unlink(current, after: previous, slot: index)
      }
      (previous, current) = (current, entry.next)
      left -= 1
    }
    return nil
  }

  /// Calls `body` with every live entry, in no particular order.
  func visit(_ body: (LiveEntry) -> Void) {
    for index in 0...mask {
      var current = slots[index].head
      while current != MappingTable.none {
        body(entries[Int(current)])
        current = entries[Int(current)].next
      }
    }
  }

  /// Calls `body` with every live entry, to change what is known of it, not where it is.
  mutating func update(_ body: (UnsafeMutablePointer<LiveEntry>) -> Void) {
    for index in 0...mask {
      var current = slots[index].head
      while current != MappingTable.none {
        body(entries + Int(current))
        current = entries[Int(current)].next
      }
    }
  }

  private mutating func unlink(_ number: UInt32, after previous: UInt32, slot index: Int) -> LiveEntry {
    let entry = entries[Int(number)]
    if previous != MappingTable.none {
      entries[Int(previous)].next = entry.next
    } else {
      slots[index].head = entry.next
      if entry.next == MappingTable.none { close(index) }
    }
    entries[Int(number)].next = freeEntry
    freeEntry = number
    count -= 1
    if entry.size > MappingTable.largeSize, let place = large.firstIndex(of: number) {
      large.swapAt(place, large.count - 1)
      large.removeLast()
    }
    return entry
  }

  /// Frees a slot, moving back what had to go around it.
  private mutating func close(_ freed: Int) {
    usedSlots -= 1
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

  private mutating func newEntry() -> Int {
    if freeEntry != MappingTable.none {
      let number = Int(freeEntry)
      freeEntry = entries[number].next
      return number
    }
    if usedEntries == capacity {
      let larger = UnsafeMutablePointer<LiveEntry>.allocate(capacity: capacity * 2)
      larger.update(from: entries, count: usedEntries)
      entries.deallocate()
      entries = larger
      capacity *= 2
    }
    usedEntries += 1
    return usedEntries - 1
  }

  private mutating func growSlots() {
    let (old, oldMask) = (slots, mask)
    mask = mask * 2 + 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: Slot(), count: mask + 1)
    for index in 0...oldMask where old[index].head != MappingTable.none {
      slots[slot(old[index].key)] = old[index]
    }
    old.deallocate()
  }
}
