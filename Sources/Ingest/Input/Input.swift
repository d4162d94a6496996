/// An opened input whose kind is not known yet: standard input can be opened only once, whatever it turns out to be.
public final class Input {
  let path: String
  let content: TraceInput
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
    content = try openInput(path, options, look: Input.look)
    isSavedProfile = try content.prefix(Input.profileMark.count) == Input.profileMark
  }

  /// What must be seen of a stream to tell what it is: a saved profile has no line to wait for the end of.
  private static func look(_ start: [UInt8]) -> (limit: Int, isEnough: Bool) {
    start.starts(with: profileMark) ? (start.count, true) : Trace.look(start)
  }

  /// All bytes, unpacked.
  ///
  /// - Throws: `TraceError` if the packing is damaged, or there are more than `limit` bytes.
  public func bytes(limit: Int) throws(TraceError) -> [UInt8] {
    let source = try content.randomAccess()
    if let damage = content.damage { throw damage }
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
