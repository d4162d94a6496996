#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Opens what the user named: a file, or `-` for standard input.
///
/// A zstd or gzip wrapper around a whole file is taken off into an unnamed temporary file, so that readers see a plain
/// one and memory stays small. What is no regular file (a pipe, a device, a file of the kernel that shows no size) is a
/// stream, unpacked as it comes.
///
/// - Parameter look: what to see of a stream before it can be told what it is (`ByteStream.look`).
func openInput(
  _ path: String, _ options: TraceOptions = TraceOptions(),
  look: ([UInt8]) -> (limit: Int, isEnough: Bool) = { ($0.count + 1, !$0.isEmpty) }
) throws(TraceError) -> TraceInput {
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
  switch status.st_mode & S_IFMT {
  case S_IFDIR:
    close(descriptor)
    throw TraceError(.cannotOpen, file: name, expected: "a trace file", found: "a directory")
  case S_IFREG where status.st_size > 0:
    let source = ByteSource(descriptor: descriptor, size: UInt64(status.st_size), name: name)
    guard let wrapper = Wrapper.detect(try source.prefix(4)) else { return TraceInput(source) }
    let (plain, damage) = try wrapper.unwrap(source, zstdWindow: options.zstdWindow)
    return TraceInput(plain, wrapper: wrapper.rawValue, damage: damage)
  default:
    return try openStream(descriptor, name, options, look)
  }
}

private func openStream(
  _ descriptor: Int32, _ name: String, _ options: TraceOptions,
  _ look: ([UInt8]) -> (limit: Int, isEnough: Bool)
) throws(TraceError) -> TraceInput {
  var stream = ByteStream(descriptor: descriptor, name: name, wakeup: options.wakeup)
  // As many as the head of a zstd frame may have; its magic has four.
  let magic = try stream.look { (18, $0.count >= 4) }.bytes
  guard !magic.isEmpty else {
    throw TraceError(.notATrace, file: name, expected: "a trace", found: "an empty file")
  }
  let wrapper = Wrapper.detect(magic)
  if let wrapper {
    stream = ByteStream(
      unpacking: Unpacker(wrapper, stream, window: options.zstdWindow), name: name, wakeup: options.wakeup)
  }
  let (start, isWhole) = try stream.look(look)
  guard !start.isEmpty else {
    throw TraceError(
      .notATrace, file: name, expected: "a trace", found: "an empty \(wrapper?.rawValue ?? "") file")
  }
  return TraceInput(
    stream, start: start, isWhole: isWhole, wrapper: wrapper?.rawValue, heartbeat: options.heartbeat)
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

  /// Takes in a stream to its end.
  ///
  /// - Returns: what ended it before, if anything was damaged.
  mutating func copyAll(from input: ByteStream) throws(TraceError) -> TraceError? {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let arrival: ByteStream.Arrival
      do throws(TraceError) {
        arrival = try input.read(into: buffer)
      } catch {
        guard error.kind == .damaged else { throw error }
        return error
      }
      guard case .bytes(let count) = arrival else { return nil }
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
