/// A compression around a whole input file.
enum Wrapper: String {
  case zstd
  case gzip

  /// The largest content size that a frame may promise before anything is read: one tebibyte.
  static let promiseLimit: UInt64 = 1 << 40

  static func detect(_ start: some Collection<UInt8>) -> Wrapper? {
    if start.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) { return .zstd }
    // A skippable frame (0x184D2A5?) may come before the first zstd frame.
    if let first = start.first, first & 0xf0 == 0x50, start.dropFirst().starts(with: [0x2a, 0x4d, 0x18]) {
      return .zstd
    }
    if start.starts(with: [0x1f, 0x8b]) { return .gzip }
    return nil
  }

  /// Unpacks everything into a temporary file. Damage does not throw: what came before it is returned beside it,
  /// unless nothing did.
  ///
  /// - Parameters:
  ///   - zstdWindow: the most bytes that a zstd frame may have its decoder keep.
  ///   - limits: what the unpacked bytes may come to.
  func unwrap(
    _ source: ByteSource, zstdWindow: UInt64, limits: UnpackingLimits = UnpackingLimits()
  ) throws(TraceError) -> (ByteSource, TraceError?) {
    let packed = ByteStream(source)
    let plain = ByteStream(
      unpacking: Unpacker(self, packed, window: zstdWindow, limits: limits), name: source.name, wakeup: nil)
    var output = try TemporaryFile(for: source.name)
    let damage = try output.copyAll(from: plain)
    if output.written == 0 {
      throw damage
        ?? TraceError(.notATrace, file: source.name, expected: "a trace", found: "an empty \(rawValue) file")
    }
    return (output.finish(), damage)
  }

  /// What is expected where a zstd frame has a larger window.
  static func acceptedWindow(_ bytes: UInt64) -> String {
    "a zstd frame with a window of at most \(bytes >> 20) MiB (--zstd-window sets the limit)"
  }

  /// The binary logarithm of a window, of those that the zstd library takes.
  static func windowLog(_ bytes: UInt64) -> Int32 {
    min(max(10, Int32(UInt64.bitWidth - 1 - max(1, bytes).leadingZeroBitCount)), 31)
  }
}
