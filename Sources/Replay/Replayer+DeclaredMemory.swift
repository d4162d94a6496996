import DMAModel

// Declared memory and memory that stays cached, up to Linux 5.x (Documentation/DMA-API.txt).
extension Replayer {
  /// Flags of `dma_declare_coherent_memory`.
  enum Declaration {
    static let map: Int32 = 1
    static let io: Int32 = 2
  }

  mutating func declare(_ event: Event) {
    guard event.flags.contains(.isReturn) else { return pending.begin(event) }
    let whole = pending.complete(event)
    let device = place(whole)
    if counts { devices[device].countedEvents &+= 1 }
    judgeDeclaration(device, whole)
    // A negative number is an error; older kernels return the flag, newer ones 0.
    let succeeded = Int64(bitPattern: whole.value) > 0 || (whole.value == 0 && !declareReturnsFlag)
    if succeeded, declared.regions[device] == nil { declared.declare(device, whole) }
  }

  mutating func releaseDeclared(_ event: Event) {
    guard !event.flags.contains(.isReturn) else { return }
    let device = place(event)
    judgeDeclaredRelease(device, event)
    declared.release(device)
  }

  mutating func markOccupied(_ event: Event) {
    guard event.flags.contains(.isReturn) else { return pending.begin(event) }
    let whole = pending.complete(event)
    let device = place(whole)
    judgeMark(device, whole, declared.marked(device, whole))
    // An error is returned as a pointer near the end of the address space.
    if whole.value < UInt64.max &- 4095 { declared.mark(device, whole) }
  }

  /// `dma_cache_sync`: maintenance of memory that stays cached, as at a sync for the device.
  mutating func cacheSync(_ event: Event) {
    guard !event.flags.contains(.isReturn) else { return }
    let device = place(event)
    judgeCacheSync(device, event)
    countSync(device, .syncForDevice, bytes: event.size, segments: 1)
    let sum = platform.maintenance(event.value, event.size)
    account(device, .syncForDevice, event, event.direction, sum)
  }
}
