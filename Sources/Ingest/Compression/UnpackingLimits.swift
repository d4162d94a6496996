/// What unpacked bytes may come to, in proportion to the packed ones: a bomb packs many thousands to one, the emptiest of
/// ring buffers a few hundred.
struct UnpackingLimits {
  /// Unpacked bytes for each packed one, past `freeBytes`.
  var ratio: UInt64 = 4096
  var freeBytes: UInt64 = 256 << 20

  func isBomb(packed: UInt64, unpacked: UInt64) -> Bool {
    unpacked > freeBytes && unpacked / max(1, packed) > ratio
  }

  var description: String { "at most \(ratio) unpacked bytes for each packed one" }
}
