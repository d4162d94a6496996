#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A result could not be written.
struct OutputError: Error, CustomStringConvertible {
  var status: ExitStatus
  var description: String
}

/// Where results go. Files appear whole or not at all; `-` is standard output.
enum Output {
  static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  static func write(_ bytes: [UInt8], to path: String) throws {
    if path == "-" { return try writeStandard(bytes) }
    if let kind = kindOfFile(path), kind != S_IFREG { return try writeThrough(bytes, path) }
    let partial = path + ".partial-\(getpid())"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw OutputError(status: .cannotCreate, description: "\(path): cannot create: \(reason())")
    }
    do {
      try writeAll(bytes, to: descriptor, name: path)
      guard close(descriptor) == 0, rename(partial, path) == 0 else {
        throw OutputError(status: .cannotCreate, description: "\(path): cannot write: \(reason())")
      }
    } catch {
      unlink(partial)
      throw error
    }
  }

  /// The type bits of what is at a path, links followed; nil if nothing is there.
  private static func kindOfFile(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }

  /// Writes into what is no file: a pipe or a device cannot be replaced by one.
  private static func writeThrough(_ bytes: [UInt8], _ path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw OutputError(status: .cannotCreate, description: "\(path): cannot open: \(reason())")
    }
    defer { close(descriptor) }
    signal(SIGPIPE, SIG_IGN)
    try writeAll(bytes, to: descriptor, name: path)
  }

  /// Adds text to a file that others write to as well.
  static func append(_ text: String, to path: String) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw OutputError(status: .cannotCreate, description: "\(path): cannot open: \(reason())")
    }
    defer { close(descriptor) }
    try writeAll(Array(text.utf8), to: descriptor, name: path)
  }

  /// A part of a long result.
  ///
  /// - Returns: whether more of it is wanted: a reader that goes away early is no error.
  static func streamStandard(_ bytes: [UInt8]) throws -> Bool {
    signal(SIGPIPE, SIG_IGN)
    do { try writeAll(bytes, to: 1, name: "standard output") } catch  where errno == EPIPE {
      return false
    }
    return true
  }

  /// A reader that goes away early (`| head`) is no error.
  static func writeStandard(_ text: String) throws { try writeStandard(Array(text.utf8)) }

  private static func writeStandard(_ bytes: [UInt8]) throws {
    signal(SIGPIPE, SIG_IGN)
    do { try writeAll(bytes, to: 1, name: "standard output") } catch  where errno == EPIPE {}
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, name: String) throws {
    var failed = false
    bytes.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count, let base = bytes.baseAddress {
        let count = Glibc.write(descriptor, base + done, bytes.count - done)
        if count < 0 && errno == EINTR { continue }
        if count <= 0 {
          failed = true
          return
        }
        done += count
      }
    }
    if failed {
      throw OutputError(status: .cannotWrite, description: "\(name): cannot write: \(reason())")
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
