import DMAModel
import Testing

@testable import Ingest

/// Recordings of kernels with 4-byte longs, of either byte order, in every container: what `long` and `size_t` hold has
/// four bytes, 64-bit numbers lie at multiples of 8, stacks are of 4-byte words, and a page's commit word has four bytes
/// with the data behind it at byte 12.
@Suite("Recordings of 32-bit kernels")
struct ThirtyTwoBitTests {
  enum Container: Sendable {
    case version6, version7, packed7
    case perf(isPipe: Bool, PerfBuilder.Packing)

    static let all: [Container] =
      [.version6, .version7, .packed7]
      + [false, true].flatMap { isPipe in
        [PerfBuilder.Packing.none, .compressed, .compressed2].map { .perf(isPipe: isPipe, $0) }
      }
  }

  struct Form: Sendable, CustomTestStringConvertible {
    var container: Container
    var bigEndian: Bool
    var testDescription: String { "\(container), \(bigEndian ? "big" : "little")-endian" }
  }

  static let forms = Container.all.flatMap { container in
    [false, true].map { Form(container: container, bigEndian: $0) }
  }

  private static func format(_ name: String, _ id: Int, _ fields: [String]) -> String {
    """
    name: \(name)
    ID: \(id)
    format:
    \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
    \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
    \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
    \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

    \(fields.map { "\tfield:" + $0 }.joined(separator: "\n"))

    print fmt: "%s attrs=%s", __get_str(device), __print_flags(REC->attrs, "|", { (1UL << 5), "SKIP_CPU_SYNC" })
    """
  }

  static let mapFormat = format(
    "dma_map_page", 300,
    [
      "__data_loc char[] device;\toffset:8;\tsize:4;\tsigned:0;",
      "u64 phys_addr;\toffset:16;\tsize:8;\tsigned:0;", "u64 dma_addr;\toffset:24;\tsize:8;\tsigned:0;",
      "size_t size;\toffset:32;\tsize:4;\tsigned:0;",
      "enum dma_data_direction dir;\toffset:36;\tsize:4;\tsigned:0;",
      "unsigned long attrs;\toffset:40;\tsize:4;\tsigned:0;",
    ])

  static let listFormat = format(
    "dma_map_sg", 301,
    [
      "__data_loc char[] device;\toffset:8;\tsize:4;\tsigned:0;",
      "__data_loc u64[] phys_addrs;\toffset:12;\tsize:4;\tsigned:0;",
      "__data_loc u64[] dma_addrs;\toffset:16;\tsize:4;\tsigned:0;",
      "__data_loc unsigned int[] lengths;\toffset:20;\tsize:4;\tsigned:0;",
      "enum dma_data_direction dir;\toffset:24;\tsize:4;\tsigned:0;",
      "unsigned long attrs;\toffset:28;\tsize:4;\tsigned:0;",
    ])

  static let stackFormat = TraceBuilder.stackFormat.replacingCaller

  private static func head(_ id: UInt16, _ bigEndian: Bool) -> ByteWriter {
    var out = ByteWriter(bigEndian: bigEndian)
    out.put(id)
    out.put([0, 0])
    out.put(7 as Int32)
    return out
  }

  private static func map(_ bigEndian: Bool) -> [UInt8] {
    var out = head(300, bigEndian)
    out.put(4 << 16 | 44 as UInt32)
    out.put(0 as UInt32)
    out.put(0x1_2345_6000 as UInt64)
    out.put(0x8000_6000 as UInt64)
    out.put(0xffff_f000 as UInt32)
    out.put(2 as UInt32)
    out.put(1 << 5 as UInt32)
    out.put(string: "usb")
    return out.bytes
  }

  /// Three segments that came out as two.
  private static func list(_ bigEndian: Bool) -> [UInt8] {
    var out = head(301, bigEndian)
    out.put(4 << 16 | 80 as UInt32)
    out.put(24 << 16 | 32 as UInt32)
    out.put(16 << 16 | 56 as UInt32)
    out.put(8 << 16 | 72 as UInt32)
    out.put(1 as UInt32)
    out.put(0 as UInt32)
    for address in [0x1000, 0x2000, 0x1_0000_5000] as [UInt64] { out.put(address) }
    for address in [0xf000_0000, 0xf001_0000] as [UInt64] { out.put(address) }
    for length in [8192, 512] as [UInt32] { out.put(length) }
    out.put(string: "eth")
    return out.bytes
  }

  private static func stack(_ bigEndian: Bool) -> [UInt8] {
    var out = head(4, bigEndian)
    out.put(3 as UInt32)
    for frame in [0xc010_0000, 0x8000_0001, 0xffff_ffff, 0xdead_beef] as [UInt32] { out.put(frame) }
    return out.bytes
  }

  static func build(_ form: Form) -> [UInt8] {
    let big = form.bigEndian
    switch form.container {
    case .version6, .version7, .packed7:
      var builder = TraceBuilder()
      if case .version6 = form.container { builder.version = 6 } else { builder.version = 7 }
      if case .packed7 = form.container { builder.isCompressed = true }
      builder.layout = PageLayout.test(longSize: 4, bigEndian: big)
      (builder.formats, builder.ftraceFormats) = ([mapFormat, listFormat], [stackFormat])
      var page = PageBuilder(builder.layout, time: 1_000)
      page.record(delta: 10, map(big))
      page.record(delta: 1, stack(big))
      page.record(delta: 10, list(big))
      builder.cpus = [(0, page.build(lost: 0xffff_fff0))]
      return builder.build()
    case .perf(let isPipe, let packing):
      var builder = PerfBuilder()
      (builder.bigEndian, builder.isPipe, builder.packing, builder.longSize) = (big, isPipe, packing, 4)
      builder.formats = [mapFormat, listFormat]
      // perf's own numbers have 64 bits whatever the kernel's longs have.
      let chain = [UInt64(bitPattern: -128), 0xc010_0000, 0x8000_0001]
      builder.loss(of: 0xffff_fff0, time: 1_000, cpu: 0)
      builder.sample(time: 1_010, cpu: 0, chain: chain, map(big))
      builder.sample(time: 1_021, cpu: 0, list(big))
      return builder.build()
    }
  }

  @Test("give the same events, lists, stacks and losses from each", arguments: forms)
  func events(form: Form) throws {
    try withFile(Self.build(form)) { path in
      let trace = try Trace(path: path)
      var events: [Event] = []
      var lists: [[UInt64]] = []
      trace.forEachRun { run, segments in
        for index in run.indices {
          let event = run[index]
          events.append(event)
          let count = Int(event.physicalCount) + 2 * Int(event.busCount)
          lists.append((0..<count).map { segments[Int(event.segments) + $0] })
        }
        return true
      }
      #expect(events.map(\.call) == [.lost, .mapPage, .mapScatterlist])
      #expect(events.map(\.time) == [1_000, 1_010, 1_021])
      try #require(events.count == 3)
      #expect(events[0].value == 0xffff_fff0)
      let map = events[1]
      #expect(map.physicalAddress == 0x1_2345_6000 && map.address == 0x8000_6000)
      #expect(map.size == 0xffff_f000 && map.direction == .fromDevice && map.attributes == .skipCPUSync)
      #expect(trace.names[map.device] == "usb" && map.pid == 7)
      #expect(Array(trace.stacks[map.stack]) == [0xc010_0000, 0x8000_0001])
      let list = events[2]
      #expect(trace.names[list.device] == "eth" && list.nents == 3 && list.ents == 2)
      #expect(lists[2] == [0x1000, 0x2000, 0x1_0000_5000, 0xf000_0000, 0xf001_0000, 8192, 512])
      let recording = trace.recording()
      #expect(recording.problems.isEmpty && recording.lostEvents == 0xffff_fff0)
    }
  }
}

extension String {
  /// `caller` as a machine with 4-byte longs has it.
  fileprivate var replacingCaller: String {
    split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.contains("caller[8]")
        ? "\tfield:unsigned long caller[8];\toffset:12;\tsize:32;\tsigned:0;" : String($0)
    }.joined(separator: "\n")
  }
}
