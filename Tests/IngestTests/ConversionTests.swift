import DMAModel
import Testing

@testable import Ingest

/// One made-up event of a vendor in the three kinds of input.
@Suite("Fields that are converted")
struct ConversionTests {
  /// Pages and a shifted page frame number, the vendor's own directions, attributes packed with something else.
  static let row: EventDictionary.Row = {
    var pages = EventDictionary.Conversion()
    pages.factor = 4096
    var frame = EventDictionary.Conversion()
    frame.shift = 12
    var way = EventDictionary.Conversion()
    way.words = ["IN": .direction(.fromDevice), "OUT": .direction(.toDevice)]
    way.numbers = [7: .direction(.bidirectional)]
    var packed = EventDictionary.Conversion()
    (packed.mask, packed.shift) = (0xff00, -8)
    return EventDictionary.Row(
      system: "soc", name: "buffer", call: .mapPage,
      fields: "address=iova physicalAddress=pfn size=pages direction=way attributes=packed",
      conversions: [.physicalAddress: frame, .size: pages, .direction: way, .attributes: packed],
      constants: [.device: .text("soc:gpu"), .forced: .number(1)])
  }()

  static let format =
    "name: buffer\nID: 41\nformat:\n" + RecordDecoderTests.common
    + "\tfield:u64 iova;\toffset:8;\tsize:8;\tsigned:0;\n\tfield:u32 pfn;\toffset:16;\tsize:4;\tsigned:0;\n"
    + "\tfield:u16 pages;\toffset:20;\tsize:2;\tsigned:0;\n\tfield:u8 way;\toffset:22;\tsize:1;\tsigned:0;\n"
    + "\tfield:u32 packed;\toffset:24;\tsize:4;\tsigned:0;\n\nprint fmt: \"iova=0x%llx pfn=%u pages=%u way=%s packed=%u\", "
    + "REC->iova, REC->pfn, REC->pages, __print_symbolic(REC->way, { 3, \"IN\" }, { 4, \"OUT\" }), REC->packed\n"

  static func check(_ events: [Event], _ names: NameTable, sourceLocation: SourceLocation = #_sourceLocation)
  {
    #expect(events.map(\.call) == [.mapPage, .mapPage, .mapPage], sourceLocation: sourceLocation)
    #expect(
      events.allSatisfy { names[$0.device] == "soc:gpu" && $0.flags.contains(.forced) },
      sourceLocation: sourceLocation)
    #expect(
      events.map(\.address) == [0x4_0000_0000, 0x4_0000_0000, 0x4_0000_0000], sourceLocation: sourceLocation)
    #expect(
      events.map(\.physicalAddress) == [0xffff_f000 as UInt64, 0xf_ffff_f000, 0x2_0000],
      sourceLocation: sourceLocation)
    #expect(events.map(\.size) == [4096, 65535 * 4096, 0], sourceLocation: sourceLocation)
    // What the table has nothing for is left out.
    #expect(events.map(\.direction) == [.fromDevice, .bidirectional, .none], sourceLocation: sourceLocation)
    #expect(
      events.map(\.attributes) == [.skipCPUSync, [], [.skipCPUSync, .noKernelMapping]],
      sourceLocation: sourceLocation)
  }

  @Test("come out of records of both byte orders", arguments: [false, true])
  func records(bigEndian: Bool) throws {
    func record(_ pfn: UInt32, _ pages: UInt16, _ way: UInt8, _ packed: UInt32) -> [UInt8] {
      var out = RecordDecoderTests.start(41, bigEndian)
      out.put(0x4_0000_0000 as UInt64)
      out.put(pfn)
      out.put(pages)
      out.put([way, 0])
      out.put(packed)
      return out.bytes
    }
    let records = [
      record(0xf_ffff, 1, 3, 0xff_2011), record(0xff_ffff, 65535, 7, 0x00ff), record(0x20, 0, 9, 0x3000),
    ]
    let decoded = RecordDecoderTests.Decoded(
      "soc", Self.format, records, bigEndian: bigEndian, dictionary: EventDictionary(adding: [Self.row]))
    Self.check(decoded.events, decoded.shared.names)
  }

  private static func reading(_ text: String) throws -> (events: [Event], names: NameTable) {
    try withFile(Array(text.utf8)) { path in
      var options = TraceOptions()
      options.events = [row]
      let trace = try Trace(path: path, options: options)
      return (Reading(trace).events, trace.names)
    }
  }

  @Test("come out of lines of text")
  func text() throws {
    let lines = [
      "pfn=1048575 pages=1 way=IN packed=0xff2011", "pfn=16777215 pages=65535 way=7 packed=255",
      "pfn=32 pages=0, way=UP packed=12288",
    ]
    let text = lines.map { "  gpu-7  [000] .....    12.5: buffer: iova=0x400000000 \($0)\n" }.joined()
    let (events, names) = try Self.reading(text)
    Self.check(events, names)
  }

  @Test("come out of lines of JSON")
  func lines() throws {
    let lines = [
      #""pfn": "1048575", "pages": 1, "way": "IN", "packed": 16719889"#,
      #""pfn": 16777215, "pages": 65535, "way": 7, "packed": 255"#,
      #""pfn": 32, "pages": "0x0", "way": "UP", "packed": 12288"#,
    ]
    let text = lines.map { "{\"call\": \"soc:buffer\", \"iova\": \"0x400000000\", \($0)}\n" }.joined()
    let (events, names) = try Self.reading(text)
    Self.check(events, names)
  }

  @Test("that are no numbers make a line one that is not understood")
  func nonsense() throws {
    let good = "  gpu-7  [000] .....    12.5: buffer: iova=0x400000000 pfn=1 pages=1 way=IN packed=0\n"
    let bad = good.replacing("pages=1", with: "pages=many")
    let reading = try withFile(Array((good + bad).utf8)) { path in
      var options = TraceOptions()
      options.events = [Self.row]
      return Reading(try Trace(path: path, options: options))
    }
    #expect(reading.events.count == 1 && reading.recording.problems.count == 1)
  }

  @Test(
    "round a size up to the pages that its range touches",
    arguments: [
      (0x1000, 1, 4096), (0x1fff, 2, 8192), (0x1000, 4096, 4096), (0x1234, 0, 4096),
      (0x1000, UInt64.max, .max),
    ])
  func wholePages(address: UInt64, size: UInt64, expected: UInt64) {
    var conversion = EventDictionary.Conversion()
    conversion.page = 4096
    #expect(conversion.number(size, address: address) == expected)
  }

  @Test("are names in arrays of characters, and numbers")
  func names() throws {
    let row = EventDictionary.Row(
      system: "soc", name: "named", call: .poolDestroy, fields: "device=who name=id address=pool")
    let format =
      "name: named\nID: 42\nformat:\n" + RecordDecoderTests.common
      + "\tfield:char who[8];\toffset:8;\tsize:8;\tsigned:0;\n\tfield:u32 id;\toffset:16;\tsize:4;\tsigned:0;\n"
    var record = RecordDecoderTests.start(42, false)
    record.put(Array("isp0\0xyz".utf8))
    record.put(0xab as UInt32)
    let decoded = RecordDecoderTests.Decoded(
      "soc", format, [record.bytes, Array(record.bytes.dropLast(1))], bigEndian: false,
      dictionary: EventDictionary(adding: [row]))
    let event = try #require(decoded.events.first)
    #expect(decoded.shared.names[event.device] == "isp0" && decoded.shared.names[event.name] == "0xab")
    #expect(decoded.events.count == 1 && decoded.skipped == 1)
  }
}
