import Synchronization

/// The distinct names of a recording (devices, pools), each kept once and known by a number.
///
/// Number 0 is the empty name. Safe to use from several threads; readers keep a cache of their own before it.
/// A recording with more than `limit` names, or more than `byteLimit` bytes of them, gets one number for all further
/// ones, so that hostile input cannot grow it without bound.
public final class NameTable: Sendable {
  private struct Storage {
    var names: [String] = [""]
    var numbers: [String: UInt32] = ["": 0]
    var bytes = 0
  }

  /// The most names kept, the empty one included.
  public static let limit = 1 << 16
  /// Once the names come to so many bytes, no further one is kept.
  public static let byteLimit = 1 << 24
  private let storage = Mutex(Storage())

  public init() {}

  /// The number of `name`; the same name always has the same number.
  public func intern(_ name: String) -> UInt32 {
    storage.withLock { storage in
      if let known = storage.numbers[name] { return known }
      let full = storage.names.count >= NameTable.limit - 1 || storage.bytes >= NameTable.byteLimit
      let kept = full ? "(further names)" : name
      if let known = storage.numbers[kept] { return known }
      let number = UInt32(storage.names.count)
      storage.names.append(kept)
      storage.numbers[kept] = number
      storage.bytes += kept.utf8.count
      return number
    }
  }

  /// The name with this number, or the empty string if there is none.
  public subscript(number: UInt32) -> String {
    storage.withLock { Int(number) < $0.names.count ? $0.names[Int(number)] : "" }
  }

  /// How many numbers are in use: valid numbers are 0 ..< count.
  public var count: Int { storage.withLock { $0.names.count } }
}

/// The distinct call stacks of a recording, innermost frame first, each kept once and known by a number.
///
/// Number 0 is "no stack"; past `limit` stacks or `frameLimit` frames, further ones are not kept and get 0.
public final class StackTable: Sendable {
  private struct Storage {
    var starts: [Int] = [0, 0]
    var frames: [UInt64] = []
    var numbers: [UInt64: [StackID]] = [:]
  }

  public static let limit = 1 << 18
  public static let frameLimit = 1 << 22
  private let storage = Mutex(Storage())

  public init() {}

  /// The number of this stack, given its frames and a hash of them that the caller has anyway.
  public func intern(_ frames: [UInt64], hash: UInt64) -> StackID {
    storage.withLock { storage in
      for number in storage.numbers[hash] ?? [] {
        let range = storage.starts[Int(number)]..<storage.starts[Int(number) + 1]
        if storage.frames[range].elementsEqual(frames) { return number }
      }
      let number = storage.starts.count - 1
      guard number < StackTable.limit, storage.frames.count + frames.count <= StackTable.frameLimit
      else { return 0 }
      let needed = storage.frames.count + frames.count
      // Twice as much, as arrays do, would be mebibytes for nothing.
      if needed > storage.frames.capacity { storage.frames.reserveCapacity(needed + needed / 4) }
      storage.frames.append(contentsOf: frames)
      storage.starts.append(storage.frames.count)
      storage.numbers[hash, default: []].append(StackID(number))
      return StackID(number)
    }
  }

  /// The return addresses of a stack, innermost first; empty for number 0.
  public subscript(number: StackID) -> [UInt64] {
    storage.withLock { storage in
      guard Int(number) + 1 < storage.starts.count else { return [] }
      return Array(storage.frames[storage.starts[Int(number)]..<storage.starts[Int(number) + 1]])
    }
  }

  /// How many numbers are in use: valid numbers are 1 ..< count.
  public var count: Int { storage.withLock { $0.starts.count - 1 } }
}
