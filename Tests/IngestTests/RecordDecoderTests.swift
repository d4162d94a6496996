import DMAModel
import Testing

@testable import Ingest

/// Records decoded by formats made for the purpose, in both byte orders.
@Suite struct RecordDecoderTests {
  static let common = """
    \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
    \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
    \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
    \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

    """

  struct Decoded {
    var events: [Event] = []
    var segments: [UInt64] = []
    var skipped: UInt64 = 0
    let shared = SharedTables()

    init(
      _ system: String, _ format: String, _ records: [[UInt8]], bigEndian: Bool,
      dictionary: EventDictionary = EventDictionary()
    ) { self.init(system, [format], records, bigEndian: bigEndian, dictionary: dictionary) }

    init(
      _ system: String, _ formats: [String], _ records: [[UInt8]], bigEndian: Bool,
      dictionary: EventDictionary = EventDictionary()
    ) {
      let sources = formats.map { EventCatalog.Source(system: system, text: Array($0.utf8)[...]) }
      let catalog = EventCatalog(sources, dictionary: dictionary, longSize: 8)
      var decoder = RecordDecoder(catalog, bigEndian: bigEndian, shared: shared)
      let batch = EventBatch()
      for record in records {
        record.withUnsafeBytes { bytes in
          guard let base = bytes.baseAddress else { return }
          _ = decoder.decode(base, length: bytes.count, time: 1, cpu: 0, into: batch)
        }
      }
      events = Array(UnsafeBufferPointer(start: batch.events, count: batch.count))
      segments = Array(UnsafeBufferPointer(start: batch.segments, count: batch.segmentCount))
      skipped = batch.skippedRecords
    }
  }

  static func start(_ id: UInt16, _ bigEndian: Bool) -> ByteWriter {
    var out = ByteWriter(bigEndian: bigEndian)
    out.put(id)
    out.put([0, 0])
    out.put(-1 as Int32)
    return out
  }

  @Test("A plain event's records come out as those of one that has to be asked for its fields")
  func plain() throws {
    let relative = TraceBuilder.mapFormat.replacing("__data_loc char[]", with: "__rel_loc char[]")
    let common = EventCatalog.CommonFields()
    func catalog(_ format: String) -> EventCatalog {
      EventCatalog(
        [.init(system: "dma", text: Array(format.utf8)[...])], dictionary: EventDictionary(), longSize: 8)
    }
    for format in [TraceBuilder.mapFormat, relative] {
      let plan = try #require(catalog(format).plans.last)
      #expect(PlainPlan(plan, bigEndian: false, common).length == 56)
      #expect(PlainPlan(plan, bigEndian: true, common).length == .max)
    }
    // A signed number that is narrower than 64 bits is none.
    let signed = TraceBuilder.mapFormat.replacing(
      "size_t size;\toffset:32;\tsize:8;\tsigned:0", with: "int size;\toffset:32;\tsize:4;\tsigned:1")
    #expect(PlainPlan(try #require(catalog(signed).plans.last), bigEndian: false, common).length == .max)

    let records = [
      mapRecord(address: .max - 7, size: 1 << 40, attributes: 1 << 5, pid: -3, flags: 0x59, preemption: 0x21),
      mapRecord(device: "a", address: 0, size: 0, attributes: 1 << 40 | 2),
      mapRecord(device: String(repeating: "x", count: 30), address: 1, flags: 0xff, preemption: 0xff),
    ]
    let (plain, asked) = (
      Decoded("dma", TraceBuilder.mapFormat, records, bigEndian: false),
      Decoded(
        "dma", TraceBuilder.mapFormat, records.map { Self.swapped($0) }, bigEndian: true)
    )
    #expect(plain.events.count == 3 && asked.events.count == 3)
    for (one, other) in zip(plain.events, asked.events) {
      #expect(
        (one.address, one.physicalAddress, one.size) == (other.address, other.physicalAddress, other.size))
      #expect((one.pid, one.attributes, one.context) == (other.pid, other.attributes, other.context))
      #expect((one.call, one.direction, one.flags) == (other.call, other.direction, other.flags))
      #expect(plain.shared.names[one.device] == asked.shared.names[other.device])
    }
    #expect(plain.events.map(\.size) == [1 << 40, 0, 4096])
    #expect(plain.events[0].attributes == .skipCPUSync && plain.events[0].context.contains(.irqsOff))
  }

  /// A record of `TraceBuilder.mapFormat` in the other byte order.
  private static func swapped(_ record: [UInt8]) -> [UInt8] {
    var result = record
    for (start, width) in [(0, 2), (4, 4), (8, 4), (16, 8), (24, 8), (32, 8), (40, 4), (48, 8)] {
      result[start..<start + width].reverse()
    }
    return result
  }

  @Test(
    "Dynamic events: strings at places counted from the field's end, signed results",
    arguments: [false, true])
  func relative(bigEndian: Bool) throws {
    let format =
      "name: dma_set_mask__return\nID: 9\nformat:\n" + Self.common
      + "\tfield:__rel_loc char[] device;\toffset:8;\tsize:4;\tsigned:1;\n\tfield:s32 ret;\toffset:12;\tsize:4;\tsigned:1;\n"
    var record = Self.start(9, bigEndian)
    // Four bytes behind the field's end, at 16.
    record.put(4 << 16 | 4 as UInt32)
    record.put(-5 as Int32)
    record.put(Array("usb\0".utf8))
    let decoded = Decoded("dmaapi", format, [record.bytes], bigEndian: bigEndian)
    let event = try #require(decoded.events.first)
    #expect(event.call == .setMask && event.flags.contains(.isReturn))
    #expect(decoded.shared.names[event.device] == "usb")
    #expect(Int64(bitPattern: event.value) == -5)
    #expect(event.pid == -1)
  }

  @Test("Numbers of one, two and four bytes, signed or not", arguments: [false, true])
  func widths(bigEndian: Bool) throws {
    let format =
      "name: dma_pool_create\nID: 9\nformat:\n" + Self.common
      + "\tfield:u8 size;\toffset:8;\tsize:1;\tsigned:0;\n\tfield:s16 align;\toffset:10;\tsize:2;\tsigned:1;\n"
      + "\tfield:u32 boundary;\toffset:12;\tsize:4;\tsigned:0;\n"
    var record = Self.start(9, bigEndian)
    record.put([0xff, 0])
    record.put(-2 as Int16)
    record.put(0xffff_fffe as UInt32)
    let event = try #require(Decoded("any", format, [record.bytes], bigEndian: bigEndian).events.first)
    #expect(event.size == 255 && event.physicalAddress == UInt64.max - 1 && event.value == 0xffff_fffe)
  }

  static let listFormat =
    "name: dma_map_sg\nID: 9\nformat:\n" + common
    + "\tfield:__data_loc u64[] phys_addrs;\toffset:8;\tsize:4;\tsigned:0;\n"
    + "\tfield:__data_loc u64[] dma_addrs;\toffset:12;\tsize:4;\tsigned:0;\n"
    + "\tfield:__data_loc unsigned int[] lengths;\toffset:16;\tsize:4;\tsigned:0;\n"
    + "\tfield:int full_nents;\toffset:20;\tsize:4;\tsigned:1;\n\tfield:int full_ents;\toffset:24;\tsize:4;\tsigned:1;\n"

  static func listRecord(nents: Int32, ents: Int32, bigEndian: Bool, tail: UInt32 = 0) -> [UInt8] {
    var record = start(9, bigEndian)
    record.put(24 << 16 | 32 as UInt32)
    record.put(16 << 16 | 56 as UInt32)
    record.put(8 << 16 | 72 + tail)
    record.put(nents)
    record.put(ents)
    record.put(0 as UInt32)
    for address in [0x1000, 0x2000, 0x3000, 0xa000, 0xb000] as [UInt64] { record.put(address) }
    for length in [4096, 512] as [UInt32] { record.put(length) }
    return record.bytes
  }

  @Test(
    "Scatterlists: physical addresses by nents, bus addresses and lengths by ents", arguments: [false, true])
  func lists(bigEndian: Bool) throws {
    let records = [
      Self.listRecord(nents: 3, ents: 2, bigEndian: bigEndian),
      Self.listRecord(nents: 200, ents: 1, bigEndian: bigEndian),
      Self.listRecord(nents: -1, ents: 2, bigEndian: bigEndian),
    ]
    let decoded = Decoded("dma", Self.listFormat, records, bigEndian: bigEndian)
    #expect(decoded.events.map(\.physicalCount) == [3, 3, 0] && decoded.events.map(\.busCount) == [2, 1, 2])
    #expect(decoded.events.map(\.nents) == [3, 200, -1])
    #expect(
      decoded.segments == [
        0x1000, 0x2000, 0x3000, 0xa000, 0xb000, 4096, 512, 0x1000, 0x2000, 0x3000, 0xa000, 4096, 0xa000,
        0xb000, 4096,
        512,
      ])
  }

  @Test("An array that leaves the record is not there; a record too short for its fields is skipped")
  func arraysOutside() throws {
    let decoded = Decoded(
      "dma", Self.listFormat,
      [
        Self.listRecord(nents: 3, ents: 2, bigEndian: false, tail: 4), Array(Self.start(9, false).bytes),
        [9, 0],
      ],
      bigEndian: false)
    let event = try #require(decoded.events.first)
    #expect(decoded.events.count == 1 && event.physicalCount == 3 && event.busCount == 0)
    #expect(decoded.skipped == 2)
  }

  @Test("Two events of one name in two systems are counted apart")
  func sharedNames() {
    let texts = ["name: map\nID: 1\n", "name: map\nID: 2\n", "name: unmap\nID: 3\n"]
    let sources = zip(["iommu", "mine", "iommu"], texts).map {
      EventCatalog.Source(system: $0.0, text: Array($0.1.utf8)[...])
    }
    let catalog = EventCatalog(sources, dictionary: EventDictionary(), longSize: 8)
    #expect((1...3).map { catalog.countedName($0) } == ["iommu:map", "mine:map", "unmap"])
  }
}
