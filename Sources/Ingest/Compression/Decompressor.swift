import CZlib
import CZstd

/// The compression of the chunks inside a trace.dat, by the name that its header gives.
enum ChunkCompression: String, Sendable {
  case none
  case zstd
  case zlib
}

/// Unpacks independent chunks; one for each thread, since it keeps the library's working memory.
final class Decompressor {
  private let zstd: OpaquePointer?
  private let compression: ChunkCompression

  init(_ compression: ChunkCompression) {
    self.compression = compression
    zstd = compression == .zstd ? ZSTD_createDCtx() : nil
  }

  deinit { ZSTD_freeDCtx(zstd) }

  /// Unpacks `input` into `output`, which must come out exactly full.
  /// - Returns: nil, or what was found instead.
  func unpack(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> String? {
    switch compression {
    case .none:
      guard input.count == output.count else { return "\(input.count) bytes" }
      output.copyMemory(from: input)
      return nil
    case .zstd:
      let count = ZSTD_decompressDCtx(zstd, output.baseAddress, output.count, input.baseAddress, input.count)
      if ZSTD_isError(count) != 0 { return "zstd: " + String(cString: ZSTD_getErrorName(count)) }
      return count == output.count ? nil : "\(count) bytes"
    case .zlib:
      var count = uLongf(output.count)
      let status = uncompress(
        output.baseAddress?.assumingMemoryBound(to: UInt8.self), &count,
        input.baseAddress?.assumingMemoryBound(to: UInt8.self), uLong(input.count))
      if status != Z_OK { return "zlib error \(status)" }
      return count == output.count ? nil : "\(count) bytes"
    }
  }
}
