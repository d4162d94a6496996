/// What a decoder has made of texts that it has met, so that it need not again: text repeats its names, and the lines of call
/// stacks, without end.
///
/// Looking up is a few nanoseconds for each eight bytes. Of bounded size: when it is full, it begins anew.
struct TextMemory: ~Copyable {
  private struct Entry {
    var hash: UInt64 = 0
    var value: UInt64 = 0
    var start = 0
    /// −1 in an empty slot.
    var length = -1
  }

  private static let byteLimit = 1 << 20
  private static let slotCount = 1 << 12
  /// A longer text is not kept.
  private static let longest = 1 << 10

  private let slots: UnsafeMutablePointer<Entry>
  private var bytes: UnsafeMutablePointer<UInt8>
  private var capacity = 1 << 14
  private var used = 0
  private var count = 0

  init() {
    slots = .allocate(capacity: TextMemory.slotCount)
    slots.initialize(repeating: Entry(), count: TextMemory.slotCount)
    bytes = .allocate(capacity: capacity)
  }

  deinit {
    slots.deallocate()
    bytes.deallocate()
  }

  @inline(__always)
  private static func hash(_ text: TextBytes) -> UInt64 {
    var hash = UInt64(truncatingIfNeeded: text.count)
    var position = 0
    while position < text.count {
      hash = (hash ^ text.word(position)) &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash &>> 29
      position &+= 8
    }
    return hash
  }

  /// The value that was kept for a text; nil if there is none.
  @inline(__always)
  func value(of text: TextBytes) -> UInt64? {
    guard text.count <= TextMemory.longest else { return nil }
    let hash = TextMemory.hash(text)
    var slot = Int(truncatingIfNeeded: hash) & (TextMemory.slotCount - 1)
    while slots[slot].length >= 0 {
      if slots[slot].hash == hash, slots[slot].length == text.count, equals(slots[slot].start, text) {
        return slots[slot].value
      }
      slot = (slot &+ 1) & (TextMemory.slotCount - 1)
    }
    return nil
  }

  /// Texts are kept with zeros behind them, up to a whole word.
  @inline(__always)
  private func equals(_ start: Int, _ text: TextBytes) -> Bool {
    var position = 0
    while position < text.count {
      let kept = UnsafeRawPointer(bytes + (start &+ position)).loadUnaligned(as: UInt64.self)
      if UInt64(littleEndian: kept) != text.word(position) { return false }
      position &+= 8
    }
    return true
  }

  /// Keeps the value of a text that has none yet.
  mutating func keep(_ value: UInt64, for text: TextBytes) {
    guard text.count <= TextMemory.longest else { return }
    let length = (text.count + 7) & ~7
    if used + length > TextMemory.byteLimit || 2 * count >= TextMemory.slotCount { forget() }
    reserve(used + length)
    (bytes + used).initialize(repeating: 0, count: length)
    (bytes + used).update(from: text.base, count: text.count)
    let hash = TextMemory.hash(text)
    var slot = Int(truncatingIfNeeded: hash) & (TextMemory.slotCount - 1)
    while slots[slot].length >= 0 { slot = (slot + 1) & (TextMemory.slotCount - 1) }
    slots[slot] = Entry(hash: hash, value: value, start: used, length: text.count)
    used += length
    count += 1
  }

  private mutating func forget() {
    slots.update(repeating: Entry(), count: TextMemory.slotCount)
    (used, count) = (0, 0)
  }

  private mutating func reserve(_ needed: Int) {
    guard needed > capacity else { return }
    while capacity < needed { capacity *= 2 }
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: bytes, count: used)
    bytes.deallocate()
    bytes = larger
  }
}
