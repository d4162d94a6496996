import CZstd
import Testing

/// The bytes of a trace.dat, and where its parts lie: enough to damage it at a chosen place. Written from
/// trace-cmd.dat.v7(5) and trace-cmd.dat.v6(5), little-endian files only; it shares nothing with the reader.
struct Recording {
  var bytes: [UInt8]

  init(_ fixture: String) throws {
    bytes = try Fixture.bytes(fixture)
    if fixture.hasSuffix(".zst") { bytes = try unpackZstd(bytes) }
    try #require(bytes.starts(with: [0x17, 0x08, 0x44]))
  }

  func number(at offset: Int, _ width: Int) -> Int {
    (0..<width).reduce(0) { $0 | Int(bytes[offset + $1]) << ($1 * 8) }
  }

  mutating func put(_ value: UInt64, at offset: Int, _ width: Int) {
    for index in 0..<width { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (index * 8)) }
  }

  /// Where a string that begins at `offset` ends, its zero included.
  func end(ofStringAt offset: Int) -> Int { (bytes[offset...].firstIndex(of: 0) ?? bytes.count - 1) + 1 }

  /// Page size: behind the magic (10), the version and its zero (2), the byte order and the size of a long.
  static let pageSize = 14

  // MARK: Version 7

  /// Where the header says where the options begin: behind the compression's name and version.
  var optionsPointer: Int { end(ofStringAt: end(ofStringAt: 18)) }

  /// The first section: number, flags, description, size.
  var firstSection: Int { optionsPointer + 8 }

  /// The BUFFER options' entries for CPUs: the number of each, where its data begins, how many bytes it has.
  var cpuEntries: [Int] { options.cpuEntries }

  /// Where the last section of options ends. What follows, names for the sections, nothing refers to.
  var endOfOptions: Int { options.end }

  private var options: (cpuEntries: [Int], end: Int) {
    var entries: [Int] = []
    var end = 0
    var section = number(at: optionsPointer, 8)
    while section != 0 {
      end = section + 16 + number(at: section + 8, 8)
      var option = section + 16
      section = 0
      while option + 6 <= end {
        let (id, size) = (number(at: option, 2), number(at: option + 2, 4))
        if id == 0 {
          section = number(at: option + 6, 8)
          break
        }
        if id == 3 {
          let count = self.end(ofStringAt: self.end(ofStringAt: option + 14)) + 4
          entries += (0..<number(at: count, 4)).map { count + 4 + $0 * 20 }
        }
        option += 6 + size
      }
    }
    return (entries, end)
  }
}

/// What is inside one zstd frame.
func unpackZstd(_ packed: [UInt8]) throws -> [UInt8] {
  let size = ZSTD_getFrameContentSize(packed, packed.count)
  try #require(size < 1 << 28)
  var result = [UInt8](repeating: 0, count: Int(size))
  let written = ZSTD_decompress(&result, result.count, packed, packed.count)
  try #require(ZSTD_isError(written) == 0 && written == result.count)
  return result
}

/// One zstd frame around `bytes`.
func packZstd(_ bytes: [UInt8]) throws -> [UInt8] {
  var result = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
  let written = ZSTD_compress(&result, result.count, bytes, bytes.count, 1)
  try #require(ZSTD_isError(written) == 0)
  return Array(result.prefix(written))
}

/// Numbers that are the same on every run (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", 2014).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
