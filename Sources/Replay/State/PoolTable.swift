import DMAModel

/// The DMA pools of a recording, by handle, from calls that may be recorded at entry, at return, or at both.
struct PoolTable {
  private struct Pool {
    var profile = PoolProfile()
    var device: DeviceID = 0
  }

  /// The most pools, and the most calls that wait for their return, that are kept.
  private static let limit = 1 << 14
  private var pools: [Pool] = []
  private var byHandle: [UInt64: Int] = [:]
  /// Creations and allocations that have begun, by task.
  private var creating: [Int32: Event] = [:]
  private var allocating: [Int32: UInt64] = [:]

  mutating func consume(_ event: Event, names: NameTable, counts: Bool) {
    switch (event.call, event.flags.contains(.isReturn)) {
    case (.poolCreate, false):
      if creating.count < PoolTable.limit { creating[event.pid] = event }
    case (.poolCreate, true): create(event, names)
    case (.poolAllocate, false):
      if allocating.count < PoolTable.limit { allocating[event.pid] = event.address }
    case (.poolAllocate, true):
      let began = allocating.removeValue(forKey: event.pid)
      let handle = event.address != 0 ? event.address : began ?? 0
      change(handle, event, names) { pool in
        if event.value == 0 {
          if counts { pool.failed &+= 1 }
          return
        }
        if counts { pool.allocations &+= 1 }
        pool.live &+= 1
        pool.peak = max(pool.peak, pool.live)
      }
    case (.poolFree, false):
      change(event.address, event, names) { pool in
        if counts { pool.frees &+= 1 }
        if pool.live > 0 { pool.live &-= 1 }
      }
    case (.poolDestroy, false):
      guard event.address != 0 else { return }
      change(event.address, event, names) { $0.destroyed = true }
      byHandle[event.address] = nil
    default: break
    }
  }

  private mutating func create(_ event: Event, _ names: NameTable) {
    let began = creating.removeValue(forKey: event.pid)
    guard event.address != 0, pools.count < PoolTable.limit else { return }
    var pool = Pool()
    pool.device = event.device != 0 ? event.device : began?.device ?? 0
    pool.profile.name = names[event.name != 0 ? event.name : began?.name ?? 0]
    pool.profile.device = names[pool.device]
    pool.profile.blockSize = began?.size ?? event.size
    pool.profile.alignment = began?.physicalAddress ?? event.physicalAddress
    pool.profile.boundary = began?.value ?? 0
    pool.profile.created = true
    byHandle[event.address] = pools.count
    pools.append(pool)
  }

  /// Changes the pool with this handle; one that was created before the recording appears with what is known of it.
  private mutating func change(
    _ handle: UInt64, _ event: Event, _ names: NameTable, _ body: (inout PoolProfile) -> Void
  ) {
    guard handle != 0 else { return }
    if let index = byHandle[handle] { return body(&pools[index].profile) }
    guard pools.count < PoolTable.limit else { return }
    var pool = Pool()
    pool.device = event.device
    pool.profile.name = names[event.name]
    pool.profile.device = names[event.device]
    pool.profile.blockSize = event.call == .poolDestroy ? event.size : 0
    body(&pool.profile)
    byHandle[handle] = pools.count
    pools.append(pool)
  }

  /// Pools by device and name, in the order of their creation where these are equal.
  func profiles(where isSelected: (String) -> Bool) -> [PoolProfile] {
    pools.map(\.profile).enumerated().filter { isSelected($0.element.device) }
      .sorted {
        ($0.element.device, $0.element.name, $0.offset) < ($1.element.device, $1.element.name, $1.offset)
      }
      .map(\.element)
  }
}
