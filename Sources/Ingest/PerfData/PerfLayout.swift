// Numbers and layouts of perf.data: include/uapi/linux/perf_event.h, and tools/perf/Documentation/perf.data-file-format.txt.

/// The types of records that matter.
enum PerfRecord {
  static let mmap: UInt32 = 1
  static let lost: UInt32 = 2
  static let comm: UInt32 = 3
  static let fork: UInt32 = 7
  static let sample: UInt32 = 9
  static let mmap2: UInt32 = 10
  static let lostSamples: UInt32 = 13
  static let kernelSymbol: UInt32 = 17
  static let attribute: UInt32 = 64
  static let tracingData: UInt32 = 66
  static let finishedRound: UInt32 = 68
  static let auxTrace: UInt32 = 71
  static let feature: UInt32 = 80
  static let compressed: UInt32 = 81
  static let compressed2: UInt32 = 83

  /// Bytes of the header: type, misc, size.
  static let headerSize = 8
}

/// The header's features that matter.
enum PerfFeature {
  static let tracingData = 1
  static let release = 4
  static let architecture = 6
  static let cpus = 7
  static let count = 256
}

/// What a sample of one event consists of, in this order.
struct PerfAttribute: Equatable {
  var sampleType: UInt64 = 0
  var readFormat: UInt64 = 0
  /// Whether other records, too, end with task, time, and CPU.
  var hasTrailer = false

  static let ip: UInt64 = 1 << 0
  static let task: UInt64 = 1 << 1
  static let time: UInt64 = 1 << 2
  static let address: UInt64 = 1 << 3
  static let read: UInt64 = 1 << 4
  static let callChain: UInt64 = 1 << 5
  static let id: UInt64 = 1 << 6
  static let cpu: UInt64 = 1 << 7
  static let period: UInt64 = 1 << 8
  static let streamID: UInt64 = 1 << 9
  static let raw: UInt64 = 1 << 10
  static let identifier: UInt64 = 1 << 16

  /// Where samples carry the number of their event; nil if they do not. perf sees to it that it is the same place in all.
  var placeOfNumber: Int? {
    if sampleType & PerfAttribute.identifier != 0 { return 0 }
    guard sampleType & PerfAttribute.id != 0 else { return nil }
    let before = PerfAttribute.ip | PerfAttribute.task | PerfAttribute.time | PerfAttribute.address
    return 8 * (sampleType & before).nonzeroBitCount
  }

  /// Reads a `perf_event_attr`, whose second word is its size.
  init?(_ bytes: PerfBytes) {
    guard bytes.count >= 48 else { return nil }
    sampleType = bytes.u64(24)
    readFormat = bytes.u64(32)
    // Bit fields begin at the end of the word that the byte order has first.
    let sampleIDAll: UInt64 = bytes.bigEndian ? 63 - 18 : 18
    hasTrailer = bytes.u64(40) >> sampleIDAll & 1 != 0
  }
}

/// Bytes in memory, read in the recording's byte order. Reading past the end gives 0; `count` is to be asked before.
struct PerfBytes {
  let base: UnsafeRawPointer
  let count: Int
  let bigEndian: Bool

  @inline(__always)
  func u64(_ offset: Int) -> UInt64 {
    guard offset >= 0, offset + 8 <= count else { return 0 }
    let value = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    return bigEndian ? value.byteSwapped : value
  }

  @inline(__always)
  func u32(_ offset: Int) -> UInt32 {
    guard offset >= 0, offset + 4 <= count else { return 0 }
    let value = base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return bigEndian ? value.byteSwapped : value
  }

  @inline(__always)
  func u16(_ offset: Int) -> UInt16 {
    guard offset >= 0, offset + 2 <= count else { return 0 }
    let value = base.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
    return bigEndian ? value.byteSwapped : value
  }

  /// The bytes from `offset` on, at most `length` of them.
  @inline(__always)
  func from(_ offset: Int, length: Int = .max) -> PerfBytes {
    let start = min(max(0, offset), count)
    return PerfBytes(base: base + start, count: min(length, count - start), bigEndian: bigEndian)
  }

  /// The text up to the first zero.
  var text: String {
    UnsafeRawBufferPointer(start: base, count: count).prefix { $0 != 0 }.withContiguousStorageIfAvailable {
      String(decoding: $0, as: UTF8.self)
    } ?? ""
  }
}
