import DMAModel

/// The frame of an archive: a head, sections one after another, an index as the last of them, a trailer
/// (docs/archive.md). All numbers are little-endian.
enum ArchiveLayout {
  static let magic: [UInt8] = [0x89, 0x44, 0x4d, 0x41, 0x52, 0x43, 0x0d, 0x0a]
  static let endMagic: [UInt8] = [0x89, 0x44, 0x4d, 0x41, 0x45, 0x4e, 0x44, 0x0a]
  /// What this program writes, and the newest that it reads. A change that an older reader would misread raises it.
  static let version: UInt16 = 1
  /// Bytes of the magic, the version, and zeros.
  static let headLength = 16
  static let sectionHeadLength = 16
  static let trailerLength = 16

  /// The most events in a block; numbers of shapes have 16 bits.
  static let eventsPerBlock = 1 << 16
  /// A block takes no further event once it has so many numbers of scatterlists; one more may bring three times 65,535.
  static let segmentsPerBlock = 1 << 18
  static let segmentLimit = segmentsPerBlock + 3 * 65_535
  /// The most bytes of a section as stored, and of what its payload unpacks to.
  static let sectionLimit = 64 << 20
  static let unpackedLimit = 32 << 20

  /// The most bytes that facts, or the tables of a block, may unpack to from so many as stored.
  static func unpackedLimit(from stored: Int) -> Int { min(unpackedLimit, 4 << 20 + 64 * stored) }

  /// The same of the tables of all blocks: what they name is kept. Call stacks of a recording that has little else come to ten
  /// times the bytes as stored.
  static func tablesLimit(from stored: Int) -> Int { 4 << 20 + 24 * stored }

  /// What a section holds: four letters.
  enum Kind: UInt32 {
    /// "OPEN": what was known of the recording before its events.
    case opening = 0x4e45_504f
    /// "EVTS": a block of events.
    case events = 0x5354_5645
    /// "DONE": what is known of the recording after its events.
    case closing = 0x454e_4f44
    /// "PROF": the profile of the events.
    case profile = 0x464f_5250
    /// "INDX": where the sections are.
    case index = 0x5844_4e49
  }
}

/// The first 16 bytes of a section: kind, length of the payload, XXH64 of the payload with kind and length as the seed.
struct SectionHead: Equatable {
  var kind: UInt32
  var length: UInt32
  var check: UInt64

  var seed: UInt64 { UInt64(kind) | UInt64(length) << 32 }

  init(_ kind: ArchiveLayout.Kind, payload: [UInt8]) {
    self.kind = kind.rawValue
    length = UInt32(truncatingIfNeeded: payload.count)
    check = 0
    let seed = seed
    check = payload.withUnsafeBytes { XXHash64.hash($0, seed: seed) }
  }

  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == ArchiveLayout.sectionHeadLength else { return nil }
    var cursor = ByteCursor(Array(bytes), bigEndian: false, file: "", base: 0)
    guard let kind = try? cursor.number(4, ""), let length = try? cursor.number(4, ""),
      let check = try? cursor.number(8, "")
    else { return nil }
    (self.kind, self.length, self.check) = (UInt32(kind), UInt32(length), check)
  }

  var bytes: [UInt8] {
    var bytes = ArchiveBytes()
    bytes.put(kind)
    bytes.put(length)
    bytes.put(check)
    return bytes.bytes
  }

  /// Whether its kind is made of four printable letters, as those of later versions will be.
  var isPlausible: Bool {
    (0..<4).allSatisfy { (0x41...0x5a).contains(UInt8(truncatingIfNeeded: kind >> (8 * $0))) }
      && length <= UInt32(ArchiveLayout.sectionLimit)
  }
}

/// Bytes put down one after another, little-endian.
struct ArchiveBytes {
  var bytes: [UInt8] = []

  mutating func put<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// A text with its length in bytes before it, in 32 bits.
  mutating func put(_ text: String) {
    put(UInt32(truncatingIfNeeded: text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }
}

/// The numbers by which archives know the calls; they never change, whatever becomes of `Call`.
///
/// To add one: a row at the end, in docs/archive.md too, and a higher `ArchiveLayout.version`.
enum ArchiveCall {
  static let calls: [Call] = [
    .lost, .mapPage, .mapResource, .unmapPage, .unmapResource, .mapScatterlist, .mapScatterlistFailed,
    .unmapScatterlist, .syncSingleForCPU, .syncSingleForDevice, .syncScatterlistForCPU,
    .syncScatterlistForDevice, .mappingError, .allocate, .free, .allocatePages, .freePages,
    .allocateScatterTable, .allocateScatterTableFailed, .freeScatterTable, .poolCreate, .poolAllocate,
    .poolFree, .poolDestroy, .declareMemory, .releaseDeclaredMemory, .markDeclaredMemoryOccupied, .cacheSync,
    .isConsistent, .cacheAlignment, .setMask, .setCoherentMask, .setMaskAndCoherent, .getRequiredMask,
    .maxMappingSize, .supported, .driverBound, .driverUnbound, .swiotlbBounced, .iommuMap, .iommuUnmap,
    .iommuFault, .archSyncForDevice, .archSyncForCPU, .archPrepareCoherent,
  ]

  static func number(_ call: Call) -> UInt8 { numbers[Int(call.rawValue)] }

  private static let numbers: [UInt8] = {
    var numbers = [UInt8](repeating: 0, count: 256)
    for (number, call) in calls.enumerated() { numbers[Int(call.rawValue)] = UInt8(number) }
    return numbers
  }()
}
