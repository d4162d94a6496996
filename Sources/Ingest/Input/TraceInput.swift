/// What a reader reads: a file, at random and as often as it likes, or a stream, once and in order.
final class TraceInput {
  let name: String
  /// The compression that was around the whole, if any.
  let wrapper: String?
  /// What was wrong with the wrapper of a file. A stream throws it when it comes to it.
  private(set) var damage: TraceError?
  /// The first bytes of a stream, and whether they are all.
  private let start: [UInt8]
  private let isWhole: Bool
  /// Nil for a stream.
  private(set) var file: ByteSource?
  private var live: ByteStream?
  /// Milliseconds after which a reader that waits for a stream calls its caller; without limit if negative.
  let patience: Int32

  init(_ file: ByteSource, wrapper: String? = nil, damage: TraceError? = nil) {
    (self.file, self.wrapper, self.damage, name) = (file, wrapper, damage, file.name)
    (start, isWhole, patience) = ([], false, -1)
  }

  /// - Parameters:
  ///   - start: what the stream was looked at for.
  ///   - heartbeat: nanoseconds.
  init(_ stream: ByteStream, start: [UInt8], isWhole: Bool, wrapper: String?, heartbeat: UInt64?) {
    (live, self.start, self.isWhole, self.wrapper, name) = (stream, start, isWhole, wrapper, stream.name)
    patience = heartbeat.map { Int32(clamping: max(1, $0 / 1_000_000)) } ?? -1
  }

  var isStream: Bool { file == nil }
  /// Bytes in the input; nil for a stream.
  var size: UInt64? { file?.size }

  /// The first bytes, up to `count`, or of a stream as many as it was looked at for.
  func prefix(_ count: Int) throws(TraceError) -> [UInt8] {
    guard let file else { return Array(start.prefix(count)) }
    return try file.prefix(count)
  }

  /// The bytes in order; of a stream the second call gives none.
  func bytes(from place: UInt64 = 0) -> ByteStream {
    if let file { return ByteStream(file, from: place) }
    defer { live = nil }
    return live ?? ByteStream([], name: name)
  }

  /// The bytes at the beginning in order, to look at before all are read; of a stream only those that have come.
  var head: ByteStream { file.map { ByteStream($0) } ?? ByteStream(start, name: name) }
  /// Whether `head` ends before the input does.
  var headIsCut: Bool { isStream && !isWhole }

  /// Random access: what is left of a stream goes into a temporary file.
  ///
  /// - Throws: `TraceError` if it cannot be written, or the stream cannot be read.
  func randomAccess() throws(TraceError) -> ByteSource {
    if let file { return file }
    var spool = try TemporaryFile(for: name)
    damage = try spool.copyAll(from: bytes())
    let source = spool.finish()
    file = source
    return source
  }
}
