import DMAModel

/// The names of tasks, by process id; a task that has only a name gets an id of its own.
struct TaskNames: ~Copyable {
  enum Text {
    case bytes(UnsafeBufferPointer<UInt8>)
    case string(String)
  }

  private let table: NameTable
  private var numbers: LocalNames
  private var namesByPID: [Int32: UInt32] = [:]
  /// What was noted last for process ids of the same last bits, so that a line seldom asks the dictionary.
  private var recent = [(pid: Int32, name: UInt32)](repeating: (-1, 0), count: 64)
  /// No kernel gives a process id from here on.
  private static let firstOwnPID: Int32 = 1 << 30
  private static let limit = 1 << 17

  /// Whether what is noted is kept in the order of its noting, for other names to be added to, instead of by process id.
  private let isLog: Bool
  private var log: [(pid: Int32, name: UInt32)] = []

  init(_ table: NameTable = NameTable(), isLog: Bool = false) {
    (self.table, self.isLog) = (table, isLog)
    numbers = LocalNames(table)
  }

  /// The number of a name in the table.
  mutating func number(_ text: Text) -> UInt32 {
    switch text {
    case .string(let string): return table.intern(string)
    case .bytes(let bytes):
      guard let base = bytes.baseAddress else { return 0 }
      return numbers.number(base, bytes.count)
    }
  }

  mutating func note(_ pid: Int32, _ text: Text) { note(pid, number(text)) }

  /// Notes a task whose name has this number.
  mutating func note(_ pid: Int32, _ name: UInt32) {
    let slot = Int(pid & 63)
    if recent[slot].pid == pid, recent[slot].name == name { return }
    recent[slot] = (pid, name)
    if isLog {
      log.append((pid, name))
      return
    }
    if namesByPID.count < TaskNames.limit { namesByPID[pid] = name }
  }

  /// A task that begins has the name of the one that made it.
  mutating func inherit(_ pid: Int32, from parent: Int32) {
    if let name = namesByPID[parent] { note(pid, name) }
  }

  /// The process id that stands for a task of which only the name is known.
  mutating func pid(_ text: Text) -> Int32 {
    let name = number(text)
    let pid = TaskNames.firstOwnPID + Int32(name)
    note(pid, name)
    return pid
  }

  /// What has been noted since the last time, in order; of a log.
  mutating func takeLog() -> [(pid: Int32, name: UInt32)] {
    for slot in recent.indices { recent[slot].pid = -1 }
    defer { log = [] }
    return log
  }

  /// The name of a task, as far as lines have been read.
  subscript(pid: Int32) -> String? { namesByPID[pid].map { table[$0] } }

  /// All of them, as far as lines have been read.
  var all: [Int32: String] { namesByPID.mapValues { table[$0] } }
}
