import DMAModel

// Pools (mm/dmapool.c). A call may be recorded at its entry, at its return, or at both.
extension Replayer {
  mutating func pool(_ event: Event) {
    let isReturn = event.flags.contains(.isReturn)
    switch event.call {
    case .poolCreate where !isReturn:
      pending.begin(event)
      judgePoolRequest(event)
    case .poolCreate:
      if !pending.holds(event) { judgePoolRequest(event) }
      createPool(pending.complete(event))
    case .poolAllocate where !isReturn:
      pending.begin(event)
      judgePoolAllocation(event)
    case .poolAllocate:
      allocateBlock(event)
    case .poolFree where !isReturn: freeBlock(event)
    case .poolDestroy where !isReturn: destroyPool(event)
    default: break
    }
  }

  private mutating func createPool(_ event: Event) {
    pools.create(event, names)
    guard event.device != 0, event.address != 0 else { return }
    let device = place(event)
    if let birth = devices[device].birth, isGapless(since: birth.time) {
      devices[device].birth?.confirm(event)
    }
  }

  private mutating func allocateBlock(_ event: Event) {
    let hadEntry = pending.holds(event)
    let whole = pending.complete(event)
    if !hadEntry { judgePoolAllocation(whole) }
    guard let pool = pools.pool(whole, names) else { return pools.noteStray(whole) }
    judgeBlock(whole, pool)
    pools.allocate(whole, from: pool, counts: counts)
  }

  private mutating func freeBlock(_ event: Event) {
    pools.forgetStray(event)
    guard let pool = pools.pool(event, names) else { return }
    judgePoolUse(event, pool)
    let block = pools.free(event, to: pool, counts: counts)
    judgeBlockFree(event, pool, block)
    blockHistory.note(UInt32(truncatingIfNeeded: pool), event.value, event)
  }

  private mutating func destroyPool(_ event: Event) {
    guard let pool = pools.pool(event, names) else { return }
    judgePoolUse(event, pool)
    judgePoolDestruction(event, pool)
    let isJudgedBusy = isGapless(since: pools.pools[pool].creation?.time ?? 0) && records(.poolFree)
    let left = pools.destroy(pool, event)
    if isJudgedBusy { judgeBusy(event, pool, left) }
  }
}
