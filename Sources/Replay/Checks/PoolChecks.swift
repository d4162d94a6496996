import DMAModel

// Judges pools; DMA701 to DMA709.
extension Replayer {
  /// `dma_pool_create`: what was asked for, and where.
  mutating func judgePoolRequest(_ event: Event) {
    guard let device = judgedDevice(event.device, event) else { return }
    judgePoolContext(device, event)
    let alignment = event.physicalAddress
    if alignment.nonzeroBitCount > 1 {
      findings.add(.poolAlignmentNotPowerOfTwo, device: device, asked: event, isFragile: false) {
        ("an alignment of \(bytes(alignment))", "ask for \(bytes(powerOfTwo(over: alignment)))")
      }
    }
  }

  /// `dma_pool_create` and `dma_pool_destroy` may sleep.
  private mutating func judgePoolContext(_ device: Int, _ event: Event) {
    guard isAtomic(event) else { return }
    findings.add(.poolCallInAtomic, device: device, asked: event, isFragile: false) {
      event.call == .poolCreate
        ? ("created \(event.context.words)", "create the pool when the device is probed")
        : ("destroyed \(event.context.words)", "destroy the pool where sleeping is allowed")
    }
  }

  mutating func judgePoolDestruction(_ event: Event, _ pool: Int) {
    guard let device = judgedDevice(pools.pools[pool].device, event) else { return }
    judgePoolContext(device, event)
  }

  mutating func judgePoolAllocation(_ event: Event) {
    guard let pool = pools.pool(event, names), let device = judgedDevice(pools.pools[pool].device, event)
    else { return }
    judgePoolUse(event, pool)
    if event.allocation.contains(.recorded), event.allocation.contains(.mayBlock), isAtomic(event) {
      findings.add(.poolSleepingAllocationInAtomic, device: device, asked: event, isFragile: false) {
        ("flags that may sleep, \(event.context.words)", "allocate with GFP_ATOMIC")
      }
    }
  }

  /// A block that was handed out.
  mutating func judgeBlock(_ event: Event, _ pool: Int) {
    let (size, boundary) = (pools.pools[pool].profile.blockSize, pools.pools[pool].profile.boundary)
    guard event.value != 0, event.physicalAddress != 0, boundary.nonzeroBitCount == 1, size > 0,
      size <= boundary, let creation = pools.pools[pool].creation, isGapless(since: creation.time),
      let device = judgedDevice(pools.pools[pool].device, event)
    else { return }
    let (first, last) = (event.physicalAddress, event.physicalAddress &+ (size &- 1))
    guard (first ^ last) & ~(boundary &- 1) != 0 else { return }
    // Where the creation of a later pool at the same place was lost, this is the boundary of another.
    findings.add(.poolBlockCrossesBoundary, device: device, asked: event, before: creation, isFragile: true) {
      ("\(hex(first)) to \(hex(last)) crosses a multiple of \(bytes(boundary))", "")
    }
  }

  /// Any call with the handle of a pool.
  mutating func judgePoolUse(_ event: Event, _ pool: Int) {
    guard let destruction = pools.pools[pool].destruction, isGapless(since: destruction.time),
      records(.poolCreate), let device = judgedDevice(pools.pools[pool].device, event)
    else { return }
    findings.add(.poolUsedAfterDestroy, device: device, asked: event, before: destruction, isFragile: true) {
      ("\(hex(event.address)) was destroyed \(duration(event.time &- destruction.time)) before", "")
    }
  }

  mutating func judgeBlockFree(_ event: Event, _ pool: Int, _ block: PoolTable.Block?) {
    guard let device = judgedDevice(pools.pools[pool].device, event) else { return }
    if let block {
      guard block.pool != pool, isGapless(since: block.allocation.time) else { return }
      let owner = pools.pools[block.pool].profile.name
      return findings.add(
        .poolWrongPool, device: device, asked: event, before: block.allocation, isFragile: true
      ) {
        (
          "\(hex(event.value)) came from the pool \(owner.isEmpty ? hex(block.allocation.address) : owner)",
          "free it to that pool"
        )
      }
    }
    guard let creation = pools.pools[pool].creation, isGapless(since: creation.time), !pools.isOverflown,
      pools.pools[pool].destruction == nil, records(.poolAllocate), event.value != 0
    else { return }
    if let last = blockHistory.last(UInt32(truncatingIfNeeded: pool), event.value) {
      return findings.add(.poolDoubleFree, device: device, asked: event, before: last.event, isFragile: true)
      {
        ("\(hex(event.value)) was freed \(duration(event.time &- last.time)) before", "free it once")
      }
    }
    findings.add(.poolFreeNotAllocated, device: device, asked: event, before: creation, isFragile: true) {
      ("the pool has not handed out \(hex(event.value))", "")
    }
  }

  mutating func judgeBusy(_ event: Event, _ pool: Int, _ left: [PoolTable.Block]) {
    guard let first = left.first, let device = judgedDevice(pools.pools[pool].device, event) else { return }
    let name = pools.pools[pool].profile.name
    findings.add(
      .poolDestroyedBusy, device: device, asked: event, before: first.allocation, isFragile: true
    ) {
      let count = left.count == 1 ? "1 block" : "\(grouped(UInt64(left.count))) blocks"
      return ("\(count) of \(name.isEmpty ? hex(event.address) : name) in use", "free all blocks first")
    }
  }

  /// The place of a device by its number, if findings of it count; pools may lack their device.
  private mutating func judgedDevice(_ id: DeviceID, _ event: Event) -> Int? {
    guard counts else { return nil }
    var named = event
    named.device = id
    let device = place(named)
    return devices[device].isSelected ? device : nil
  }
}

/// The least power of two that is not smaller.
private func powerOfTwo(over value: UInt64) -> UInt64 {
  value > 1 << 63 ? 1 << 63 : 1 << UInt64(64 - (value &- 1).leadingZeroBitCount)
}
