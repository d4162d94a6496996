import Testing

@testable import Replay

/// When a release of something never seen is held against a driver, and when not.
@Suite("Certainty")
struct CertaintyTests {
  static let unknownUnmap =
    #"{"call": "dma_unmap_single", "dev": "a", "dma_addr": 4096, "size": 64, "dir": "FROM_DEVICE"}"#
  static let map = #"{"call": "dma_map_single", "dev": "a", "size": 64, "dir": "FROM_DEVICE", "ret": 65536}"#
  static let unmap =
    #"{"call": "dma_unmap_single", "dev": "a", "dma_addr": 65536, "size": 64, "dir": "FROM_DEVICE"}"#

  static func mask(_ task: String) -> String {
    #"{"call": "dma_set_mask", "dev": "a", "mask": "0xffffffff", "ret": 0, "pid": 5, "task": "\#(task)"}"#
  }

  static func pool(pid: Int, time: String) -> String {
    #"{"call": "dma_pool_create", "name": "p", "dev": "a", "size": 64, "align": 64, "boundary": 0, "ret": 1, "pid": \#(pid), "time": \#(time)}"#
  }

  static func rules(_ lines: [String]) throws -> Set<Int> {
    Set(
      try FixtureEvents(lines: lines.joined(separator: "\n")).findings().filter(\.isGrave).map(\.rule.number))
  }

  @Test(
    "a first mask call shows that a driver begins if a task that probes made it",
    arguments: [
      ("modprobe", true), ("systemd-udevd", true), ("swapper/0", true), ("kworker/0:2", false),
      ("bash", false),
    ])
  func births(task: String, isBirth: Bool) throws {
    let found = try Self.rules([Self.mask(task), Self.map, Self.unmap, Self.unknownUnmap])
    #expect(found == (isBirth ? [201] : []))
  }

  @Test(
    "a worker's mask call does with a pool of the same task right after it",
    arguments: [(5, "0.5", true), (5, "1.5", false), (6, "0.5", false)])
  func confirmation(pid: Int, time: String, isBirth: Bool) throws {
    let found = try Self.rules(
      [Self.mask("kworker/u8:1"), Self.pool(pid: pid, time: time), Self.map, Self.unmap, Self.unknownUnmap])
    #expect(found == (isBirth ? [201] : []))
  }

  @Test("a device whose first call is no mask call is older than the recording")
  func lateStart() throws {
    #expect(try Self.rules([Self.map, Self.mask("modprobe"), Self.unmap, Self.unknownUnmap]) == [])
  }

  @Test("a loss ends it, a driver that is bound begins it anew")
  func losses() throws {
    let lost = #"{"call": "lost"}"#
    let bound = #"{"call": "driver_bound", "dev": "a"}"#
    let start = [Self.mask("modprobe"), Self.map, Self.unmap]
    #expect(try Self.rules(start + [lost, Self.unknownUnmap]) == [])
    #expect(try Self.rules(start + [lost, bound, Self.unknownUnmap]) == [201])
  }

  @Test("what is released while the driver lets go is no leak, what is left is")
  func unbinding() throws {
    let entry = #"{"call": "device_unbind_cleanup", "dev": "a", "pid": 5}"#
    let end = #"{"call": "device_unbind_cleanup__return", "pid": 5, "ret": 0}"#
    #expect(try Self.rules([Self.map, entry, Self.unmap, end]) == [])
    #expect(try Self.rules([Self.map, Self.unmap, Self.map, entry, end]) == [212])
  }

  @Test("where more is mapped in one page than is searched, nothing is said to be missing")
  func crowds() throws {
    var lines = [#"{"trace": {"kernel": "6.12.0", "arch": "x86_64", "complete": true}}"#]
    func each(_ line: (Int) -> String) { for index in 0..<700 { lines.append(line(index)) } }
    each {
      #"{"call": "dma_map_single", "dev": "a", "size": 4, "dir": "TO_DEVICE", "ret": \#(4096 + 4 * $0)}"#
    }
    each {
      #"{"call": "dma_unmap_single", "dev": "a", "dma_addr": \#(4096 + 4 * $0), "size": 4, "dir": "TO_DEVICE"}"#
    }
    #expect(try Self.rules(lines) == [])
  }

  @Test("bidirectional lists have to be synced for both sides, too", arguments: [false, true])
  func oneSidedLists(both: Bool) throws {
    let list =
      #""dev": "a", "nents": 1, "phys_addrs": [65536], "dma_addrs": [65536], "lengths": [4096], "dir": 0"#
    let turn =
      [#"{"call": "dma_sync_sg_for_cpu", \#(list)}"#]
      + (both ? [#"{"call": "dma_sync_sg_for_device", \#(list)}"#] : [])
    let lines =
      [#"{"call": "dma_map_sg", \#(list), "ret": 1}"#] + Array(repeating: turn, count: 4).flatMap { $0 }
      + [#"{"call": "dma_unmap_sg", \#(list)}"#]
    let found = try FixtureEvents(lines: lines.joined(separator: "\n")).findings()
    #expect(found.contains { $0.rule === Rule.syncOneSided } == !both)
  }

  static let complete = #"{"trace": {"kernel": "6.12.0", "arch": "x86_64", "complete": true}}"#

  /// Grave findings in a complete recording of one device.
  static func completely(_ lines: [String]) throws -> Set<Int> {
    try rules([complete] + lines.map { #"{"dev": "a", "# + $0 + "}" })
  }

  @Test("each CPU has an idle task of its own, whose calls return on that CPU")
  func idleTasks() throws {
    func map(_ size: Int, cpu: Int) -> String {
      #""call": "dma_map_single", "size": \#(size), "dir": "FROM_DEVICE", "pid": 0, "cpu": \#(cpu)"#
    }
    func end(_ address: Int, cpu: Int) -> String {
      #""call": "dma_map_single__return", "ret": \#(address), "pid": 0, "cpu": \#(cpu)"#
    }
    func unmap(_ address: Int, _ size: Int) -> String {
      #""call": "dma_unmap_single", "dma_addr": \#(address), "size": \#(size), "dir": "FROM_DEVICE""#
    }
    let found = try Self.completely([
      map(64, cpu: 0), map(128, cpu: 1), end(4096, cpu: 0), end(8192, cpu: 1), unmap(4096, 64),
      unmap(8192, 128),
    ])
    #expect(found == [])
  }

  @Test("an interrupt makes the same call between the entry and the return of its task's")
  func interruptedCalls() throws {
    func call(_ suffix: String, _ rest: String, _ context: String) -> String {
      #""call": "dma_map_single\#(suffix)", \#(rest), "pid": 5, "context": "\#(context)""#
    }
    func unmap(_ address: Int, _ size: Int) -> String {
      #""call": "dma_unmap_single", "dma_addr": \#(address), "size": \#(size), "dir": "FROM_DEVICE""#
    }
    func entry(_ size: Int) -> String { #""size": \#(size), "dir": "FROM_DEVICE""# }
    let found = try Self.completely([
      call("", entry(64), "preempt_off"), call("", entry(128), "softirq"), call("", entry(192), "hardirq"),
      call("__return", #""ret": 12288"#, "hardirq"), call("__return", #""ret": 8192"#, "softirq"),
      call("__return", #""ret": 4096"#, "preempt_off"),
      unmap(4096, 64), unmap(8192, 128), unmap(12288, 192),
    ])
    #expect(found == [])
  }

  @Test(
    "a scatterlist keeps the physical addresses of its entry line, and is found by them", arguments: [0, 1])
  func listInTwoLines(wrong: Int) throws {
    let addresses = #""phys_addrs": [4096, 16384]"#
    let found = try Self.completely([
      #""call": "dma_map_sg", "nents": 2, \#(addresses), "dir": "FROM_DEVICE", "pid": 5"#,
      #""call": "dma_map_sg__return", "dma_addrs": [4096, 16384], "lengths": [64, 64], "ret": 2, "pid": 5"#,
      #""call": "dma_unmap_sg", "nents": 2, \#(addresses), "dir": "\#(wrong == 1 ? "TO" : "FROM")_DEVICE""#,
    ])
    #expect(found == (wrong == 1 ? [204] : []))
  }

  @Test("the unmap of an unknown list is no release with the wrong function")
  func unknownListAtEntry() throws {
    let found = try Self.completely([
      #""call": "dma_map_sg", "nents": 2, "phys_addrs": [4096, 16384], "dma_addrs": [4096, 16384], "lengths": [64, 64], "dir": "FROM_DEVICE", "ret": 2"#,
      #""call": "dma_unmap_sg", "nents": 1, "phys_addrs": [16384], "dir": "FROM_DEVICE""#,
    ])
    #expect(found == [201])
  }

  @Test("a free of a null pointer does nothing, whatever the handle holds", arguments: [0, 1])
  func nullFrees(pointer: Int) throws {
    let free = #""call": "dma_free_coherent", "size": 64, "dma_handle": 4096, "cpu_addr": "#
    let found = try Self.completely([
      #""call": "dma_alloc_coherent", "size": 64, "flag": "GFP_KERNEL", "dma_handle": 4096, "ret": 1"#,
      free + "1", free + "\(pointer)",
    ])
    #expect(found == (pointer == 1 ? [605] : []))
  }

  @Test("a sync of no bytes may begin where the mapping ends", arguments: [0, 1])
  func emptySyncs(size: Int) throws {
    let found = try Self.completely([
      #""call": "dma_map_single", "size": 4096, "dir": "FROM_DEVICE", "ret": 4096"#,
      #""call": "dma_sync_single_for_cpu", "dma_addr": 8192, "size": \#(size), "dir": "FROM_DEVICE""#,
      #""call": "dma_unmap_single", "dma_addr": 4096, "size": 4096, "dir": "FROM_DEVICE""#,
    ])
    #expect(found == (size == 0 ? [] : [301]))
  }

  @Test(
    "memory that is attached twice is two lists, unless it is the same list",
    arguments: [(1, 1, true), (1, 2, false), (0, 0, true)])
  func attachedTwice(first: Int, second: Int, isMisuse: Bool) throws {
    func map(_ list: Int) -> String {
      #""call": "dma_map_sg", "sg": \#(list), "nents": 1, "phys_addrs": [4096], "dma_addrs": [\#(65536 * (list + 1))], "lengths": [4096], "dir": "BIDIRECTIONAL", "ret": 1"#
    }
    #expect(try Self.completely([map(first), map(second)]).contains(209) == isMisuse)
  }
}
