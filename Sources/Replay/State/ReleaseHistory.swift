import DMAModel

/// What was released lately, to tell a second release from one of something never seen.
///
/// One place for each hash of device and address: a later release may displace an earlier one, which then counts as
/// never seen.
struct ReleaseHistory: ~Copyable {
  struct Release {
    var address: UInt64 = 0
    /// The device's place, or for blocks of pools the pool's.
    var owner = UInt32.max
    var pid: Int32 = 0
    var time: UInt64 = 0
    var size: UInt64 = 0
    var stack: StackID = 0
    var cpu: UInt16 = 0
    var call = Call.unmapPage
    var direction = Direction.none
  }

  private static let capacity = 1 << 11
  private let places: UnsafeMutablePointer<Release>

  init() {
    places = .allocate(capacity: ReleaseHistory.capacity)
    places.initialize(repeating: Release(), count: ReleaseHistory.capacity)
  }

  deinit { places.deallocate() }

  @inline(__always)
  private static func place(_ owner: UInt32, _ address: UInt64) -> Int {
    let product = (address ^ UInt64(owner) << 48) &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: product >> 40) & (capacity - 1)
  }

  mutating func note(_ owner: UInt32, _ address: UInt64, _ event: Event) {
    withUnsafePointer(to: event) { note(owner, address, $0) }
  }

  @inline(__always)
  mutating func note(_ owner: UInt32, _ address: UInt64, _ event: UnsafePointer<Event>) {
    places[ReleaseHistory.place(owner, address)] = Release(
      address: address, owner: owner, pid: event.pointee.pid, time: event.pointee.time,
      size: event.pointee.size, stack: event.pointee.stack, cpu: event.pointee.cpu, call: event.pointee.call,
      direction: event.pointee.direction)
  }

  /// The last release of this address; nil if there was none or it was displaced.
  func last(_ owner: UInt32, _ address: UInt64) -> Release? {
    let release = places[ReleaseHistory.place(owner, address)]
    return release.owner == owner && release.address == address ? release : nil
  }

  /// The latest release of a range that contains this address; looks at all places.
  func last(_ owner: UInt32, containing address: UInt64) -> Release? {
    var latest: Release?
    for index in 0..<ReleaseHistory.capacity {
      let release = places[index]
      guard release.owner == owner, address >= release.address, address &- release.address < release.size,
        release.time >= latest?.time ?? 0
      else { continue }
      latest = release
    }
    return latest
  }
}
