import DMAModel

/// The buffers that were mapped so far, to tell those that are mapped again: device, memory, size and direction.
///
/// Keeps 64 bits of hash for each, so that two buffers are taken for one in about one of 10⁷ recordings; past `limit`
/// buffers no new ones are kept, and their repeats are not counted.
struct BufferHistory: ~Copyable {
  private static let limit = 1 << 20
  private(set) var places: UnsafeMutablePointer<UInt64>
  private(set) var mask: Int
  private var count = 0

  init() {
    mask = 1023
    places = .allocate(capacity: mask + 1)
    places.initialize(repeating: 0, count: mask + 1)
  }

  deinit { places.deallocate() }

  /// Whether the buffer was mapped before; from now on it was.
  @inline(__always)
  mutating func isRepeated(_ device: Int, _ address: UInt64, _ size: UInt64, _ direction: Direction) -> Bool {
    isRepeated(BufferHistory.fingerprint(device, address, size, direction))
  }

  /// The same of a buffer with this fingerprint.
  @inline(__always)
  mutating func isRepeated(_ print: UInt64) -> Bool {
    var index = Int(truncatingIfNeeded: print >> 32) & mask
    while places[index] != 0 {
      if places[index] == print { return true }
      index = (index + 1) & mask
    }
    insert(print, at: index)
    return false
  }

  @inline(__always)
  static func fingerprint(
    _ device: Int, _ address: UInt64, _ size: UInt64, _ direction: Direction
  ) -> UInt64 {
    let other = size << 20 ^ UInt64(truncatingIfNeeded: device) << 2 ^ UInt64(direction.rawValue)
    var mixed = (address ^ other &* 0xc2b2_ae3d_27d4_eb4f) &* 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 29) &* 0xbf58_476d_1ce4_e5b9
    mixed ^= mixed >> 32
    return mixed == 0 ? 1 : mixed
  }

  private mutating func insert(_ print: UInt64, at free: Int) {
    guard count < BufferHistory.limit else { return }
    count += 1
    places[free] = print
    if count * 2 > mask { grow() }
  }

  private mutating func grow() {
    let (old, oldMask) = (places, mask)
    mask = mask * 2 + 1
    places = .allocateForTable(capacity: mask + 1)
    places.initialize(repeating: 0, count: mask + 1)
    for position in 0...oldMask where old[position] != 0 {
      var index = Int(truncatingIfNeeded: old[position] >> 32) & mask
      while places[index] != 0 { index = (index + 1) & mask }
      places[index] = old[position]
    }
    old.deallocate()
  }
}
