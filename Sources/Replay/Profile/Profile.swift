import DMAModel

/// Everything that a replay found out: the numbers behind every report.
///
/// Units: bytes, cache lines, nanoseconds on the recording's clock. Arrays are sorted as their comments say.
public struct Profile: Sendable {
  public var recording = Recording()
  public var platform = PlatformUse()
  /// Devices with at least one counted event, by name.
  public var devices: [DeviceProfile] = []
  public var totals = Totals()
  /// The kernel's own record of its maintenance; nil where the trace has no such events.
  public var measured: Measured?
  /// How long the kernel's maintenance took; nil where the trace has no durations.
  public var measuredTime: MeasuredTime?
  /// Call sites by lines maintained, most first; empty where the recording has no stacks.
  public var callSites: [CallSiteProfile] = []
  /// Tasks by lines maintained, most first.
  public var tasks: [TaskProfile] = []
  /// One row per device × call × direction, most lines first.
  public var operations: [OperationProfile] = []
  /// Work that could be avoided, what saves most first.
  public var avoidable: [Avoidable] = []
  /// What other assumptions came to, in the order in which they were asked for.
  public var whatIf: [Scenario] = []
  public var timeline = Timeline()
  public var pools: [PoolProfile] = []
  /// Everything mapped at the end, by device and then bus address.
  public var live: [LiveMapping] = []
  /// Rules that were broken, most severe first, then by device, rule and call site.
  public var findings: [Finding] = []
  /// What limits the truth of the numbers above, most important first; each a full sentence.
  public var caveats: [String] = []
  /// What the replay knew besides, on which `caveats` rest.
  public var circumstances = Circumstances()
  /// What a sum of profiles was summed up from; nil for the profile of one recording.
  public var merged: MergedRecordings?
  /// The filter that was applied, for people (`device 0000:00:05.0, from 13.4 s`); empty for none.
  public var filter = ""
  public init() {}
}

/// The platform whose rules and prices were used.
public struct PlatformUse: Sendable {
  /// `arm64`, `x86` or a user profile's name.
  public var name = ""
  public var architecture = ""
  /// Bytes of a cache line.
  public var cacheLine: UInt64 = 64
  /// Whether measurements stand behind all prices that the estimates used; false if they used none.
  public var calibrated = false
  /// Where the profile comes from: `built in`, or a file.
  public var source = ""
  /// What machine it is, in a sentence; may be empty.
  public var summary = ""
  /// What an invalidation does about lines that a call covers only in part.
  public var partialLines = Architecture.PartialLines.invalidated
  /// What each kind of work costs.
  public var prices: [WorkPrice] = []
  /// The prices that the parts of a sum had, where they differ, with the work that had them: `prices` follow from it.
  public var priceShares: [PriceShare] = []
  /// Physical addresses of RAM, bytes of the pool of bounce buffers and the IOMMU's mode, where the profile says.
  public var memory: [ClosedRange<UInt64>] = []
  public var swiotlb: UInt64?
  public var iommu: IOMMUMode?
  /// What the architecture does to the cache at each step, by direction: `clean`, `invalidate`,
  /// `cleanInvalidate` or `none`; empty where there is no architecture.
  public var operations: [MaintenanceStep: [Direction: String]] = [:]
  public init() {}
}

/// What one kind of work costs.
public struct WorkPrice: Sendable {
  public var work: Work
  public var price: Price
  /// Whether there was any such work, so that the estimates depend on it.
  public var isUsed: Bool

  public init(work: Work, price: Price, isUsed: Bool) {
    (self.work, self.price, self.isUsed) = (work, price, isUsed)
  }
}

/// Calls of one family with what they moved.
public struct CallCounts: Sendable, Equatable {
  public var calls: UInt64 = 0
  /// Pages or scatterlist entries.
  public var segments: UInt64 = 0
  public var bytes: UInt64 = 0
  public var failed: UInt64 = 0
  /// Releases of something that was not seen being mapped.
  public var unknown: UInt64 = 0
  public init() {}

  public static func += (a: inout CallCounts, b: CallCounts) {
    a.calls &+= b.calls
    a.segments &+= b.segments
    a.bytes &+= b.bytes
    a.failed &+= b.failed
    a.unknown &+= b.unknown
  }
}

/// Whether a device snoops the CPU's caches, and how that is known.
public enum CoherenceReason: String, Sendable {
  /// The user's `--coherent` or `--noncoherent`.
  case user
  /// The platform's file names it.
  case platform
  /// The kernel's own maintenance events follow, or never follow, this device's calls.
  case maintenanceRecorded = "maintenance-recorded"
  case maintenanceAbsent = "maintenance-absent"
  /// Sync events on a kernel that leaves them out for coherent devices.
  case syncsRecorded = "syncs-recorded"
  /// The architecture's or profile's default; nothing in the trace contradicts it.
  case assumed
}

public enum MaskReason: String, Sendable {
  /// A recorded call set it.
  case set
  /// `swiotlb_bounced` carried it.
  case bounceEvent = "bounce-event"
  /// Only a lower bound: the highest address that the device was given.
  case observed
}

/// How bus addresses relate to physical ones.
public enum Addressing: Sendable, Equatable {
  /// Bus address = physical address + offset; 0 for identity.
  case direct(offset: Int64)
  case iommu
  /// Every mapping bounced, or no mapping carried both addresses.
  case unknown
}

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

/// The sums over the devices.
public struct Totals: Sendable {
  public var map = CallCounts()
  public var unmap = CallCounts()
  public var syncForCPU = CallCounts()
  public var syncForDevice = CallCounts()
  public var allocate = CallCounts()
  public var free = CallCounts()
  public var live = Footprint()
  public var liveUncertain: UInt64 = 0
  /// The largest footprint of all devices together at one moment, each count on its own.
  public var peak = Footprint()
  public var maintenance = MaintenanceTable()
  public var work = CacheWork()
  public var bounce = Bounce()
  /// Slots in use by all devices together, those that are not selected included; nil where `swiotlb_bounced` was not
  /// recorded.
  public var slots: SlotUse?
  public var estimate = Estimate()
  public var iotlbInvalidations: UInt64 = 0
  /// Recorded `iommu:map` and `iommu:unmap` events and their bytes.
  public var iommuMaps: UInt64 = 0
  public var iommuMappedBytes: UInt64 = 0
  public var iommuUnmaps: UInt64 = 0
  public var iommuUnmappedBytes: UInt64 = 0
  public var iommuFaults: UInt64 = 0
  public init() {}
}

/// The kernel's own record (`arch_sync_dma_for_*`, `arch_dma_prep_coherent` probes), beside the model's prediction.
public struct Measured: Sendable {
  public var maintenance = MaintenanceTable()
  /// Which steps were recorded at all.
  public var recordedSteps: Set<MaintenanceStep> = []
  /// Calls that the model predicts for device and for CPU, where these steps were recorded, minus calls recorded, and
  /// the same for lines: 0 when they agree.
  public var callDifference: Int64 = 0
  public var lineDifference: Int64 = 0
  /// The same for the lines of prepare passes. The kernel's atomic pool grows on its own, which the model cannot see.
  public var prepareLineDifference: Int64 = 0
  public init() {}
}

/// The API calls to which maintenance is attributed.
public enum Operation: UInt8, Sendable, CaseIterable {
  case map, unmap, syncForCPU, syncForDevice, allocate

  public var name: String {
    switch self {
    case .map: "map"
    case .unmap: "unmap"
    case .syncForCPU: "sync for CPU"
    case .syncForDevice: "sync for device"
    case .allocate: "allocate"
    }
  }
}

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

/// How the run went over time: equal buckets from the first event on.
public struct Timeline: Sendable {
  /// Nanoseconds on the recording's clock at which bucket 0 begins.
  public var start: UInt64 = 0
  public var bucketNs: UInt64 = 1
  /// Buckets in use; every series has this many values.
  public var buckets = 0
  public var series: [DeviceSeries] = []
  /// Buckets during which events were lost.
  public var lossBuckets: [Int] = []
  public init() {}
}

public struct DeviceSeries: Sendable {
  public var device = ""
  /// Cache lines cleaned and invalidated in each bucket (0 for coherent devices).
  public var cleanedLines: [UInt64] = []
  public var invalidatedLines: [UInt64] = []
  /// Bytes copied into and out of bounce buffers.
  public var bouncedBytes: [UInt64] = []
  public var maps: [UInt64] = []
  /// Bytes mapped, unmaps, syncs, calls into the architecture (0 for coherent devices) and maps that bounced.
  public var mappedBytes: [UInt64] = []
  public var unmaps: [UInt64] = []
  public var syncs: [UInt64] = []
  public var maintenanceCalls: [UInt64] = []
  public var bouncedMaps: [UInt64] = []
  /// Highest number of bytes live (streaming and coherent) during the bucket.
  public var liveBytes: [UInt64] = []
  /// Highest number of swiotlb slots (2 KiB) in use by this device's mappings during the bucket.
  public var swiotlbSlots: [UInt64] = []
  public init() {}

  /// One of the series: its name, where it is, and whether buckets add up or the highest value stands for both.
  public struct Row: Sendable {
    public var name: String
    public var path: WritableKeyPath<DeviceSeries, [UInt64]> & Sendable
    public var addsUp: Bool

    func join(_ a: UInt64, _ b: UInt64) -> UInt64 { addsUp ? a &+ b : max(a, b) }
  }

  /// All of them. To add one: a row.
  public static let all: [Row] = [
    Row(name: "cleanedLines", path: \.cleanedLines, addsUp: true),
    Row(name: "invalidatedLines", path: \.invalidatedLines, addsUp: true),
    Row(name: "bouncedBytes", path: \.bouncedBytes, addsUp: true),
    Row(name: "maps", path: \.maps, addsUp: true),
    Row(name: "mappedBytes", path: \.mappedBytes, addsUp: true),
    Row(name: "unmaps", path: \.unmaps, addsUp: true),
    Row(name: "syncs", path: \.syncs, addsUp: true),
    Row(name: "maintenanceCalls", path: \.maintenanceCalls, addsUp: true),
    Row(name: "bouncedMaps", path: \.bouncedMaps, addsUp: true),
    Row(name: "liveBytes", path: \.liveBytes, addsUp: false),
    Row(name: "swiotlbSlots", path: \.swiotlbSlots, addsUp: false),
  ]
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
