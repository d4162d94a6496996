import DMAModel
import Replay

/// One device: whether it is coherent, its masks, its calls, what is live, and what it cost.
struct DeviceDocument: Encodable {
  var name: String
  var coherent: Bool
  /// `user`, `maintenance-recorded`, `maintenance-absent`, `syncs-recorded` or `assumed`.
  var coherentBecause: String
  /// `direct`, `iommu` or `unknown`; `busOffset` is bus less physical address, null unless direct.
  var addressing: String
  @OrNull var busOffset: Int64?
  @OrNull var streamingMask: String?
  @OrNull var coherentMask: String?
  /// `set`, `bounce-event`, or `observed` (a lower bound).
  var maskBecause: String
  var maskHistory: [MaskChangeDocument]
  @OrNull var requiredMask: String?
  @OrNull var maxMappingSize: UInt64?
  var map: CallsDocument
  var mapsByDirection: ByDirection<CallsDocument>
  var unmap: CallsDocument
  var sync: SyncDocument
  var allocate: CallsDocument
  var free: CallsDocument
  var live: FootprintDocument
  /// Live mappings and blocks of which it is not certain.
  var liveUncertain: UInt64
  var peak: FootprintDocument
  var maintenance: MaintenanceTableDocument
  var cleaned: LinesDocument
  var invalidated: InvalidatedDocument
  var prepared: PreparedDocument
  /// Cache instructions, prepare passes left out.
  var instructions: UInt64
  var bounce: BounceDocument
  /// Mappings by size, smallest first; only sizes that occur.
  var bySize: [SizeDocument]
  var maskPressure: MaskPressureDocument
  var lifetimes: LifetimeDocument
  var estimateNs: EstimateDocument
  var unitCosts: UnitCostsDocument
  var iotlbInvalidations: UInt64

  init(_ device: DeviceProfile, platform: PlatformUse) {
    name = device.name
    coherent = device.coherent
    coherentBecause = device.coherentBecause.rawValue
    (addressing, busOffset) = device.addressing.document
    streamingMask = device.streamingMask.map(Formatting.hex)
    coherentMask = device.coherentMask.map(Formatting.hex)
    maskBecause = device.maskBecause.rawValue
    maskHistory = device.maskHistory.map(MaskChangeDocument.init)
    requiredMask = device.requiredMask.map(Formatting.hex)
    maxMappingSize = device.maxMappingSize
    map = CallsDocument(device.map)
    mapsByDirection = ByDirection { direction in
      let index = Int(direction.rawValue)
      return CallsDocument(
        device.mapsByDirection.indices.contains(index) ? device.mapsByDirection[index] : CallCounts())
    }
    unmap = CallsDocument(device.unmap)
    sync = SyncDocument(
      forCPU: CallsDocument(device.syncForCPU), forDevice: CallsDocument(device.syncForDevice))
    allocate = CallsDocument(device.allocate)
    free = CallsDocument(device.free)
    live = FootprintDocument(device.live)
    liveUncertain = device.liveUncertain
    peak = FootprintDocument(device.peak)
    maintenance = MaintenanceTableDocument(
      device.maintenance, platform: platform, coherent: device.coherent)
    let work = WorkDocument(device.work)
    (cleaned, invalidated, prepared) = (work.cleaned, work.invalidated, work.prepared)
    instructions = work.instructions
    bounce = BounceDocument(device.bounce)
    bySize = SizeDocument.rows(of: device)
    maskPressure = MaskPressureDocument(device)
    lifetimes = LifetimeDocument(device.lifetimes)
    estimateNs = EstimateDocument(device.estimate)
    unitCosts = UnitCostsDocument(device, platform)
    iotlbInvalidations = device.iotlbInvalidations
  }
}

extension Addressing {
  fileprivate var document: (String, Int64?) {
    switch self {
    case .direct(let offset): ("direct", offset)
    case .iommu: ("iommu", nil)
    case .unknown: ("unknown", nil)
    }
  }
}

struct MaskChangeDocument: Encodable {
  var timeNs: UInt64
  var streaming: Bool
  var coherent: Bool
  var mask: String
  /// null where the result was not recorded.
  @OrNull var accepted: Bool?

  init(_ change: MaskChange) {
    timeNs = change.time
    (streaming, coherent) = (change.streaming, change.coherent)
    mask = Formatting.hex(change.mask)
    accepted = change.accepted
  }
}

/// Calls of one family; `segments` are pages and scatterlist entries, `unknown` releases of what was not seen mapped.
struct CallsDocument: Encodable {
  var calls: UInt64
  var segments: UInt64
  var bytes: UInt64
  var failed: UInt64
  var unknown: UInt64

  init(_ counts: CallCounts) {
    (calls, segments, bytes) = (counts.calls, counts.segments, counts.bytes)
    (failed, unknown) = (counts.failed, counts.unknown)
  }
}

struct SyncDocument: Encodable {
  var forCPU: CallsDocument
  var forDevice: CallsDocument
}

struct FootprintDocument: Encodable {
  var mappings: UInt64
  var scatterlists: UInt64
  var coherentBlocks: UInt64
  var bytes: UInt64
  var coherentBytes: UInt64

  init(_ footprint: Footprint) {
    (mappings, scatterlists) = (footprint.mappings, footprint.scatterlists)
    (coherentBlocks, bytes) = (footprint.coherentBlocks, footprint.bytes)
    coherentBytes = footprint.coherentBytes
  }
}

struct BounceDocument: Encodable {
  var mappings: UInt64
  var requests: UInt64
  var bytesIn: UInt64
  var bytesOut: UInt64
  /// Requests that no mapping followed, and those among all that are larger than any bounce buffer.
  var unserved: UInt64
  var tooLarge: UInt64
  var because: Causes

  /// Requests by cause; mappings where requests were not recorded.
  struct Causes: Encodable {
    var mask: UInt64
    var forced: UInt64
    var alignment: UInt64
    var unknown: UInt64
  }

  init(_ bounce: Bounce) {
    (mappings, requests) = (bounce.mappings, bounce.requests)
    (bytesIn, bytesOut) = (bounce.bytesIn, bounce.bytesOut)
    (unserved, tooLarge) = (bounce.unserved, bounce.tooLarge)
    because = Causes(
      mask: bounce.mask, forced: bounce.forced, alignment: bounce.alignment, unknown: bounce.unknown)
  }
}

/// Slots of 2 KiB.
struct SlotsDocument: Encodable {
  var live: UInt64
  var peak: UInt64

  init(_ slots: SlotUse) { (live, peak) = (slots.live, slots.peak) }
}

struct LowZoneDocument: Encodable {
  var zone: String
  var peakCoherentBytes: UInt64
}

/// Addresses below 4 GiB, or below a narrower mask: their number, the most in use at once as a share of it (an upper
/// bound), and the mappings whose addresses lie above.
struct IOVAWindowDocument: Encodable {
  var bytes: UInt64
  var peakShare: Double
  var mappingsAbove: UInt64

  init?(_ device: DeviceProfile) {
    guard let window = device.iovaWindow, let share = device.iovaWindowShare else { return nil }
    (bytes, peakShare, mappingsAbove) = (window, share, device.mappingsAboveWindow)
  }
}

struct MaskPressureDocument: Encodable {
  @OrNull var highestAddress: String?
  var bitsUsed: Int
  @OrNull var headroomBits: Int?
  /// Bits of the highest address → mappings and blocks, and their bytes; only widths that occur.
  var byWidth: [String: Width]
  /// Share of the bytes wanted that did not reach the device directly, 0 ... 1.
  @OrNull var pressure: Double?
  /// Slots of bounce buffers; null where `swiotlb_bounced` was not recorded.
  @OrNull var slots: SlotsDocument?
  /// `DMA` or `DMA32`, and the most coherent bytes from there at once; null where any memory will do or the coherent mask is
  /// not known.
  @OrNull var lowZone: LowZoneDocument?
  /// The first choice of I/O virtual addresses; null without an IOMMU.
  @OrNull var iovaWindow: IOVAWindowDocument?
  /// Bits that would do for the addresses in descriptors, where that is fewer than the mask has; else null.
  @OrNull var sufficientDescriptorBits: Int?

  struct Width: Encodable {
    var mappings: UInt64
    var bytes: UInt64
  }

  init(_ device: DeviceProfile) {
    highestAddress = device.highestAddress.map(Formatting.hex)
    bitsUsed = device.bitsUsed
    headroomBits = device.headroomBits
    slots = device.slots.map(SlotsDocument.init)
    lowZone = device.coherentZone.map {
      LowZoneDocument(zone: $0.rawValue, peakCoherentBytes: device.peak.coherentBytes)
    }
    iovaWindow = IOVAWindowDocument(device)
    sufficientDescriptorBits = device.sufficientDescriptorBits
    byWidth = [:]
    for (bits, count) in device.byWidth.enumerated() where count != WidthCount() {
      byWidth[String(bits)] = Width(mappings: count.mappings, bytes: count.bytes)
    }
    pressure = device.pressure.finite
  }
}

/// Mappings and entries of scatterlists of one class of size.
struct SizeDocument: Encodable {
  /// The largest of the class, a power of two; the class begins above half of it.
  @OrNull var upTo: UInt64?
  var mappings: UInt64
  var bytes: UInt64
  /// Cache lines that they cover, also for coherent devices.
  var lines: UInt64

  private init(_ bits: Int, _ count: SizeCount) {
    upTo = bits < 64 ? 1 << UInt64(bits) : nil
    (mappings, bytes, lines) = (count.mappings, count.bytes, count.lines)
  }

  static func rows(of device: DeviceProfile) -> [SizeDocument] {
    device.bySize.enumerated().filter { $0.element != SizeCount() }.map { SizeDocument($0, $1) }
  }
}

/// How long mappings lived, known to 12.5 %.
struct LifetimeDocument: Encodable {
  var count: UInt64
  @OrNull var p50Ns: UInt64?
  @OrNull var p90Ns: UInt64?
  @OrNull var p99Ns: UInt64?
  @OrNull var maximumNs: UInt64?

  init(_ lifetimes: LifetimeHistogram) {
    count = lifetimes.count
    p50Ns = lifetimes.quantile(0.5)
    p90Ns = lifetimes.quantile(0.9)
    p99Ns = lifetimes.quantile(0.99)
    maximumNs = lifetimes.count > 0 ? lifetimes.maximum : nil
  }
}
