/// The pieces that both versions share, whatever holds them.
extension TraceDatFile {
  /// `header_page` and `header_event`, each with its name and a 64-bit length.
  mutating func readHeaderInfo(_ cursor: inout ByteCursor) throws(TraceError) {
    for expected in ["header_page", "header_event"] {
      let offset = cursor.offset
      let name = try cursor.string(expected)
      guard name == expected else {
        throw TraceError(
          .damaged, file: cursor.file, offset: offset, expected: expected, found: "\"\(name.prefix(40))\"")
      }
      let size = try cursor.number(8, "the size of \(expected)")
      let text = try cursor.take(size, expected)
      if expected == "header_page" {
        pages = PageLayout(
          headerPage: text.prefix(TraceDatFile.textLimit).text, pageSize: pages.pageSize, bigEndian: bigEndian
        )
      }
    }
  }

  /// A 32-bit count of formats of the `ftrace` system, each with a 64-bit length.
  mutating func readFtraceFormats(_ cursor: inout ByteCursor) throws(TraceError) {
    try readFormats(&cursor, system: "ftrace")
  }

  /// A 32-bit count of systems, each with its name and its formats.
  mutating func readEventFormats(_ cursor: inout ByteCursor) throws(TraceError) {
    let systems = try cursor.number(4, "the number of event systems")
    for _ in 0..<systems {
      let system = try cursor.string("the name of an event system")
      try readFormats(&cursor, system: system)
    }
  }

  private mutating func readFormats(_ cursor: inout ByteCursor, system: String) throws(TraceError) {
    let count = try cursor.number(4, "the number of event formats of \(system)")
    for _ in 0..<count {
      // Events have 16-bit numbers: what comes past so many formats describes none.
      guard formats.count < 1 << 16 else {
        throw TraceError(
          .damaged, file: cursor.file, offset: cursor.offset, expected: "at most 65536 event formats",
          found: "\(count) of \(system) after them")
      }
      let size = try cursor.number(8, "the size of an event format of \(system)")
      formats.append(
        EventCatalog.Source(system: system, text: try cursor.take(size, "an event format of \(system)")))
    }
  }

  /// The most bytes of a text that are taken apart: its lines need more memory than it does. The kernel's have some hundreds.
  private static let textLimit = 1 << 16

  /// An option that both versions know; false for any other.
  mutating func readOption(_ id: UInt64, _ data: ArraySlice<UInt8>) -> Bool {
    switch id {
    case 2: overruns &+= TraceDatFile.overruns(data.prefix(TraceDatFile.textLimit).text)
    case 4:
      clockOptions = data.text.trimmingNewline
      clock = clock.isEmpty ? TraceDatFile.chosenClock(clockOptions) : clock
    case 5: uname = data.text
    case 1: timeOffset = timeOffset &+ TraceDatFile.integer(data.text) &* 1_000
    case 7: timeOffset = timeOffset &+ TraceDatFile.integer(data.text)
    case 8: cpuCount = Int(min(number(data, 0, 4), TraceDatFile.cpuLimit))
    case 9: recorderVersion = data.text
    case 14:
      let multiplier = number(data, 0, 4)
      if data.count >= 16, multiplier != 0 {
        cycles = CycleClock(multiplier: multiplier, shift: number(data, 4, 4))
      }
    case 6, 10, 11, 12, 13, 22, 23: break
    default: return false
    }
    return true
  }

  /// A number inside an option's data; 0 where the data is too short.
  func number(_ data: ArraySlice<UInt8>, _ offset: Int, _ width: Int) -> UInt64 {
    guard data.count >= offset + width else { return 0 }
    var cursor = ByteCursor(
      Array(data.dropFirst(offset).prefix(width)), bigEndian: bigEndian, file: "", base: 0)
    return (try? cursor.number(width, "")) ?? 0
  }

  /// A decimal number, or a hexadecimal one after `0x`; 0 for anything else.
  static func integer(_ text: String) -> Int64 {
    let isNegative = text.hasPrefix("-")
    let digits = isNegative ? text.dropFirst() : text[...]
    let value = digits.hasPrefix("0x") ? UInt64(digits.dropFirst(2), radix: 16) : UInt64(digits)
    let number = Int64(bitPattern: value ?? 0)
    return isNegative ? 0 &- number : number
  }

  /// `[local] global counter`: the name in brackets, which the kernel marks as the one in use.
  static func chosenClock(_ text: String) -> String {
    guard let open = text.firstIndex(of: "["), let close = text[open...].firstIndex(of: "]") else {
      return text
    }
    return String(text[text.index(after: open)..<close])
  }

  /// The sum of what the recorder's per-CPU statistics call overrun and dropped.
  static func overruns(_ text: String) -> UInt64 {
    var sum: UInt64 = 0
    for line in text.split(separator: "\n") {
      for name in ["overrun: ", "dropped events: "] where line.hasPrefix(name) {
        sum &+= UInt64(line.dropFirst(name.count)) ?? 0
      }
    }
    return sum
  }

  /// `Linux host 6.12.117 aarch64`: release and machine.
  var kernelAndArchitecture: (kernel: String, architecture: String) {
    let words = uname.split(separator: " ")
    return (words.count > 2 ? String(words[2]) : "", words.count > 3 ? String(words[words.count - 1]) : "")
  }
}

extension String {
  fileprivate var trimmingNewline: String { last == "\n" ? String(dropLast()) : self }
}
