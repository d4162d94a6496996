import DMAModel
import Foundation
import Testing

@testable import Ingest

@Suite("JSON Lines")
struct JSONLinesTests {
  /// What was read: events with their arrays, and the recording.
  struct Reading {
    var events: [Event] = []
    var segments: [UInt64] = []
    var recording = Recording()
    var trace: Trace

    init(_ text: String) throws { try self.init(bytes: Array(text.utf8)) }

    init(bytes: [UInt8]) throws {
      let file = FileManager.default.temporaryDirectory.appending(path: "lines-\(UUID().uuidString).jsonl")
      try Data(bytes).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      trace = try Trace(path: file.path())
      var (events, segments): ([Event], [UInt64]) = ([], [])
      trace.forEachRun { run, arrays in
        let base = UInt32(segments.count)
        for index in arrays.indices { segments.append(arrays[index]) }
        for index in run.indices {
          var event = run[index]
          event.segments += base
          events.append(event)
        }
        return true
      }
      (self.events, self.segments, recording) = (events, segments, trace.recording())
    }
  }

  static func one(_ line: String) throws -> Event {
    let reading = try Reading(line)
    #expect(reading.recording.problems.isEmpty, "\(reading.recording.problems)")
    return try #require(reading.events.first)
  }

  @Test("a mapping has its parameters, task, stack and context")
  func mapping() throws {
    let reading = try Reading(
      """
      {"trace": {"kernel": "5.4.0", "arch": "armv7l", "page_size": 65536, "cpus": 4, "complete": true}}
      {"call": "dma_map_single", "dev": "0000:00:04.0", "size": 1500, "dir": "DMA_TO_DEVICE", "attrs": "DMA_ATTR_SKIP_CPU_SYNC|NO_WARN", "phys_addr": "0x80001000", "ret": "0xffffffff00001000", "time": 12.000000345, "cpu": 3, "pid": 97, "task": "modprobe", "context": "irqs_off|softirq", "stack": ["xmit+0x1c [net]", "0xffff800080000010", 18446603338368679968]}
      """)
    let recording = reading.recording
    #expect(recording.kernel == "5.4.0" && recording.architecture == "armv7l" && recording.pageSize == 65536)
    #expect(recording.cpus == 4 && recording.isComplete && recording.format == "JSON Lines")
    #expect(recording.eventsByName == ["dma_map_single": 1] && recording.taskNames[97] == "modprobe")
    #expect(recording.firstTime == 12_000_000_345 && recording.lastTime == 12_000_000_345)
    let event = reading.events[0]
    #expect(event.call == .mapPage && event.flags == [.isReturn, .hasAddress, .hasPhysicalAddress])
    #expect(event.address == 0xffff_ffff_0000_1000 && event.physicalAddress == 0x8000_1000)
    #expect(
      event.size == 1500 && event.direction == .toDevice && event.attributes == [.skipCPUSync, .noWarn])
    #expect(event.time == 12_000_000_345 && event.cpu == 3 && event.pid == 97)
    #expect(event.context == [.irqsOff, .softIRQ])
    #expect(reading.trace.names[event.device] == "0000:00:04.0")
    let frames = reading.trace.stacks[event.stack]
    let symbols = try #require(reading.trace.symbols())
    #expect(
      frames.map { symbols.symbol(at: $0) } == [
        "xmit+0x1c [net]", "0xffff800080000010", "0xffff800080000020",
      ])
  }

  @Test("a scatterlist has its arrays")
  func scatterlist() throws {
    let reading = try Reading(
      """
      {"call": "dma_map_sg", "dev": "a", "sg": "0xffff0001", "nents": 3, "phys_addrs": ["0x1000", 8192, "0x3000"], "dma_addrs": ["0xf000"], "lengths": [12288], "dir": 2, "ret": 1}
      {"call": "dma_unmap_sg", "dev": "a", "nents": 3, "phys_addrs": ["0x1000", 8192, "0x3000"], "dir": 2}
      """)
    let event = reading.events[0]
    #expect(event.call == .mapScatterlist && event.nents == 3 && event.ents == 1)
    #expect(event.physicalCount == 3 && event.busCount == 1 && event.address == 0xffff_0001)
    let start = Int(event.segments)
    #expect(reading.segments[start..<(start + 5)] == [0x1000, 0x2000, 0x3000, 0xf000, 12288])
    #expect(reading.events[1].physicalCount == 3 && reading.events[1].busCount == 0)
  }

  /// Numbers are exact to 64 bits, however they are written.
  @Test(
    "numbers",
    arguments: [
      ("18446744073709551615", UInt64.max), ("-1", .max), ("\"-1\"", .max), ("\"0xffffffffffffffff\"", .max),
      ("\"0X1f\"", 31), ("\"4096\"", 4096), ("9223372036854775809", 1 << 63 | 1),
      ("-9223372036854775808", 1 << 63),
      ("true", 1), ("0", 0),
    ])
  func numbers(text: String, value: UInt64) throws {
    #expect(try Self.one(#"{"call": "dma_unmap_single", "dev": "a", "addr": \#(text)}"#).address == value)
  }

  @Test(
    "what is no integer is a problem of its line",
    arguments: [
      "1.5", "1e3", "18446744073709551616", "-9223372036854775809", "\"\"", "\"0x\"", "\"12 \"", "[1]", "{}",
      "\"0x10000000000000000\"", "\"--1\"", "-",
    ])
  func wrongNumbers(text: String) throws {
    let reading = try Reading(
      """
      {"call": "dma_unmap_single", "dev": "a", "addr": 1}
      {"call": "dma_unmap_single", "dev": "a", "addr": \(text)}
      {"call": "dma_unmap_single", "dev": "a", "addr": 3}
      """)
    #expect(reading.events.map(\.address) == [1, 3])
    #expect(reading.recording.problems.count == 1 && reading.recording.skipped["malformed lines"] == 1)
    #expect(reading.recording.problems[0].contains("at byte 10"), "\(reading.recording.problems)")
  }

  @Test(
    "times are exact, default to 1 µs on, and never go back",
    arguments: [
      ("1.000000345", 1_000_000_345 as UInt64), ("\"7\"", 7_000_000_000), ("0.1234567899", 123_456_789),
      ("18446744073.709551615", .max),
    ])
  func times(text: String, nanoseconds: UInt64) throws {
    #expect(try Self.one(#"{"call": "lost", "time": \#(text)}"#).time == nanoseconds)
  }

  @Test("a line without a time follows the one before it")
  func noTimes() throws {
    let reading = try Reading(
      """
      {"call": "lost"}
      {"call": "lost", "time": 1}
      {"call": "lost"}
      {"call": "lost", "time": 0.5}
      {"call": "lost", "cpu": 2, "count": 40}
      """)
    #expect(reading.events.map(\.time) == [1000, 1_000_000_000, 1_000_001_000, 1_000_001_000, 1_000_002_000])
    #expect(reading.recording.skipped["times before that of the line before"] == 1)
    #expect(reading.recording.lostWindows == 5 && reading.recording.lostWindowsWithoutCount == 4)
    #expect(reading.recording.lostEvents == 40 && reading.events[4].value == 40 && reading.events[4].cpu == 2)
    #expect(reading.events[0].value == Event.unknownCount && reading.recording.events == 0)
  }

  @Test("an entry lacks what a return tells, and a line with both is whole")
  func entriesAndReturns() throws {
    let reading = try Reading(
      """
      {"call": "dma_alloc_coherent", "dev": "a", "size": 64, "flag": "GFP_KERNEL|__GFP_ZERO"}
      {"call": "dma_alloc_coherent__return", "ret": "0xffff0000", "dma_handle": 4096}
      {"call": "dma_alloc_coherent", "dev": "a", "size": 64, "gfp": "GFP_ATOMIC", "ret": 1, "dma_handle": 4096}
      {"call": "dma_alloc_coherent", "dev": "a", "size": 64, "gfp": 3264, "ret": 1, "dma_handle": 4096}
      {"call": "dma_alloc", "device": "a", "virt_addr": 1, "dma_addr": 4096, "size": 64}
      {"call": "dma_map_sgtable", "dev": "a", "nents": 2, "dir": 1, "ret": 0}
      """)
    let flags = reading.events.map(\.flags)
    #expect(
      flags == [
        [.isEntry], [.isReturn, .hasAddress], [.isReturn, .hasAddress], [.isReturn, .hasAddress],
        [.hasAddress],
        [.isReturn, .givesStatus],
      ])
    #expect(reading.events[0].allocation == [.recorded, .mayBlock])
    #expect(reading.events[2].allocation == [.recorded] && reading.events[3].allocation == [])
  }

  /// Every function that DESIGN names, and its twins; none may be unknown.
  @Test(
    "the whole vocabulary is known",
    arguments: """
      dma_alloc_coherent pci_alloc_consistent dma_free_coherent pci_free_consistent dma_alloc_attrs dma_free_attrs \
      dma_alloc_pages dma_free_pages dma_alloc_noncoherent dma_free_noncoherent dma_alloc_noncontiguous \
      dma_pool_create dma_pool_alloc dma_pool_zalloc dma_pool_free dma_pool_destroy pci_pool_create pci_pool_alloc \
      pci_pool_free pci_pool_destroy dma_supported pci_dma_supported dma_set_mask dma_set_coherent_mask \
      dma_set_mask_and_coherent pci_set_dma_mask pci_set_consistent_dma_mask dma_get_required_mask dma_map_single \
      dma_map_page dma_map_resource dma_map_phys pci_map_single pci_map_page dma_map_single_attrs dma_map_page_attrs \
      dma_unmap_single dma_unmap_page dma_unmap_resource dma_unmap_phys pci_unmap_single pci_unmap_page \
      dma_mapping_error pci_dma_mapping_error dma_map_sg dma_map_sgtable dma_unmap_sg pci_map_sg pci_unmap_sg \
      dma_sync_single dma_sync_sg dma_sync_single_for_cpu dma_sync_single_for_device dma_sync_sg_for_cpu \
      dma_sync_sg_for_device dma_sync_single_range dma_sync_single_range_for_cpu dma_sync_single_range_for_device \
      pci_dma_sync_single pci_dma_sync_sg pci_dma_sync_single_for_cpu pci_dma_sync_sg_for_device dma_cache_sync \
      dma_is_consistent dma_get_cache_alignment dma_declare_coherent_memory dma_release_declared_memory \
      dma_mark_declared_memory_occupied dma_max_mapping_size swiotlb_bounced dma_alloc dma_free dma_alloc_sgt \
      dma_free_sgt dma_map_sg_err driver_bound driver_unbound
      """.split(separator: " ").map(String.init))
  func vocabulary(name: String) throws {
    let reading = try Reading(#"{"call": "\#(name)", "dev": "a"}"#)
    #expect(reading.recording.undecodedEvents.isEmpty && reading.events.count == 1)
    #expect(reading.recording.eventsByName == [name: 1])
  }

  @Test("a range's offset is added to its address")
  func ranges() throws {
    let line =
      #"{"call": "dma_sync_single_range_for_cpu", "dev": "a", "offset": 128, "dma_handle": 4096, "size": 64}"#
    let event = try Self.one(line)
    #expect(event.call == .syncSingleForCPU && event.address == 4224 && event.size == 64)
  }

  @Test("tasks without a number are told apart by name, lines without either belong to none")
  func tasks() throws {
    let reading = try Reading(
      """
      {"call": "dma_set_mask", "task": "a"}
      {"call": "dma_set_mask", "task": "b"}
      {"call": "dma_set_mask", "task": "a"}
      {"call": "dma_set_mask"}
      """)
    let pids = reading.events.map(\.pid)
    #expect(pids[0] == pids[2] && pids[0] != pids[1] && pids[3] == Recording.unknownTask)
    #expect(reading.recording.taskName(pids[0]) == "a" && reading.recording.taskName(pids[3]) == "<unknown>")
    #expect(!pids.contains(where: Recording.isProcessID))
  }

  @Test("escapes in strings are resolved")
  func escapes() throws {
    let reading = try Reading(
      #"{"call": "dma\u005fset_mask", "dev": "a\"\\\/\n\u00e9\ud83d\ude00\ud800x", "task": "\u001b[31m"}"#)
    #expect(reading.trace.names[reading.events[0].device] == "a\"\\/\né😀\u{fffd}x")
    #expect(reading.recording.taskName(reading.events[0].pid) == "\u{1b}[31m")
    #expect(reading.recording.eventsByName == ["dma_set_mask": 1])
  }

  @Test("unknown calls are counted, unknown members passed over, the last of two counts, null is none")
  func leniency() throws {
    let reading = try Reading(
      """
      \u{feff}{"call": "frobnicate", "x": [{"y": [1, "]"]}]}

        {"zzz": {"a": "}"}, "call": "dma_free_coherent", "dev": null, "size": 1, "size": 2, "attrs": 0}  \r
      """)
    #expect(reading.recording.eventsByName == ["frobnicate": 1, "dma_free_coherent": 1])
    #expect(reading.recording.undecodedEvents == ["frobnicate"] && reading.recording.problems.isEmpty)
    #expect(reading.events.count == 1 && reading.events[0].size == 2 && reading.events[0].device == 0)
  }

  @Test(
    "what is no recording is refused",
    arguments: ["{}", "{\n \"a\": 1\n}\n", "{\"a\": 1}", "{\"call\": 1}", "{"])
  func refusal(text: String) throws {
    let error = #expect(throws: TraceError.self) { _ = try Reading(text) }
    #expect(error?.kind == .notATrace && error?.offset != nil)
  }

  @Test(
    "a broken line is reported with its place, and the rest is read",
    arguments: [
      "{\"call\": \"lost\"", "{\"call\": \"lost\"}}", "[1]", "{\"call\" \"lost\"}", "{'call': 1}",
      "{\"call\": \"lost\",}",
      "{\"call\": tru}", "{\"a\": \"x}", "{\"a\": [1, 2}", "{\"call\": \"dma_map_sg\", \"phys_addrs\": 7}",
      "{\"call\": \"dma_map_sg\", \"dma_addrs\": [7], \"lengths\": []}", "{\"call\": \"lost\", \"time\": -1}",
      "{\"call\": \"lost\", \"cpu\": 65536}", "{\"call\": \"lost\", \"stack\": 1}", "\u{0}\u{1}garbage\\",
      "{\"call\": \"dma_map_single\", \"dir\": \"SIDEWAYS\"}",
      "{\"call\": \"lost\", \"context\": \"asleep\"}",
      String(repeating: "[", count: 100), "{\"a\":" + String(repeating: "[", count: 100) + "}",
      "{\"a\": \"" + String(repeating: "x", count: 1 << 20) + "\"}",
    ])
  func damage(line: String) throws {
    let good = "{\"call\": \"dma_set_mask\"}\n"
    let reading = try Reading(good + line + "\n" + good)
    #expect(reading.events.count == 2 && reading.recording.problems.count == 1)
    let offset = try #require(
      reading.recording.problems[0].firstMatch(of: /at byte (\d+)/).flatMap { Int($0.1) })
    #expect(offset >= good.utf8.count && offset <= good.utf8.count + line.utf8.count)
  }

  @Test("a file cut anywhere gives the lines before the cut")
  func cuts() throws {
    let line =
      "{\"call\": \"dma_unmap_single\", \"dev\": \"a\", \"addr\": \"0x1000\", \"size\": 64, \"dir\": 1}\n"
    let text = Array((line + line + line).utf8)
    for cut in line.utf8.count..<text.count {
      let reading = try Reading(bytes: Array(text[..<cut]))
      let (whole, rest) = cut.quotientAndRemainder(dividingBy: line.utf8.count)
      // A last line may lack its newline.
      let isWhole = rest == line.utf8.count - 1
      #expect(reading.events.count == whole + (isWhole ? 1 : 0), "cut at \(cut)")
      #expect(reading.recording.problems.isEmpty == (rest == 0 || isWhole), "cut at \(cut)")
    }
  }

  @Test("random damage neither crashes nor goes on for ever", arguments: 1...40)
  func noise(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let line =
      #"{"call": "dma_map_sg", "dev": "a", "phys_addrs": ["0x1000", 8192], "dma_addrs": [1, 2], "lengths": [3, 4], "stack": ["f\u0041", 7], "time": 1.5}"#
    var bytes = Array((0..<20).map { _ in line }.joined(separator: "\n").utf8)
    for _ in 0..<30 {
      bytes[Int.random(in: line.utf8.count..<bytes.count, using: &random)] = .random(
        in: 0...255, using: &random)
    }
    let reading = try Reading(bytes: bytes)
    #expect(reading.events.count >= 1 && reading.events.count <= 60)
  }

  @Test("very many problems are counted, not kept")
  func manyProblems() throws {
    let reading = try Reading("{\"call\": \"lost\"}\n" + String(repeating: "x\n", count: 1000))
    #expect(reading.recording.problems.count == 17 && reading.recording.problems[16].contains("984"))
    #expect(reading.recording.skipped["malformed lines"] == 1000)
  }
}

private struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ state >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
