import DMAModel

/// Why a mapping went through a bounce buffer.
enum BounceCause: UInt8 {
  case mask, forced, alignment
  /// What is assumed makes it unnecessary.
  case assumedAway
}

/// Requests for bounce buffers that the kernel has logged and whose mapping has not been seen yet.
///
/// `swiotlb_bounced` comes before the slot is found, the `dma_map_*` event after it. A request that failed never gets
/// its mapping, so old ones give way to new ones.
struct BounceRequests {
  private struct Request {
    var device: UInt32 = .max
    var address: UInt64 = 0
    var size: UInt64 = 0
    var cause = BounceCause.mask
  }

  private static let capacity = 256
  private var ring = [Request](repeating: Request(), count: BounceRequests.capacity)
  private var next = 0
  /// Requests among the ring that wait.
  private(set) var waiting = 0

  mutating func add(_ device: UInt32, _ address: UInt64, _ size: UInt64, _ cause: BounceCause) {
    if ring[next].device == .max { waiting += 1 }
    ring[next] = Request(device: device, address: address, size: size, cause: cause)
    next = (next + 1) % BounceRequests.capacity
  }

  /// Takes the newest request for this memory; `address` is the bus address that it would have had unbounced.
  mutating func take(_ device: UInt32, _ size: UInt64, where matches: (UInt64) -> Bool) -> BounceCause? {
    guard waiting > 0 else { return nil }
    for back in 1...BounceRequests.capacity {
      let index = (next + BounceRequests.capacity - back) % BounceRequests.capacity
      if ring[index].device == device, ring[index].size == size, matches(ring[index].address) {
        ring[index].device = .max
        waiting -= 1
        return ring[index].cause
      }
    }
    return nil
  }
}
