import DMAModel

extension MappingTable {
  /// One entry, in one line of cache: all that there is to know of a single mapping that was never synced.
  struct Place {
    var address: UInt64
    var size: UInt64
    var mappedAt: UInt64
    var physicalAddress: UInt64
    var device: UInt32
    /// The next entry of the chain, or of the free ones.
    var next: UInt32
    var pid: Int32
    var stack: StackID
    var attributes: Attributes
    var cpu: UInt16
    var kind: LiveMapping.Kind
    var direction: Direction
    var origin: Call
    var marks: Marks

    /// A single mapping.
    @inline(__always)
    init(_ event: UnsafePointer<Event>, device: Int, _ how: Bouncing, next: UInt32) {
      address = event.pointee.address
      size = event.pointee.size
      mappedAt = event.pointee.time
      physicalAddress = event.pointee.physicalAddress
      self.device = UInt32(truncatingIfNeeded: device)
      self.next = next
      pid = event.pointee.pid
      stack = event.pointee.stack
      attributes = event.pointee.attributes
      cpu = event.pointee.cpu
      kind = event.pointee.call == .mapResource ? .resource : .single
      direction = event.pointee.direction
      origin = event.pointee.call
      marks = event.pointee.flags.contains(.hasPhysicalAddress) ? .hasPhysicalAddress : []
      if how != .direct { marks.insert(how == .bounced ? [.bounced, .displaced] : .displaced) }
    }

    init(_ entry: LiveEntry, next: UInt32) {
      (address, size, mappedAt) = (entry.address, entry.size, entry.mappedAt)
      (physicalAddress, device, pid) = (entry.physicalAddress, entry.device, entry.pid)
      (stack, attributes, cpu) = (entry.stack, entry.attributes, entry.cpu)
      (kind, direction, origin) = (entry.kind, entry.direction, entry.origin)
      self.next = next
      marks = []
      if entry.hasPhysicalAddress { marks.insert(.hasPhysicalAddress) }
      if entry.isBounced { marks.insert([.bounced, .displaced]) }
      if entry.isDeviant { marks.insert(.displaced) }
      if entry.isReported { marks.insert(.reported) }
      if entry.isChecked { marks.insert(.checked) }
    }

    var isBounced: Bool { marks.contains(.bounced) }
    /// It is not where its memory is: bounced, or perhaps so.
    var isDisplaced: Bool { marks.contains(.displaced) }
    /// It was synced since it was mapped.
    var isSynced: Bool { marks.contains(.synced) }
  }

  struct Marks: OptionSet {
    let rawValue: UInt8
    static let hasPhysicalAddress = Marks(rawValue: 1 << 0)
    static let bounced = Marks(rawValue: 1 << 1)
    static let displaced = Marks(rawValue: 1 << 2)
    static let synced = Marks(rawValue: 1 << 3)
    /// It was reported as left behind.
    static let reported = Marks(rawValue: 1 << 4)
    /// Its address was given to `dma_mapping_error`.
    static let checked = Marks(rawValue: 1 << 5)
    /// There is more to know of it, in `further`.
    static let hasMore = Marks(rawValue: 1 << 6)
  }

  /// What only some entries have: those of lists, blocks of memory, and what was synced.
  struct Further {
    var cpuAddress: UInt64 = 0
    var listCount: Int32 = 0
    var syncs = SyncHistory()
  }
}
