import DMAModel

/// Memory that drivers declared for coherent allocations (`dma_declare_coherent_memory`), one region a device.
struct DeclaredMemory {
  struct Region {
    var first: UInt64
    var size: UInt64
    var declaration: Event
    /// Ranges marked occupied, by their bus addresses.
    var occupied: [(first: UInt64, size: UInt64, event: Event)] = []

    func contains(_ address: UInt64) -> Bool { address >= first && address &- first < size }
  }

  /// The most marked ranges of a region that are kept.
  private static let limit = 1024
  /// By the device's place.
  private(set) var regions: [Int: Region] = [:]

  mutating func declare(_ device: Int, _ event: Event) {
    regions[device] = Region(first: event.address, size: event.size, declaration: event)
  }

  mutating func release(_ device: Int) { regions[device] = nil }

  /// What a range overlaps that is marked already.
  func marked(_ device: Int, _ event: Event) -> Event? {
    let last = event.address &+ (event.size == 0 ? 0 : event.size &- 1)
    return regions[device]?.occupied.first {
      $0.first <= last && event.address <= $0.first &+ ($0.size &- 1)
    }?.event
  }

  mutating func mark(_ device: Int, _ event: Event) {
    guard let region = regions[device], region.occupied.count < DeclaredMemory.limit, event.size > 0 else {
      return
    }
    regions[device]?.occupied.append((event.address, event.size, event))
  }
}
