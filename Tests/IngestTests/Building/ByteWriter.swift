/// Bytes put down one after another in the byte order of a made-up recording.
struct ByteWriter {
  var bytes: [UInt8] = []
  let bigEndian: Bool

  init(bigEndian: Bool = false) { self.bigEndian = bigEndian }

  mutating func put<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: bigEndian ? value.bigEndian : value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func put(_ more: [UInt8]) { bytes.append(contentsOf: more) }

  /// A text without a terminator.
  mutating func put(text: String) { bytes.append(contentsOf: Array(text.utf8)) }

  /// A text with a terminating zero.
  mutating func put(string: String) { bytes.append(contentsOf: Array(string.utf8) + [0]) }

  mutating func pad(to multiple: Int) {
    while bytes.count % multiple != 0 { bytes.append(0) }
  }
}
