/// XXH64, the 64-bit checksum of the sections of an archive (xxHash specification, section "XXH64 algorithm").
enum XXHash64 {
  private static let primes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0x9e37_79b1_85eb_ca87, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9, 0x85eb_ca77_c2b2_ae63,
    0x27d4_eb2f_1656_67c5
  )

  @inline(__always)
  private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value << count | value >> (64 - count)
  }

  @inline(__always)
  private static func round(_ sum: UInt64, _ word: UInt64) -> UInt64 {
    rotated(sum &+ word &* primes.1, 31) &* primes.0
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
  }

  /// The checksum of some bytes.
  static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
    var place = 0
    var sum: UInt64
    if bytes.count >= 32 {
      sum = lanes(bytes, seed, &place)
    } else {
      sum = seed &+ primes.4
    }
    sum = sum &+ UInt64(bytes.count)
    while place + 8 <= bytes.count {
      sum = rotated(sum ^ round(0, word(bytes, place)), 27) &* primes.0 &+ primes.3
      place += 8
    }
    if place + 4 <= bytes.count {
      let half = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      sum = rotated(sum ^ UInt64(half) &* primes.0, 23) &* primes.1 &+ primes.2
      place += 4
    }
    while place < bytes.count {
      sum = rotated(sum ^ UInt64(bytes[place]) &* primes.4, 11) &* primes.0
      place += 1
    }
    sum = (sum ^ sum >> 33) &* primes.1
    sum = (sum ^ sum >> 29) &* primes.2
    return sum ^ sum >> 32
  }

  /// Four sums side by side over all whole stretches of 32 bytes.
  private static func lanes(_ bytes: UnsafeRawBufferPointer, _ seed: UInt64, _ place: inout Int) -> UInt64 {
    var (a, b) = (seed &+ primes.0 &+ primes.1, seed &+ primes.1)
    var (c, d) = (seed, seed &- primes.0)
    while place + 32 <= bytes.count {
      a = round(a, word(bytes, place))
      b = round(b, word(bytes, place + 8))
      c = round(c, word(bytes, place + 16))
      d = round(d, word(bytes, place + 24))
      place += 32
    }
    var sum = rotated(a, 1) &+ rotated(b, 7) &+ rotated(c, 12) &+ rotated(d, 18)
    for lane in [a, b, c, d] { sum = (sum ^ round(0, lane)) &* primes.0 &+ primes.3 }
    return sum
  }
}
