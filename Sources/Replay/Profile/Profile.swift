import DMAModel

/// Everything that a replay found out: the numbers behind every report.
///
/// Units: bytes, cache lines, nanoseconds on the recording's clock. Arrays are sorted as their comments say.
public struct Profile: Sendable {
  /// Raised with every change by which the same events come to another profile: one that was kept from before is then
  /// replayed anew.
  public static let revision = 2

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
