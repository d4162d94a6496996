import DMAModel

public struct DeviceProfile: Sendable {
  public var name = ""
  public var coherent = false
  public var coherentBecause = CoherenceReason.assumed
  public var addressing = Addressing.unknown
  /// The mask for streaming mappings; for `MaskReason.observed` all ones up to the highest address used.
  public var streamingMask: UInt64?
  public var coherentMask: UInt64?
  public var maskBecause = MaskReason.observed
  /// Every recorded attempt to set a mask, in time order.
  public var maskHistory: [MaskChange] = []
  /// `dma_get_required_mask`'s last answer, or the mask that reaches all memory of the platform's file.
  public var requiredMask: UInt64?
  /// `dma_max_mapping_size`'s last answer in bytes.
  public var maxMappingSize: UInt64?

  public var map = CallCounts()
  public var unmap = CallCounts()
  public var syncForCPU = CallCounts()
  public var syncForDevice = CallCounts()
  /// Coherent (and `dma_alloc_pages`, `dma_alloc_sgt`) allocations and frees.
  public var allocate = CallCounts()
  /// Coherent blocks of less than half a page among them.
  public var smallAllocations = CallCounts()
  public var free = CallCounts()
  /// Maps by direction: index = `Direction.rawValue` (0 ..< 3).
  public var mapsByDirection = [CallCounts](repeating: CallCounts(), count: 3)

  public var live = Footprint()
  /// Live mappings and blocks of which it is not certain: events were lost since they were made, or the driver
  /// may skip the unmap.
  public var liveUncertain: UInt64 = 0
  /// Each count's own maximum; they need not fall at one moment.
  public var peak = Footprint()
  /// What the kernel was asked to do; all zero for a coherent device.
  public var maintenance = MaintenanceTable()
  /// What the architecture did of it.
  public var work = CacheWork()
  public var bounce = Bounce()
  /// Slots of bounce buffers in use; nil where `swiotlb_bounced` was not recorded.
  public var slots: SlotUse?
  /// Where its coherent blocks must come from; nil where any memory will do, or its coherent mask is not known.
  public var coherentZone: LowZone?
  /// Bits of the highest address of each mapping or block (1 ... 64) → how many and how many bytes; index = bits.
  public var byWidth = [WidthCount](repeating: WidthCount(), count: 65)
  /// Streaming mappings and entries of scatterlists by size; at index n those of more than 2ⁿ⁻¹ and up to 2ⁿ bytes.
  public var bySize = [SizeCount](repeating: SizeCount(), count: 65)
  /// The highest bus address handed to the device; nil if none was.
  public var highestAddress: UInt64?
  public var lifetimes = LifetimeHistogram()
  /// Bytes mapped that bounced because of the mask or failed, as a share of all bytes that the driver wanted
  /// mapped: 0 is no pressure, 1 means that nothing reached the device directly. What failed while bouncing was forced,
  /// for want of slots, is not the mask's doing.
  public var pressure = 0.0
  /// The bytes that `pressure` is the quotient of.
  public var pressedBytes: UInt64 = 0
  public var wantedBytes: UInt64 = 0
  public var estimate = Estimate()
  /// Requests on which the IOMMU had to invalidate its IOTLB (one per unmap through an IOMMU domain).
  public var iotlbInvalidations: UInt64 = 0
  public init() {}

  /// Bits needed to reach the highest address.
  public var bitsUsed: Int { highestAddress.map { 64 - $0.leadingZeroBitCount } ?? 0 }
  /// Bits between the highest address and the streaming mask; nil where the mask is unknown.
  public var headroomBits: Int? {
    guard maskBecause != .observed, let mask = streamingMask, highestAddress != nil else { return nil }
    return (64 - mask.leadingZeroBitCount) - bitsUsed
  }
}

public struct MaskChange: Sendable, Equatable {
  public var time: UInt64
  public var streaming: Bool
  public var coherent: Bool
  public var mask: UInt64
  /// nil where the call's result was not recorded.
  public var accepted: Bool?

  public init(time: UInt64, streaming: Bool, coherent: Bool, mask: UInt64, accepted: Bool?) {
    self.time = time
    self.streaming = streaming
    self.coherent = coherent
    self.mask = mask
    self.accepted = accepted
  }
}

/// Mappings of one class of size.
public struct SizeCount: Sendable, Equatable {
  public var mappings: UInt64 = 0
  public var bytes: UInt64 = 0
  /// Cache lines that they cover, partial ones included; also for coherent devices.
  public var lines: UInt64 = 0
  public init() {}
}

public struct WidthCount: Sendable, Equatable {
  public var mappings: UInt64 = 0
  public var bytes: UInt64 = 0
  public init() {}
}
