import DMAModel

/// One live mapping, entry of a scatterlist, or block of memory.
struct LiveEntry {
  var device: UInt32 = 0
  var pid: Int32 = 0
  var address: UInt64 = 0
  var size: UInt64 = 0
  var physicalAddress: UInt64 = 0
  var mappedAt: UInt64 = 0
  var stack: StackID = 0
  var kind = LiveMapping.Kind.single
  var direction = Direction.none
  var hasPhysicalAddress = false
  /// The kernel said that it bounced.
  var isBounced = false
  /// Its bus address is not where its device's others would put it: bounced if there is no IOMMU.
  var isDeviant = false
  /// It was reported as left behind.
  var isReported = false
  /// Its address was given to `dma_mapping_error`.
  var isChecked = false
  /// The call that made it.
  var origin = Call.mapPage
  var cpu: UInt16 = 0
  var attributes = Attributes(rawValue: 0)
  /// Where the CPU sees a block of memory; 0 if that is not recorded.
  var cpuAddress: UInt64 = 0
  /// Entries of the scatterlist that it belongs to, as passed to the map.
  var listCount: Int32 = 0
  var syncs = SyncHistory()

  init() {}

  /// What a table knows of an entry.
  init(_ place: UnsafePointer<MappingTable.Place>, further: MappingTable.Further) {
    (device, pid, stack, cpu) = (
      place.pointee.device, place.pointee.pid, place.pointee.stack, place.pointee.cpu
    )
    (address, size) = (place.pointee.address, place.pointee.size)
    (physicalAddress, mappedAt) = (place.pointee.physicalAddress, place.pointee.mappedAt)
    (kind, direction, origin) = (place.pointee.kind, place.pointee.direction, place.pointee.origin)
    attributes = place.pointee.attributes
    hasPhysicalAddress = place.pointee.marks.contains(.hasPhysicalAddress)
    isBounced = place.pointee.isBounced
    isDeviant = place.pointee.isDisplaced && !isBounced
    isReported = place.pointee.marks.contains(.reported)
    isChecked = place.pointee.marks.contains(.checked)
    (cpuAddress, listCount, syncs) = (further.cpuAddress, further.listCount, further.syncs)
  }
}

/// How a mapping was synced so far.
struct SyncHistory {
  enum Owner: UInt8 {
    case none, cpu, device
  }
  /// For whom it was synced last, and which part: bytes from its start, and how many.
  var owner = Owner.none
  var offset: UInt32 = 0
  var size: UInt32 = 0
  /// Syncs for either side, up to 255.
  var forCPU: UInt8 = 0
  var forDevice: UInt8 = 0
}
