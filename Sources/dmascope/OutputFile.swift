#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A result that is written piece by piece: to a file that appears whole with `commit` or not at all, or, for `-` and what
/// is no file, straight there.
struct OutputFile: ~Copyable {
  private let path: String
  private let partial: String?
  private var descriptor: Int32

  /// - Throws: `OutputError` if it cannot be created.
  init(_ path: String) throws {
    self.path = path == "-" ? "standard output" : path
    signal(SIGPIPE, SIG_IGN)
    var status = stat()
    let isOther = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    if path == "-" {
      (descriptor, partial) = (dup(1), nil)
    } else if isOther {
      (descriptor, partial) = (open(path, O_WRONLY | O_CLOEXEC), nil)
    } else {
      let name = path + ".partial-\(getpid())"
      (descriptor, partial) = (open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666), name)
    }
    guard descriptor >= 0 else {
      throw OutputError(
        status: .cannotCreate, description: "\(path): cannot create: \(String(cString: strerror(errno)))")
    }
  }

  /// - Throws: `OutputError` if not all of it can be written.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let count = Glibc.write(descriptor, base + done, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw failure(.cannotWrite) }
      done += count
    }
  }

  func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  private func failure(_ status: ExitStatus) -> OutputError {
    OutputError(
      status: status, description: "\(path): cannot write: \(String(cString: strerror(errno)))")
  }

  /// Ends the writing; the file has its name then.
  consuming func commit() throws {
    let open = descriptor
    descriptor = -1
    guard close(open) == 0 else { throw failure(.cannotWrite) }
    if let partial {
      guard rename(partial, path) == 0 else {
        let failure = failure(.cannotCreate)
        unlink(partial)
        throw failure
      }
    }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    if let partial { unlink(partial) }
  }
}
