/// The first bytes of a block of events: how much it holds.
struct BlockHead: Sendable {
  var events = 0
  /// Numbers of scatterlists.
  var segments = 0
  /// Nanoseconds of the first and of the latest event.
  var firstTime: UInt64 = 0
  var lastTime: UInt64 = 0
  /// Nanoseconds that the recorder's clock advances at a time, with 32 bits behind the point; 0 if not known: then times
  /// are in nanoseconds.
  var tick: UInt64 = 0
  var predictors = 0
  var planes = 0

  static let byteCount = 40
  /// Ticks are shorter than this, so that no product of 16 bits and one overflows.
  static let tickLimit: UInt64 = 1 << 47

  init() {}

  /// - Returns: nil where something is out of range.
  init?(_ payload: UnsafeRawBufferPointer) {
    guard payload.count >= BlockHead.byteCount else { return nil }
    func half(_ place: Int) -> Int {
      Int(UInt32(littleEndian: payload.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
    }
    func word(_ place: Int) -> UInt64 {
      UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }
    (events, segments, predictors, planes) = (half(0), half(4), half(32), half(36))
    (firstTime, lastTime, tick) = (word(8), word(16), word(24))
    guard (1...ArchiveLayout.eventsPerBlock).contains(events), segments <= ArchiveLayout.segmentLimit,
      predictors <= ArchiveLayout.eventsPerBlock, tick < BlockHead.tickLimit,
      planes <= Int(BlockColumn.limit) * 8,
      planes * BlockPlane.byteCount <= payload.count - BlockHead.byteCount
    else { return nil }
  }

  func write(to bytes: inout ArchiveBytes) {
    bytes.put(UInt32(truncatingIfNeeded: events))
    bytes.put(UInt32(truncatingIfNeeded: segments))
    bytes.put(firstTime)
    bytes.put(lastTime)
    bytes.put(tick)
    bytes.put(UInt32(truncatingIfNeeded: predictors))
    bytes.put(UInt32(truncatingIfNeeded: planes))
  }
}

/// A row of a block's directory: one byte of each number of a column, and how these bytes are stored.
struct BlockPlane {
  enum Coding: UInt8 {
    case plain = 0
    /// One zstd frame.
    case zstd = 1
    /// One byte, which all are.
    case constant = 2
  }

  var column: UInt8
  var plane: UInt8
  var coding: UInt8
  /// Bytes, and bytes as stored.
  var length: Int
  var stored: Int

  static let byteCount = 12

  init(_ payload: UnsafeRawBufferPointer, at place: Int) {
    (column, plane, coding) = (payload[place], payload[place + 1], payload[place + 2])
    length = Int(UInt32(littleEndian: payload.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self)))
    stored = Int(UInt32(littleEndian: payload.loadUnaligned(fromByteOffset: place + 8, as: UInt32.self)))
  }

  /// The directory behind a head that is sound.
  static func rows(_ payload: UnsafeRawBufferPointer, _ head: BlockHead) -> [BlockPlane] {
    (0..<head.planes).map { BlockPlane(payload, at: BlockHead.byteCount + $0 * byteCount) }
  }

  init(column: BlockColumn, plane: Int, coding: Coding, length: Int, stored: Int) {
    (self.column, self.plane, self.coding) = (
      column.rawValue, UInt8(truncatingIfNeeded: plane), coding.rawValue
    )
    (self.length, self.stored) = (length, stored)
  }

  func write(to bytes: inout ArchiveBytes) {
    bytes.put(column)
    bytes.put(plane)
    bytes.put(coding)
    bytes.put(UInt8(0))
    bytes.put(UInt32(truncatingIfNeeded: length))
    bytes.put(UInt32(truncatingIfNeeded: stored))
  }
}

/// What is wrong inside a block whose checksum is right.
struct BlockFault: Error {
  var expected: String
  var found: String
}
