import DMAModel

/// What a replay knows of one device; the hot part of the state.
struct DeviceState {
  var name: String
  var isSelected: Bool
  /// What the user or the architecture says before any evidence.
  var presumedCoherent: Bool
  var userSays: Bool?
  /// What the platform's file says of it.
  var platformSays: Bool?

  var map = CallCounts()
  var unmap = CallCounts()
  var syncForCPU = CallCounts()
  var syncForDevice = CallCounts()
  var allocate = CallCounts()
  /// Coherent blocks of less than half a page among them.
  var smallAllocations = CallCounts()
  var free = CallCounts()
  var mapsByDirection: InlineArray<3, CallCounts> = .init(repeating: CallCounts())
  var countedEvents: UInt64 = 0

  var live = Footprint()
  var peak = Footprint()
  var slots = SlotUse()
  var slice = FootprintSlice()
  var byWidth: InlineArray<65, WidthCount> = .init(repeating: WidthCount())
  var bySize: InlineArray<65, SizeCount> = .init(repeating: SizeCount())
  private var highestSeen: UInt64 = 0
  /// The last byte of the highest mapping; nil if there was none.
  var highest: UInt64? { byWidth.indices.contains { byWidth[$0].mappings > 0 } ? highestSeen : nil }
  var lifetimes = LifetimeCounts()

  var bounce = Bounce()
  /// What would be bounces if the device turns out to sit behind no IOMMU.
  var deviant = Bounce()
  /// Bytes that were bounced for the mask, that might have been, that were wanted and not mapped.
  var maskBytes: UInt64 = 0
  var deviantMaskBytes: UInt64 = 0
  var failedBytes: UInt64 = 0
  var everBounced = false

  // How bus addresses relate to physical ones, over mappings that did not bounce.
  var identical: UInt64 = 0
  var offset: Int64?
  var atOffset: UInt64 = 0
  var elsewhere: UInt64 = 0

  // Masks.
  var streamingMask: UInt64? { didSet { isLimited = true } }
  var coherentMask: UInt64?
  var bounceMask: UInt64?
  /// The mask that it is assumed to have instead.
  var assumedMask: UInt64?
  var isAssumedCoherent = false
  var maskHistory: [MaskChange] = []
  var requiredMask: UInt64?
  var maxMappingSize: UInt64? { didSet { isLimited = true } }

  // What the checks need to know.
  /// When its driver was seen to begin, or perhaps so; nil if that was before the recording.
  var birth: Birth?
  /// When its driver was surely seen to begin.
  @inline(__always)
  var bornAt: UInt64? {
    guard let birth, birth.isCertain else { return nil }
    return birth.time
  }
  /// Whether something of it is mapped that the records do not name.
  var hasUntracked = false
  /// Whether a mapping that it only reads may be live and not in the table: one took the place of an equal one, whose
  /// unmap may have been left out, or one of two lists of the same memory was unmapped.
  var confusesReads = false
  /// Pages that its largest mapping so far crosses.
  var reach = 0
  /// Whether there is a mask or a limit to judge its maps by.
  private(set) var isLimited = false
  var maskEvent: Event?
  var refusedMask: Event? { didSet { isLimited = true } }
  var requiredEvent: Event?
  var limitEvent: Event?
  var failureStart: UInt64 = 0
  var failures = 0
  /// Maps that failed since the last that did not.
  var failedRow = 0
  /// Live coherent blocks of less than half a page.
  var smallBlocks: UInt64 = 0

  // Evidence of coherence.
  var maintained: UInt64 = 0
  var unmaintained: UInt64 = 0
  var syncsAfterMask: UInt64 = 0
  var prepared: UInt64 = 0
  var unprepared: UInt64 = 0

  init(
    name: String, isSelected: Bool, userSays: Bool?, presumedCoherent: Bool, platformSays: Bool? = nil,
    birth: Birth? = nil
  ) {
    self.platformSays = platformSays
    self.name = name
    self.isSelected = isSelected
    self.userSays = userSays
    self.presumedCoherent = presumedCoherent
    self.birth = birth
  }

  /// The bus address that this physical one has without bouncing, as far as is known.
  @inline(__always)
  func isExpected(_ bus: UInt64, for physical: UInt64) -> Bool {
    bus == physical || (atOffset > 1 && offset == Int64(bitPattern: bus &- physical))
  }

  /// Whether a bus address was seen that is not the physical one.
  var isDisplaced: Bool { atOffset > 0 || elsewhere > 0 }

  /// Learns from a mapping that did not bounce.
  @inline(__always)
  mutating func observeAddressing(bus: UInt64, physical: UInt64) {
    if bus == physical {
      identical &+= 1
      return
    }
    let difference = Int64(bitPattern: bus &- physical)
    if offset == nil { offset = difference }
    if offset == difference { atOffset &+= 1 } else { elsewhere &+= 1 }
  }

  @inline(__always)
  mutating func observe(size: UInt64, lines: UInt64) {
    let bits = size == 0 ? 0 : 64 &- (size &- 1).leadingZeroBitCount
    bySize[unchecked: bits].mappings &+= 1
    bySize[unchecked: bits].bytes &+= size
    bySize[unchecked: bits].lines &+= lines
  }

  @inline(__always)
  mutating func observe(address: UInt64, size: UInt64) {
    let (end, overflow) = address.addingReportingOverflow(size == 0 ? 0 : size &- 1)
    let last = overflow ? UInt64.max : end
    if last >= highestSeen { highestSeen = last }
    let bits = 64 &- last.leadingZeroBitCount
    byWidth[unchecked: bits].mappings &+= 1
    byWidth[unchecked: bits].bytes &+= size
  }

}

/// What a device's footprint was at its highest since the timeline's bucket began; see `Replayer.settle`.
struct FootprintSlice {
  /// Whether anything has changed since, and the device is among those to be settled.
  var isOpen = false
  var liveMaximum: UInt64 = 0
  var slotsMaximum: UInt64 = 0
}

/// The devices of a recording, each in a place of its own that never moves.
struct DeviceTable: ~Copyable {
  /// The most devices kept apart; all further ones share one place.
  static let limit = 1024
  private let storage: UnsafeMutablePointer<DeviceState>
  private(set) var count = 0
  /// A few thousand names of devices cost 4 bytes each.
  private var placeByID: UnsafeMutableBufferPointer<UInt32>
  private static let unset = UInt32.max

  init() {
    storage = .allocate(capacity: DeviceTable.limit + 1)
    placeByID = .allocate(capacity: 256)
    placeByID.initialize(repeating: DeviceTable.unset)
  }

  deinit {
    placeByID.deallocate()
    storage.deinitialize(count: count)
    storage.deallocate()
  }

  /// The place of a device; `make` says what it starts with when it is met for the first time.
  @inline(__always)
  mutating func place(_ id: DeviceID, make: (_ overflow: Bool) -> DeviceState) -> Int {
    knownPlace(id) ?? newPlace(id, make)
  }

  /// The place of a device that has been met.
  @inline(__always)
  func knownPlace(_ id: DeviceID) -> Int? {
    guard Int(id) < placeByID.count else { return nil }
    let place = placeByID[Int(id)]
    return place == DeviceTable.unset ? nil : Int(place)
  }

  private mutating func newPlace(_ id: DeviceID, _ make: (_ overflow: Bool) -> DeviceState) -> Int {
    if Int(id) >= placeByID.count {
      growPlaces(min(max(Int(id) + 1, 2 * placeByID.count), NameTable.limit + 1))
    }
    let place = min(count, DeviceTable.limit)
    if place == count {
      (storage + place).initialize(to: make(place == DeviceTable.limit))
      count += 1
    }
    if Int(id) < placeByID.count { placeByID[Int(id)] = UInt32(truncatingIfNeeded: place) }
    return place
  }

  private mutating func growPlaces(_ wanted: Int) {
    guard wanted > placeByID.count else { return }
    let larger = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: wanted)
    larger.initialize(repeating: DeviceTable.unset)
    for id in placeByID.indices { larger[id] = placeByID[id] }
    placeByID.deallocate()
    placeByID = larger
  }

  /// A device's state, by address: the hot paths read and write many of its fields, and have it looked up once.
  ///
  /// - Precondition: `place` came from `place(_:make:)`; the pointer holds as long as the table.
  @inline(__always)
  func pointer(_ place: Int) -> UnsafeMutablePointer<DeviceState> { storage + place }

  /// - Precondition: `place` came from `place(_:make:)`.
  subscript(place: Int) -> DeviceState {
    @inline(__always) unsafeAddress { UnsafePointer(storage + place) }
    @inline(__always) nonmutating unsafeMutableAddress { storage + place }
  }
}
