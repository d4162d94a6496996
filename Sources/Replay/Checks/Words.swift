// Numbers as findings and caveats say them.

/// `0x3e02000`
func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

/// `1,301 bytes`
func bytes(_ value: UInt64) -> String { grouped(value) + (value == 1 ? " byte" : " bytes") }

/// `1,301`
func grouped(_ value: UInt64) -> String {
  var digits = Array(String(value).utf8)
  var index = digits.count - 3
  while index > 0 {
    digits.insert(0x2c, at: index)
    index -= 3
  }
  return String(decoding: digits, as: UTF8.self)
}

/// `12 µs`, rounded down.
func duration(_ nanoseconds: UInt64) -> String {
  switch nanoseconds {
  case 0..<10_000: "\(grouped(nanoseconds)) ns"
  case 10_000..<10_000_000: "\(grouped(nanoseconds / 1000)) µs"
  case 10_000_000..<10_000_000_000: "\(grouped(nanoseconds / 1_000_000)) ms"
  default: "\(grouped(nanoseconds / 1_000_000_000)) s"
  }
}

/// `1 entry`, `3 entries`
func entries(_ number: Int32) -> String {
  number == 1 ? "1 entry" : "\(grouped(UInt64(max(0, number)))) entries"
}
