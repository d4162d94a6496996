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

  /// A single mapping.
  @inline(__always)
  init(_ event: UnsafePointer<Event>, device: Int, _ how: Bouncing) {
    self.device = UInt32(truncatingIfNeeded: device)
    pid = event.pointee.pid
    address = event.pointee.address
    size = event.pointee.size
    physicalAddress = event.pointee.physicalAddress
    hasPhysicalAddress = event.pointee.flags.contains(.hasPhysicalAddress)
    mappedAt = event.pointee.time
    stack = event.pointee.stack
    kind = event.pointee.call == .mapResource ? .resource : .single
    direction = event.pointee.direction
    isBounced = how == .bounced
    isDeviant = how == .deviant
    origin = event.pointee.call
    cpu = event.pointee.cpu
    attributes = event.pointee.attributes
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
