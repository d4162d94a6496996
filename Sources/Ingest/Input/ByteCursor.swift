/// Reads numbers and strings one after another from bytes in memory, in the byte order of the recording.
struct ByteCursor {
  let bytes: [UInt8]
  let bigEndian: Bool
  /// The name of the input, and where `bytes` begin in it, for messages.
  let file: String
  let base: UInt64
  var position = 0

  init(_ bytes: [UInt8], bigEndian: Bool, file: String, base: UInt64) {
    self.bytes = bytes
    self.bigEndian = bigEndian
    self.file = file
    self.base = base
  }

  var remaining: Int { bytes.count - position }
  var offset: UInt64 { base + UInt64(position) }

  private func short(_ count: Int, _ what: String) -> TraceError {
    TraceError(
      .damaged, file: file, offset: offset, expected: "\(count) bytes of \(what)", found: "only \(remaining)")
  }

  /// An unsigned number of 1 to 8 bytes.
  mutating func number(_ width: Int, _ what: String) throws(TraceError) -> UInt64 {
    guard width <= remaining else { throw short(width, what) }
    var value: UInt64 = 0
    for index in 0..<width {
      let shift = UInt64(bigEndian ? width - 1 - index : index) * 8
      value |= UInt64(bytes[position + index]) << shift
    }
    position += width
    return value
  }

  /// The next `count` bytes.
  mutating func take(_ count: UInt64, _ what: String) throws(TraceError) -> ArraySlice<UInt8> {
    guard count <= UInt64(remaining) else { throw short(Int(clamping: count), what) }
    defer { position += Int(count) }
    return bytes[position..<(position + Int(count))]
  }

  /// A string up to its terminating zero, which is passed over.
  mutating func string(_ what: String) throws(TraceError) -> String {
    guard let end = bytes[position...].firstIndex(of: 0) else {
      throw TraceError(
        .damaged, file: file, offset: offset, expected: "a terminated string: \(what)", found: "no terminator"
      )
    }
    defer { position = end + 1 }
    return String(decoding: bytes[position..<end], as: UTF8.self)
  }
}

extension Collection<UInt8> {
  /// The bytes as text, up to the first zero.
  var text: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }
}
