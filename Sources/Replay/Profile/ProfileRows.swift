import DMAModel

public struct OperationProfile: Sendable {
  public var device = ""
  public var operation = Operation.map
  public var direction = Direction.none
  /// API calls, and what they covered of the cache.
  public var apiCalls: UInt64 = 0
  public var maintenance = Maintenance.zero
  public var work = CacheWork()
  public var bouncedBytes: UInt64 = 0
  /// Calls on which the IOMMU had to invalidate its IOTLB.
  public var iotlbInvalidations: UInt64 = 0
  public var estimate = Estimate()
  public init() {}
}

public struct CallSiteProfile: Sendable {
  /// Frames from the DMA API's caller outwards, as `function+0x1c [module]` or a bare address.
  public var frames: [String] = []
  /// The first frame outside the DMA API and the helpers of buses and subsystems above it, or `frames.first`.
  public var caller = ""
  public var device = ""
  public var operation = Operation.map
  public var apiCalls: UInt64 = 0
  public var maintenance = Maintenance.zero
  public var work = CacheWork()
  public var bouncedBytes: UInt64 = 0
  /// Calls on which the IOMMU had to invalidate its IOTLB.
  public var iotlbInvalidations: UInt64 = 0
  public var estimate = Estimate()
  public init() {}
}

public struct TaskProfile: Sendable {
  /// `comm`, or `pid N` where the recording has no name.
  public var name = ""
  public var pids: [Int32] = []
  public var apiCalls: UInt64 = 0
  public var work = CacheWork()
  public var bouncedBytes: UInt64 = 0
  /// Calls on which the IOMMU had to invalidate its IOTLB.
  public var iotlbInvalidations: UInt64 = 0
  public var estimate = Estimate()
  public init() {}
}

public struct PoolProfile: Sendable {
  public var name = ""
  public var device = ""
  /// Bytes of a block, alignment and boundary as asked for; 0 where the creation was not recorded.
  public var blockSize: UInt64 = 0
  public var alignment: UInt64 = 0
  public var boundary: UInt64 = 0
  public var allocations: UInt64 = 0
  public var frees: UInt64 = 0
  public var live: UInt64 = 0
  public var peak: UInt64 = 0
  public var failed: UInt64 = 0
  public var created = false
  public var destroyed = false
  public init() {}
}

public struct LiveMapping: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case single
    case scatterGather = "scatter-gather"
    case coherent, resource, pages
  }
  public var device = ""
  public var kind = Kind.single
  public var busAddress: UInt64 = 0
  /// nil where the recording does not say.
  public var physicalAddress: UInt64?
  public var size: UInt64 = 0
  public var direction = Direction.none
  public var mappedAt: UInt64 = 0
  public var age: UInt64 = 0
  /// Whether events were lost since it was mapped, or its driver may skip the unmap.
  public var uncertain = false
  public var task = ""
  public var callSite = ""
  public init() {}
}
