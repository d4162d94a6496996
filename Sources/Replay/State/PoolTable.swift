import DMAModel

/// The DMA pools of a recording, by handle, and the blocks that they have handed out, by CPU address.
struct PoolTable {
  struct Pool {
    var profile = PoolProfile()
    var device: DeviceID = 0
    /// The call that made it; nil for a pool older than the recording.
    var creation: Event?
    var destruction: Event?
  }

  struct Block {
    var pool: Int
    var allocation: Event
  }

  /// The most pools, and the most live blocks, that are kept.
  private static let limit = 1 << 14
  private static let blockLimit = 1 << 20
  private(set) var pools: [Pool] = []
  private var byHandle: [UInt64: Int] = [:]
  private var blocks: [UInt64: Block] = [:]
  /// Blocks whose allocation was recorded without its pool.
  private var strays: Set<UInt64> = []
  /// Whether there were more pools or blocks than are kept, so that an absence says nothing.
  private(set) var isOverflown = false

  /// The pool with this handle; one that was created before the recording appears with what is known of it.
  mutating func pool(_ event: Event, _ names: NameTable) -> Int? {
    guard event.address != 0 else { return nil }
    if let index = byHandle[event.address] { return index }
    var pool = Pool()
    pool.device = event.device
    pool.profile.name = names[event.name]
    pool.profile.device = names[event.device]
    pool.profile.blockSize = event.call == .poolDestroy ? event.size : 0
    return add(pool, handle: event.address)
  }

  /// `dma_pool_create`, complete.
  mutating func create(_ event: Event, _ names: NameTable) {
    guard event.address != 0 else { return }
    var pool = Pool()
    pool.device = event.device
    pool.creation = event
    pool.profile.name = names[event.name]
    pool.profile.device = names[event.device]
    pool.profile.blockSize = event.size
    pool.profile.alignment = event.physicalAddress
    pool.profile.boundary = event.value
    pool.profile.created = true
    _ = add(pool, handle: event.address)
  }

  private mutating func add(_ pool: Pool, handle: UInt64) -> Int? {
    guard pools.count < PoolTable.limit else {
      isOverflown = true
      return nil
    }
    byHandle[handle] = pools.count
    pools.append(pool)
    return pools.count - 1
  }

  /// A block that a pool handed out; `event.value` is its CPU address, 0 for a failure.
  mutating func allocate(_ event: Event, from pool: Int, counts: Bool) {
    guard event.value != 0 else {
      if counts { pools[pool].profile.failed &+= 1 }
      return
    }
    if counts { pools[pool].profile.allocations &+= 1 }
    // A block that comes again was given back without a record of it.
    if let old = blocks.removeValue(forKey: event.value) { release(old.pool) }
    if blocks.count < PoolTable.blockLimit {
      blocks[event.value] = Block(pool: pool, allocation: event)
    } else {
      isOverflown = true
    }
    pools[pool].profile.live &+= 1
    pools[pool].profile.peak = max(pools[pool].profile.peak, pools[pool].profile.live)
  }

  /// A block of which the record does not say what pool it is from.
  mutating func noteStray(_ event: Event) {
    if event.value != 0, strays.count < PoolTable.limit { strays.insert(event.value) }
  }

  mutating func forgetStray(_ event: Event) { strays.remove(event.value) }

  /// Whether a live block lies in this memory.
  func holdsBlock(in entry: LiveEntry) -> Bool {
    // It is for people's eyes: of very many blocks none is looked at.
    guard entry.kind == .coherent, entry.cpuAddress != 0, blocks.count + strays.count <= 4096 else {
      return false
    }
    func isInside(_ address: UInt64) -> Bool {
      address >= entry.cpuAddress && address &- entry.cpuAddress < entry.size
    }
    return strays.contains(where: isInside) || blocks.keys.contains(where: isInside)
  }

  /// A block that was freed; what it was, if that is known.
  mutating func free(_ event: Event, to pool: Int, counts: Bool) -> Block? {
    if counts { pools[pool].profile.frees &+= 1 }
    let block = blocks.removeValue(forKey: event.value)
    release(block?.pool ?? pool)
    return block
  }

  private mutating func release(_ pool: Int) {
    if pools[pool].profile.live > 0 { pools[pool].profile.live &-= 1 }
  }

  /// The pool is gone, and with it the blocks that it still had out; these, oldest first.
  mutating func destroy(_ pool: Int, _ event: Event) -> [Block] {
    pools[pool].profile.destroyed = true
    pools[pool].destruction = event
    guard pools[pool].profile.live > 0 else { return [] }
    let left = blocks.filter { $0.value.pool == pool }
    for address in left.keys { blocks[address] = nil }
    return left.values.sorted { $0.allocation.time < $1.allocation.time }
  }

  /// The block at a CPU address.
  func block(at address: UInt64) -> Block? { blocks[address] }

  /// Pools by device and name, in the order of their creation where these are equal.
  func profiles(where isSelected: (String) -> Bool) -> [PoolProfile] {
    pools.map(\.profile).enumerated().filter { isSelected($0.element.device) }
      .sorted {
        ($0.element.device, $0.element.name, $0.offset) < ($1.element.device, $1.element.name, $1.offset)
      }
      .map(\.element)
  }
}
