import DMAModel

/// The mappings that have not been unmapped yet, by device and address: finds the one that an unmap releases.
///
/// Where one address is mapped several times at once, the one of the same size and direction is taken, the latest
/// of these; if none fits, the latest.
struct OpenMappings {
  /// What mappings share that one call can release.
  enum Family: UInt8, Hashable {
    case streaming, list, memory
  }

  private struct Key: Hashable {
    var device: DeviceID
    var address: UInt64
    var family: Family
  }

  private struct Entry {
    var id: Int64
    var size: UInt64
    var direction: Direction
  }

  private var entries: [Key: [Entry]] = [:]

  /// - Parameter size: bytes; of a list the number of its entries, for its unmap names no bytes.
  mutating func add(
    _ id: Int64, _ device: DeviceID, _ address: UInt64, _ family: Family, size: UInt64, direction: Direction
  ) {
    entries[Key(device: device, address: address, family: family), default: []].append(
      Entry(id: id, size: size, direction: direction))
  }

  mutating func remove(
    _ device: DeviceID, _ address: UInt64, _ family: Family, size: UInt64, direction: Direction
  ) -> Int64? {
    let key = Key(device: device, address: address, family: family)
    guard var rows = entries[key], !rows.isEmpty else { return nil }
    let best =
      rows.lastIndex { $0.size == size && $0.direction == direction } ?? rows.lastIndex { $0.size == size }
      ?? rows.count - 1
    let id = rows.remove(at: best).id
    entries[key] = rows.isEmpty ? nil : rows
    return id
  }
}
