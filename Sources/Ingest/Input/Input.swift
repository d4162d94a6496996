/// An opened input whose kind is not known yet: standard input can be opened only once, whatever it turns out to be.
public final class Input {
  let path: String
  let source: ByteSource
  let wrapper: String?
  let damage: TraceError?
  let options: TraceOptions
  /// Whether it is a saved profile and not a trace.
  public let isSavedProfile: Bool

  /// How the JSON of a saved profile begins.
  static let profileMark = Array("{\"schema\":\"dmascope.profile/".utf8)

  /// - Parameter path: a file, or `-` for standard input; plain, or packed with zstd or gzip.
  /// - Throws: `TraceError` if there is no such input, or it is empty.
  public init(path: String, options: TraceOptions = TraceOptions()) throws(TraceError) {
    self.path = path
    self.options = options
    (source, wrapper, damage) = try openInput(path, options)
    isSavedProfile = try source.prefix(Input.profileMark.count) == Input.profileMark
  }

  /// All bytes, unpacked.
  ///
  /// - Throws: `TraceError` if the packing is damaged, or there are more than `limit` bytes.
  public func bytes(limit: Int) throws(TraceError) -> [UInt8] {
    if let damage { throw damage }
    guard source.size <= UInt64(limit) else {
      throw TraceError(
        .notATrace, file: source.name, expected: "at most \(limit >> 20) MiB unpacked",
        found: "\(source.size) bytes")
    }
    var result = [UInt8](repeating: 0, count: Int(source.size))
    var failure: TraceError?
    var count = 0
    result.withUnsafeMutableBytes { buffer in
      do throws(TraceError) { count = try source.read(at: 0, into: buffer) } catch { failure = error }
    }
    if let failure { throw failure }
    result.removeLast(result.count - count)
    return result
  }
}
