#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Opens what the user named: a file, or `-` for standard input. Whatever cannot be read at random (a pipe) is
/// spooled into an unnamed temporary file first, and a zstd or gzip wrapper around the whole is taken off the same
/// way, so that readers always see a plain file and memory stays small.
///
/// - Returns: the plain bytes, and the name of the wrapper that was taken off (`zstd`, `gzip`) if any, and what was
///   wrong with the wrapper, if its end is missing or damaged.
func openInput(
  _ path: String, _ options: TraceOptions = TraceOptions()
) throws(TraceError) -> (source: ByteSource, wrapper: String?, damage: TraceError?) {
  let name = path == "-" ? "standard input" : path
  let descriptor = path == "-" ? fcntl(0, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    throw TraceError(.cannotOpen, file: name, expected: "", found: String(cString: strerror(errno)))
  }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else {
    close(descriptor)
    throw TraceError(.cannotOpen, file: name, expected: "", found: String(cString: strerror(errno)))
  }
  var source: ByteSource
  switch status.st_mode & S_IFMT {
  case S_IFDIR:
    close(descriptor)
    throw TraceError(.cannotOpen, file: name, expected: "a trace file", found: "a directory")
  case S_IFREG:
    source = ByteSource(descriptor: descriptor, size: UInt64(max(0, status.st_size)), name: name)
  default:
    defer { close(descriptor) }
    var spool = try TemporaryFile(for: name)
    try spool.copyAll(from: descriptor)
    source = spool.finish()
  }
  guard source.size > 0 else {
    throw TraceError(.notATrace, file: name, expected: "a trace", found: "an empty file")
  }
  guard let wrapper = try Wrapper.detect(source) else { return (source, nil, nil) }
  let (plain, damage) = try wrapper.unwrap(source, zstdWindow: options.zstdWindow)
  return (plain, wrapper.rawValue, damage)
}

/// A temporary file without a name: it is gone when it is closed.
struct TemporaryFile: ~Copyable {
  /// −1 once it has been handed over.
  private var descriptor: Int32
  private let name: String
  private(set) var written: UInt64 = 0

  /// - Parameter name: the input that it stands for, used in messages.
  init(for name: String) throws(TraceError) {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array((folder + "/dmascope-XXXXXX").utf8CString)
    let descriptor = template.withUnsafeMutableBufferPointer { path in
      path.baseAddress.map { mkstemp($0) } ?? -1
    }
    guard descriptor >= 0 else {
      throw TraceError(
        .cannotWrite, file: name, expected: "room for a temporary file in \(folder)",
        found: String(cString: strerror(errno)))
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    template.withUnsafeBufferPointer { path in _ = path.baseAddress.map { unlink($0) } }
    self.descriptor = descriptor
    self.name = name
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(TraceError) {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let count = write(descriptor, base + done, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        throw TraceError(
          .cannotWrite, file: name, expected: "room for the unpacked input in the temporary folder",
          found: String(cString: strerror(errno)))
      }
      done += count
    }
    written &+= UInt64(bytes.count)
  }

  mutating func copyAll(from input: Int32) throws(TraceError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = Glibc.read(input, buffer.baseAddress, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw TraceError(.cannotOpen, file: name, expected: "", found: String(cString: strerror(errno)))
      }
      if count == 0 { return }
      try append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }

  /// Hands the content over for reading.
  consuming func finish() -> ByteSource {
    let source = ByteSource(descriptor: descriptor, size: written, name: name)
    descriptor = -1
    return source
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
