import DMAModel
import Replay

/// The sums over the devices, under the same names, and what only the whole has.
struct TotalsDocument: Encodable {
  var map: CallsDocument
  var unmap: CallsDocument
  var sync: SyncDocument
  var allocate: CallsDocument
  var free: CallsDocument
  var live: FootprintDocument
  var liveUncertain: UInt64
  /// The most of all devices together at one moment, each count on its own.
  var peak: FootprintDocument
  var maintenance: MaintenanceTableDocument
  var calls: UInt64
  var cleaned: LinesDocument
  var invalidated: InvalidatedDocument
  var prepared: PreparedDocument
  /// Cache instructions, prepare passes left out.
  var instructions: UInt64
  var bounce: BounceDocument
  /// Slots of bounce buffers in use by the whole machine; null where `swiotlb_bounced` was not recorded.
  @OrNull var slots: SlotsDocument?
  var estimateNs: EstimateDocument
  var unitCosts: UnitCostsDocument
  /// `estimateNs` as a share of span × CPUs; null where that is not known.
  @OrNull var estimateShare: EstimateDocument?
  var iotlbInvalidations: UInt64
  var iommu: IOMMUDocument

  init(_ profile: Profile) {
    let totals = profile.totals
    map = CallsDocument(totals.map)
    unmap = CallsDocument(totals.unmap)
    sync = SyncDocument(
      forCPU: CallsDocument(totals.syncForCPU), forDevice: CallsDocument(totals.syncForDevice))
    allocate = CallsDocument(totals.allocate)
    free = CallsDocument(totals.free)
    live = FootprintDocument(totals.live)
    liveUncertain = totals.liveUncertain
    peak = FootprintDocument(totals.peak)
    maintenance = MaintenanceTableDocument(
      totals.maintenance, platform: profile.platform, coherent: false)
    let work = WorkDocument(totals.work)
    calls = work.calls
    (cleaned, invalidated, prepared) = (work.cleaned, work.invalidated, work.prepared)
    instructions = work.instructions
    bounce = BounceDocument(totals.bounce)
    slots = totals.slots.map(SlotsDocument.init)
    estimateNs = EstimateDocument(totals.estimate)
    unitCosts = UnitCostsDocument(totals, profile.platform)
    estimateShare = profile.estimatedShare.map(EstimateDocument.init)
    iotlbInvalidations = totals.iotlbInvalidations
    iommu = IOMMUDocument(totals)
  }
}

/// Recorded `iommu:*` events.
struct IOMMUDocument: Encodable {
  var maps: UInt64
  var mappedBytes: UInt64
  var unmaps: UInt64
  var unmappedBytes: UInt64
  var faults: UInt64

  init(_ totals: Totals) {
    (maps, mappedBytes) = (totals.iommuMaps, totals.iommuMappedBytes)
    (unmaps, unmappedBytes) = (totals.iommuUnmaps, totals.iommuUnmappedBytes)
    faults = totals.iommuFaults
  }
}
