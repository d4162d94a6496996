#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Small files that are read at once, those of `/proc` included, whose size is not known before.
public enum WholeFile {
  /// The bytes of a file.
  ///
  /// - Throws: `TraceError` if it cannot be opened or read, or has more than `limit` bytes.
  public static func bytes(_ path: String, limit: Int = 256 << 20) throws(TraceError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw cannotOpen(path) }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw cannotOpen(path) }
      if count == 0 { return result }
      result += chunk[..<count]
      guard result.count <= limit else {
        throw TraceError(
          .notATrace, file: path, expected: "a text file of at most \(limit >> 20) MiB", found: "a larger one"
        )
      }
    }
  }

  private static func cannotOpen(_ path: String) -> TraceError {
    TraceError(.cannotOpen, file: path, expected: "", found: String(cString: strerror(errno)))
  }
}
