import DMAModel

extension OperationProfile {
  private struct Key: Hashable {
    var device: String
    var operation: Operation
    var direction: Direction
  }

  static func merged(_ a: [OperationProfile], _ b: [OperationProfile]) -> [OperationProfile] {
    mergedRows(
      a, b, key: { Key(device: $0.device, operation: $0.operation, direction: $0.direction) },
      add: { row, other in
        row.apiCalls &+= other.apiCalls
        row.maintenance += other.maintenance
        row.work += other.work
        row.bouncedBytes &+= other.bouncedBytes
        row.iotlbInvalidations &+= other.iotlbInvalidations
      }
    ).sorted { $0.precedes($1) }
  }
}

extension CallSiteProfile {
  private struct Key: Hashable {
    var frames: [String]
    var device: String
    var operation: Operation
  }

  static func merged(_ a: [CallSiteProfile], _ b: [CallSiteProfile]) -> [CallSiteProfile] {
    mergedRows(
      a, b, key: { Key(frames: $0.frames, device: $0.device, operation: $0.operation) },
      add: { row, other in
        row.caller = min(row.caller, other.caller)
        row.apiCalls &+= other.apiCalls
        row.maintenance += other.maintenance
        row.work += other.work
        row.bouncedBytes &+= other.bouncedBytes
        row.iotlbInvalidations &+= other.iotlbInvalidations
      }
    ).sorted { $0.precedes($1) }
  }
}

extension TaskProfile {
  /// The most process ids that a sum lists for a name: the smallest.
  public static let mergedPIDLimit = 256

  static func merged(_ a: [TaskProfile], _ b: [TaskProfile]) -> [TaskProfile] {
    mergedRows(
      a, b, key: \.name,
      add: { row, other in
        row.pids = Array(Set(row.pids).union(other.pids).sorted().prefix(mergedPIDLimit))
        row.apiCalls &+= other.apiCalls
        row.work += other.work
        row.bouncedBytes &+= other.bouncedBytes
        row.iotlbInvalidations &+= other.iotlbInvalidations
      }
    ).sorted { $0.precedes($1) }
  }
}

extension Avoidable {
  private struct Key: Hashable {
    var kind: Kind
    var device: String
    var direction: Direction
    var callSite: String
  }

  /// In no order: that depends on prices.
  static func merged(_ a: [Avoidable], _ b: [Avoidable]) -> [Avoidable] {
    mergedRows(
      a, b,
      key: { Key(kind: $0.kind, device: $0.device, direction: $0.direction, callSite: $0.callSite) },
      add: { row, other in
        row.calls &+= other.calls
        row.ofCalls &+= other.ofCalls
        row.work += other.work
        row.bouncedBytes &+= other.bouncedBytes
        row.iotlbInvalidations &+= other.iotlbInvalidations
        row.memoryBytes &+= other.memoryBytes
        row.isUpperBound = row.isUpperBound || other.isUpperBound
      })
  }
}

extension PoolProfile {
  private struct Key: Hashable, Comparable {
    var device: String
    var name: String
    var blockSize: UInt64
    var alignment: UInt64
    var boundary: UInt64

    static func < (a: Key, b: Key) -> Bool {
      (a.device, a.name, a.blockSize, a.alignment, a.boundary)
        < (b.device, b.name, b.blockSize, b.alignment, b.boundary)
    }
  }

  private var key: Key {
    Key(device: device, name: name, blockSize: blockSize, alignment: alignment, boundary: boundary)
  }

  static func merged(_ a: [PoolProfile], _ b: [PoolProfile]) -> [PoolProfile] {
    mergedRows(
      a, b, key: \.key,
      add: { pool, other in
        pool.allocations &+= other.allocations
        pool.frees &+= other.frees
        pool.live &+= other.live
        pool.peak = max(pool.peak, other.peak)
        pool.failed &+= other.failed
        pool.created = pool.created || other.created
        pool.destroyed = pool.destroyed && other.destroyed
      }
    ).sorted { $0.key < $1.key }
  }
}

extension LiveMapping {
  static func merged(_ a: [LiveMapping], _ b: [LiveMapping]) -> [LiveMapping] {
    let all = a + b
    guard all.count > Profile.mergedLiveLimit else { return all.sorted { $0.precedes($1) } }
    let oldest = all.sorted { $0.age != $1.age ? $0.age > $1.age : $0.precedes($1) }
    return oldest.prefix(Profile.mergedLiveLimit).sorted { $0.precedes($1) }
  }

  private func precedes(_ other: LiveMapping) -> Bool {
    if device != other.device { return device < other.device }
    let (a, b) = (place, other.place)
    if a != b { return a < b }
    if state != other.state { return state < other.state }
    return (kind.rawValue, task, callSite) < (other.kind.rawValue, other.task, other.callSite)
  }

  private var place: (UInt64, UInt64, UInt64, UInt8) { (busAddress, mappedAt, size, direction.rawValue) }

  private var state: (UInt64, Int, UInt64, Int) {
    (age, physicalAddress == nil ? 0 : 1, physicalAddress ?? 0, uncertain ? 1 : 0)
  }
}
