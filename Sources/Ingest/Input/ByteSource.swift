#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Random access to the bytes of an input, a piece at a time.
///
/// Pieces are read, not mapped: a file that shrinks while it is read gives an error instead of a signal, and memory
/// stays bounded by the pieces. Safe to use from several threads.
public final class ByteSource: Sendable {
  /// The name that the user gave, for messages.
  public let name: String
  /// Bytes in the input.
  public let size: UInt64
  private let descriptor: Int32

  init(descriptor: Int32, size: UInt64, name: String) {
    self.descriptor = descriptor
    self.size = size
    self.name = name
  }

  deinit { close(descriptor) }

  /// The most bytes of metadata that one length in the input may bring into memory. The symbols of a large kernel
  /// come to 15 MiB; a damaged or hostile length could promise gigabytes.
  static let allocationLimit = 64 << 20

  /// Copies bytes from `offset` on into `buffer` and returns how many there were: fewer only at the end.
  func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(TraceError) -> Int {
    var done = 0
    while done < buffer.count {
      guard let base = buffer.baseAddress, let position = off_t(exactly: offset &+ UInt64(done)) else {
        break
      }
      let count = pread(descriptor, base + done, buffer.count - done, position)
      if count < 0 && errno == EINTR { continue }
      if count < 0 {
        throw TraceError(
          .cannotOpen, file: name, offset: offset, expected: "readable bytes",
          found: String(cString: strerror(errno)))
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Exactly `count` bytes from `offset` on.
  func bytes(at offset: UInt64, count: Int, for what: String) throws(TraceError) -> [UInt8] {
    let available = offset < size ? size - offset : 0
    guard count >= 0, UInt64(count) <= available else {
      throw TraceError(
        .damaged, file: name, offset: offset, expected: "\(count) bytes of \(what)",
        found: available == 0 ? "the end of the file" : "only \(available) bytes before the end of the file")
    }
    guard count <= ByteSource.allocationLimit else {
      throw TraceError(
        .damaged, file: name, offset: offset,
        expected: "at most \(ByteSource.allocationLimit) bytes of \(what)",
        found: "a length of \(count)")
    }
    var result = [UInt8](repeating: 0, count: count)
    var failure: TraceError?
    var got = 0
    result.withUnsafeMutableBytes { buffer in
      do throws(TraceError) { got = try read(at: offset, into: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
    guard got == count else {
      throw TraceError(
        .damaged, file: name, offset: offset, expected: "\(count) bytes of \(what)", found: "only \(got)")
    }
    return result
  }

  /// The first bytes, up to `count`.
  func prefix(_ count: Int) throws(TraceError) -> [UInt8] {
    try bytes(at: 0, count: Int(min(UInt64(count), size)), for: "the beginning")
  }
}
