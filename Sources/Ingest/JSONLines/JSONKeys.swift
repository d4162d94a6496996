#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The names of members that mean something on a line, each with a number, and fast to find by their bytes.
struct JSONKeys: Sendable {
  typealias Key = UInt16

  /// Members that are the same whatever the call.
  static let call: Key = 1, time: Key = 2, cpu: Key = 3, pid: Key = 4, task: Key = 5, stack: Key = 6,
    context: Key = 7
  static let count: Key = 8
  /// The line about the recording, and what it holds.
  static let trace: Key = 9, kernel: Key = 10, architecture: Key = 11, pageSize: Key = 12, cpus: Key = 13
  static let clock: Key = 14, complete: Key = 15
  private static let fixed = [
    "", "call", "time", "cpu", "pid", "task", "stack", "context", "count", "trace", "kernel", "arch",
    "page_size",
    "cpus", "clock", "complete",
  ]

  /// All that the built-in event dictionary has field names for.
  private static let builtIn = JSONKeys(rows: EventDictionary.builtIn)

  private(set) var names: [String]
  private let slots: [Key]
  private let bytes: [UInt8]
  private let starts: [Int]
  /// Bytes of the longest name.
  private let longest: Int

  /// All that a dictionary has field names for.
  init(_ dictionary: EventDictionary) {
    let isBuiltIn = dictionary.rows.count == EventDictionary.builtIn.count
    self = isBuiltIn ? JSONKeys.builtIn : JSONKeys(rows: dictionary.rows)
  }

  private init(rows: [EventDictionary.Row]) {
    var names = JSONKeys.fixed
    var met = Set(names)
    for row in rows {
      for pair in row.fields.split(separator: " ") {
        for name in pair.split(separator: "=").last?.split(separator: "|") ?? []
        where met.insert(String(name)).inserted {
          names.append(String(name))
        }
      }
    }
    names = Array(names.prefix(Int(Key.max)))
    var size = 1024
    while size < 4 * names.count { size *= 2 }
    var slots = [Key](repeating: 0, count: size)
    var bytes: [UInt8] = []
    var starts: [Int] = [0]
    for (number, name) in names.enumerated() {
      bytes += Array(name.utf8)
      starts.append(bytes.count)
      guard number > 0 else { continue }
      var slot = Array(name.utf8).withUnsafeBufferPointer { JSONKeys.hash($0) } & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Key(number)
    }
    (self.names, self.slots, self.bytes, self.starts) = (names, slots, bytes, starts)
    longest = names.map(\.utf8.count).max() ?? 0
  }

  var count: Int { names.count }

  /// The number of a name that is known to be one of them.
  func number(_ name: some StringProtocol) -> Key { Key(names.firstIndex(of: String(name)) ?? 0) }

  /// The number of a name; 0 if it is none of them.
  func number(_ text: UnsafeBufferPointer<UInt8>) -> Key {
    guard let base = text.baseAddress, text.count <= longest else { return 0 }
    var slot = JSONKeys.hash(text) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = Int(slots[slot])
      let start = starts[number]
      if starts[number + 1] - start == text.count,
        bytes.withUnsafeBufferPointer({ $0.baseAddress.map { memcmp($0 + start, base, text.count) } == 0 })
      {
        return slots[slot]
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return 0
  }

  /// Of the length and four bytes, which tell these names well enough apart.
  @inline(__always)
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    let count = text.count
    guard count > 0 else { return 0 }
    var hash = UInt32(truncatingIfNeeded: count)
    hash = (hash &* 31) ^ UInt32(text[0])
    hash = (hash &* 31) ^ UInt32(text[count / 3])
    hash = (hash &* 31) ^ UInt32(text[count / 2])
    hash = (hash &* 31) ^ UInt32(text[count - 1])
    hash = hash &* 0x9e37_79b1
    return Int(hash >> 16)
  }
}
