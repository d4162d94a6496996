import DMAModel

/// A reader thread's own memory of names that it has met, so that the shared table is asked once for each.
///
/// Looking up a known name hashes and compares its bytes: a few nanoseconds, no lock, no allocation.
struct LocalNames: ~Copyable {
  private struct Entry {
    var hash: UInt64
    var start: Int32
    var length: Int32
    var number: UInt32
  }

  /// A name of 8 to 16 bytes: its first 8, its last 8 and its length are all of it.
  private struct ShortName {
    var first: UInt64 = 0
    var last: UInt64 = 0
    var length = 0
    var number: UInt32 = 0
  }

  private let shared: NameTable
  /// Addresses of devices are so short, and every event has one: each has a place by its bytes.
  private let shortNames: UnsafeMutablePointer<ShortName>
  private static let shortNameCount = 64
  private var slots: [Entry]
  private var used = 0
  private var bytes: [UInt8] = []
  private var last = Entry(hash: 0, start: 0, length: -1, number: 0)

  init(_ shared: NameTable) {
    self.shared = shared
    slots = [Entry](repeating: Entry(hash: 0, start: 0, length: -1, number: 0), count: 256)
    shortNames = .allocate(capacity: LocalNames.shortNameCount)
    shortNames.initialize(repeating: ShortName(), count: LocalNames.shortNameCount)
  }

  deinit { shortNames.deallocate() }

  /// The number of the name made of these bytes, up to a terminating zero.
  @inline(__always)
  mutating func number(_ pointer: UnsafePointer<UInt8>, _ limit: Int) -> UInt32 {
    // The recorded length usually counts the terminator; anything after a zero is padding.
    var length = limit
    if length > 0 && pointer[length - 1] == 0 { length -= 1 }
    guard length >= 8, length <= 16 else { return longNumber(pointer, length) }
    let bytes = UnsafeRawPointer(pointer)
    let first = bytes.loadUnaligned(as: UInt64.self)
    let last = bytes.loadUnaligned(fromByteOffset: length - 8, as: UInt64.self)
    let mixed = (first ^ last &* 0x9e37_79b9_7f4a_7c15) &* 0xc2b2_ae3d_27d4_eb4f
    let place = shortNames + Int(truncatingIfNeeded: mixed >> 58)
    if place.pointee.first == first, place.pointee.last == last, place.pointee.length == length {
      return place.pointee.number
    }
    let number = find(pointer, length)
    place.pointee = ShortName(first: first, last: last, length: length, number: number)
    return number
  }

  private mutating func longNumber(_ pointer: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    if length == Int(last.length) && equal(last, pointer) { return last.number }
    return find(pointer, length)
  }

  @inline(__always)
  private func equal(_ entry: Entry, _ pointer: UnsafePointer<UInt8>) -> Bool {
    bytes.withUnsafeBufferPointer { stored in
      guard let base = stored.baseAddress else { return entry.length == 0 }
      let known = base + Int(entry.start)
      var index = 0
      let length = Int(entry.length)
      while index + 8 <= length {
        let a = UnsafeRawPointer(known + index).loadUnaligned(as: UInt64.self)
        let b = UnsafeRawPointer(pointer + index).loadUnaligned(as: UInt64.self)
        if a != b { return false }
        index += 8
      }
      while index < length {
        if known[index] != pointer[index] { return false }
        index += 1
      }
      return true
    }
  }

  private mutating func find(_ pointer: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in 0..<length { hash = (hash ^ UInt64(pointer[index])) &* 0x0000_0100_0000_01b3 }
    var slot = Int(truncatingIfNeeded: hash ^ hash >> 32) & (slots.count - 1)
    while slots[slot].length >= 0 {
      if slots[slot].hash == hash, Int(slots[slot].length) == length, equal(slots[slot], pointer) {
        last = slots[slot]
        return last.number
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    let name = UnsafeBufferPointer(start: pointer, count: length)
    let number = shared.intern(name.text)
    // A hostile recording may hold names without end: past some thousands they are looked up in the shared table.
    guard used < 4096, bytes.count < 1 << 20 else { return number }
    last = Entry(hash: hash, start: Int32(bytes.count), length: Int32(length), number: number)
    bytes.append(contentsOf: name)
    slots[slot] = last
    used += 1
    if used * 2 > slots.count { rehash() }
    return number
  }

  private mutating func rehash() {
    let old = slots
    slots = [Entry](
      repeating: Entry(hash: 0, start: 0, length: -1, number: 0), count: old.count * 2)
    for entry in old where entry.length >= 0 {
      var slot = Int(truncatingIfNeeded: entry.hash ^ entry.hash >> 32) & (slots.count - 1)
      while slots[slot].length >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = entry
    }
  }
}

/// A reader thread's own memory of the call stacks that it has met.
struct LocalStacks: ~Copyable {
  private let shared: StackTable
  private var numbers: [UInt64: StackID] = [:]
  /// The last stacks, each in a place by its hash: most are met again soon. No stack has number 0.
  private let recent: UnsafeMutablePointer<(hash: UInt64, number: StackID)>
  private static let recentCount = 256

  init(_ shared: StackTable) {
    self.shared = shared
    recent = .allocate(capacity: LocalStacks.recentCount)
    recent.initialize(repeating: (0, 0), count: LocalStacks.recentCount)
  }

  deinit { recent.deallocate() }

  /// The number of a stack. Two stacks are taken for the same if 64 bits of hash agree within one thread's reading.
  mutating func number(_ frames: UnsafeBufferPointer<UInt64>) -> StackID {
    var hash: UInt64 = 0x9e37_79b9_7f4a_7c15 &+ UInt64(frames.count)
    for frame in frames {
      hash = (hash ^ frame) &* 0xff51_afd7_ed55_8ccd
      hash ^= hash >> 32
    }
    let place = recent + Int(truncatingIfNeeded: hash & UInt64(LocalStacks.recentCount - 1))
    if place.pointee.hash == hash, place.pointee.number != 0 { return place.pointee.number }
    let number = numbers[hash] ?? intern(frames, hash)
    place.pointee = (hash, number)
    return number
  }

  private mutating func intern(_ frames: UnsafeBufferPointer<UInt64>, _ hash: UInt64) -> StackID {
    let number = shared.intern(Array(frames), hash: hash)
    if numbers.count < StackTable.limit { numbers[hash] = number }
    return number
  }
}
