import DMAModel

/// The arrays of a scatterlist's line, as they stand in it.
struct TextLists {
  var physical: UnsafeBufferPointer<UInt8>?
  var bus: UnsafeBufferPointer<UInt8>?
  var lengths: UnsafeBufferPointer<UInt8>?
  var hasNents = false
  var hasEnts = false

  /// Puts the numbers of the arrays into the batch, and where they are into the event.
  func append(to batch: EventBatch, _ event: inout Event) {
    event.segments = UInt32(batch.segmentCount)
    let limit = { (isRecorded: Bool, count: Int32) in isRecorded ? max(0, Int(count)) : Int(UInt16.max) }
    let physical = append(physical, 8, limit(hasNents, event.nents), batch)
    let busStart = batch.segmentCount
    let bus = append(bus, 8, limit(hasEnts, event.ents), batch)
    let lengths = append(lengths, 4, bus, batch)
    event.physicalCount = UInt16(physical)
    // Addresses without their lengths, or the other way round, cannot be placed.
    if lengths == bus { event.busCount = UInt16(bus) } else { batch.dropSegments(from: busStart) }
    if !hasNents { event.nents = Int32(physical) }
    if !hasEnts { event.ents = Int32(event.busCount) }
  }

  /// The numbers of `{0x1000,0x2000}`, or of `ARRAY[00, 10, …]`, which is bytes as they lay in a little-endian machine's memory.
  ///
  /// - Returns: how many there are, at most `limit`.
  private func append(
    _ text: UnsafeBufferPointer<UInt8>?, _ width: Int, _ limit: Int, _ batch: EventBatch
  ) -> Int {
    guard let text, text.count > 1 else { return 0 }
    let isRaw = text[0] == 0x41
    let limit = min(limit, Int(UInt16.max))
    var (count, position) = (0, isRaw ? 6 : 1)
    if !isRaw, let line = TextBytes(text) {
      while count < limit, let (value, end) = TextLists.usual(line, position) {
        batch.reserveSegments(1).pointee = value
        (count, position) = (count + 1, end)
      }
    }
    return appendAny(text.dropFirst(position), isRaw, width, count, limit, batch)
  }

  /// `0x1000,` or `0x1000}`, and where it ends.
  @inline(__always)
  private static func usual(_ text: TextBytes, _ position: Int) -> (UInt64, Int)? {
    guard text.word(position) & 0xffff == 0x7830, let (value, end) = text.hexadecimal(position &+ 2),
      text[end] == 0x2c || text[end] == 0x7d
    else { return nil }
    return (value, end &+ 1)
  }

  private func appendAny(
    _ text: Slice<UnsafeBufferPointer<UInt8>>, _ isRaw: Bool, _ width: Int, _ before: Int, _ limit: Int,
    _ batch: EventBatch
  ) -> Int {
    var (count, value, digits, bytes) = (before, UInt64(0), 0, 0)
    for byte in text {
      var digit = byte &- 0x30
      if digit >= 10 { digit = (byte | 0x20) &- 0x57 }
      if digit < 16, byte != 0x78 {
        value =
          isRaw
          ? value | UInt64(digit) << UInt64((8 * bytes + (digits == 0 ? 4 : 0)) & 63)
          : value << 4 | UInt64(digit)
        digits += 1
        continue
      }
      guard byte == 0x2c || byte == 0x7d || byte == 0x5d, digits > 0 else { continue }
      digits = 0
      bytes += 1
      if isRaw, bytes < width { continue }
      guard count < limit else { return count }
      batch.reserveSegments(1).pointee = value
      count += 1
      (value, bytes) = (0, 0)
    }
    return count
  }
}
