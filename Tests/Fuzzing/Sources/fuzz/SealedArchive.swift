import Guard

/// Changes to archives that their checksums do not give away: of the others a reader sees the checksum and nothing more.
/// The layout is that of docs/archive.md.
enum SealedArchive {
  private static let magic: [UInt8] = [0x89, 0x44, 0x4d, 0x41, 0x52, 0x43, 0x0d, 0x0a]
  private static let endMagic: [UInt8] = [0x89, 0x44, 0x4d, 0x41, 0x45, 0x4e, 0x44, 0x0a]
  private static let headLength = 16
  private static let indexRowLength = 32

  static func isOne(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count > headLength && bytes.prefix(magic.count).elementsEqual(magic)
  }

  /// Where the payloads of the sections lie, as far as there are sections.
  private static func payloads(_ bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
    var result: [Range<Int>] = []
    var place = headLength
    while place + headLength <= bytes.count,
      bytes[place..<(place + 4)].allSatisfy({ (0x41...0x5a).contains($0) })
    {
      let length = Int(word(bytes, place + 4, as: UInt32.self))
      guard length <= bytes.count - place - headLength else { break }
      result.append(place + headLength..<place + headLength + length)
      place += headLength + length
    }
    return result
  }

  private static func word<T: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ place: Int, as type: T.Type
  ) -> T {
    T(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: T.self))
  }

  private static func put(
    _ value: some FixedWidthInteger, _ bytes: UnsafeMutableRawBufferPointer, _ place: Int
  ) {
    withUnsafeBytes(of: value.littleEndian) {
      UnsafeMutableRawBufferPointer(rebasing: bytes[place...]).copyMemory(from: $0)
    }
  }

  /// Gives each section the checksum of its payload.
  static func seal(_ bytes: UnsafeMutableRawBufferPointer) {
    for payload in payloads(UnsafeRawBufferPointer(bytes)) {
      let head = payload.lowerBound - headLength
      let seed = word(UnsafeRawBufferPointer(bytes), head, as: UInt64.self)
      put(XXHash64.hash(UnsafeRawBufferPointer(rebasing: bytes[payload]), seed: seed), bytes, head + 8)
    }
  }

  /// Has libFuzzer change the payload of one section, and puts length, checksums, index and trailer right.
  ///
  /// - Parameters:
  ///   - bytes: the archive, and room behind its `count` bytes.
  ///   - seed: chooses the section.
  /// - Returns: the new count; nil if there is no section.
  static func changeSection(of bytes: UnsafeMutableRawBufferPointer, _ count: Int, seed: UInt32) -> Int? {
    let all = payloads(UnsafeRawBufferPointer(rebasing: bytes[..<count])).filter { !$0.isEmpty }
    guard let base = bytes.baseAddress, !all.isEmpty else { return nil }
    let old = all[Int(seed) % all.count]
    let tail = Array(bytes[old.upperBound..<count])
    let start = (base + old.lowerBound).assumingMemoryBound(to: UInt8.self)
    let length = change(start, old.count, bytes.count - tail.count - old.lowerBound)
    let end = old.lowerBound + length
    UnsafeMutableRawBufferPointer(rebasing: bytes[end...]).copyBytes(from: tail)
    put(UInt32(length), bytes, old.lowerBound - headLength + 4)
    let result = UnsafeMutableRawBufferPointer(rebasing: bytes[..<(end + tail.count)])
    moveSections(in: result, behind: old.lowerBound, by: length - old.count)
    seal(result)
    return result.count
  }

  /// Puts places in index and trailer right after the sections behind a place have moved.
  private static func moveSections(
    in bytes: UnsafeMutableRawBufferPointer, behind place: Int, by distance: Int
  ) {
    let view = UnsafeRawBufferPointer(bytes)
    func move(_ field: Int) {
      let offset = word(view, field, as: UInt64.self)
      if offset > UInt64(place) { put(offset &+ UInt64(bitPattern: Int64(distance)), bytes, field) }
    }
    for payload in payloads(view) where bytes[payload.lowerBound - headLength] == UInt8(ascii: "I") {
      for row in stride(from: payload.lowerBound, to: payload.upperBound - 7, by: indexRowLength) {
        move(row)
      }
    }
    let trailer = bytes.count - 16
    if trailer > headLength, view[(trailer + 8)...].elementsEqual(endMagic) { move(trailer) }
  }
}
