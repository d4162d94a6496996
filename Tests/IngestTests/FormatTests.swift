import DMAModel
import Testing

@testable import Ingest

@Suite struct FormatTests {
  @Test("A format file gives name, number, fields and print format")
  func format() throws {
    let format = try #require(EventFormat(system: "dma", text: TraceBuilder.mapFormat))
    #expect(format.name == "dma_map_page" && format.id == 300 && format.fields.count == 10)
    let device = try #require(format["device"])
    #expect(device.storage == .dataLocation && device.offset == 8 && device.size == 4 && !device.isSigned)
    #expect(format["common_pid"]?.isSigned == true)
    #expect(format["dir"]?.type == "enum dma_data_direction")
    #expect(format.printFormat.contains("__print_flags(REC->attrs"))
  }

  @Test(
    "Declarations of all kinds are read",
    arguments: [
      (
        "unsigned long caller[8];\toffset:16;\tsize:64;\tsigned:0;", "caller",
        EventFormat.Field.Storage.fixed, 64
      ),
      ("__rel_loc char[] name;\toffset:8;\tsize:4;\tsigned:1;", "name", .relativeLocation, 4),
      ("__data_loc u64[] phys_addrs;\toffset:12;\tsize:4;\tsigned:0;", "phys_addrs", .dataLocation, 4),
      ("const char *fmt;\toffset:8;\tsize:8;\tsigned:0;", "fmt", .fixed, 8),
    ])
  func fields(line: String, name: String, storage: EventFormat.Field.Storage, size: Int) throws {
    let field = try #require(EventFormat.Field("field:" + line[...]))
    #expect(field.name == name && field.storage == storage && field.size == size)
  }

  @Test(
    "Declarations that cannot be are left out",
    arguments: [
      "field:int a;\toffset:-4;\tsize:4;\tsigned:1;", "field:int a;\toffset:4;\tsize:99999999999999999999;",
      "field:int a;\toffset:70000;\tsize:4;", "field:int a;", "field:",
    ])
  func badFields(line: String) {
    #expect(EventFormat.Field(line[...]) == nil)
  }

  @Test("A format without name or number is none")
  func noFormat() {
    #expect(EventFormat(system: "x", text: "ID: 4\n") == nil)
    #expect(EventFormat(system: "x", text: "name: a\n") == nil)
    #expect(EventFormat(system: "x", text: "name: a\nID: 70000\n") == nil)
    #expect(EventFormat.nameAndNumber(Array("name: a\nID: 65535\nformat:".utf8)[...])?.id == 65535)
    #expect(EventFormat.nameAndNumber(Array("ID: 1\nname: a\n".utf8)[...]) == nil)
  }

  @Test(
    "Constants are computed as C does",
    arguments: [
      ("0x10", 16), ("(1UL << 5)", 32), ("1ULL << 40", 1 << 40), ("(1 << 2) | 0x1u", 5), ("0x10|2 & 3", 18),
      ("(( gfp_t)((((1UL))) << (10)))", 1024), ("1 << 2 + 1", 8), ("~0", UInt64.max), ("-1", .max),
      ("7 - 2 - 1", 4),
      ("0xff >> 4", 15), ("(unsigned int)3", 3),
    ] as [(String, UInt64)])
  func constants(text: String, value: UInt64) {
    var expression = Expression(text.utf8)
    #expect(expression.value() == value)
  }

  @Test(
    "What is no constant has no value",
    arguments: ["", "(", "1 <<", "REC->a", "1 << 64", "0x1ffffffffffffffff", "(1", "~"])
  func noConstants(text: String) {
    var expression = Expression(text.utf8)
    #expect(expression.value() == nil)
  }

  @Test("Parentheses and signs without end do not exhaust the stack")
  func nesting() {
    for character in ["(", "~", "-", "(int)"] {
      var expression = Expression(String(repeating: character, count: 100_000).utf8)
      #expect(expression.value() == nil)
    }
  }

  @Test("A table is found by the field it prints, with its rows in order")
  func tables() {
    let format =
      #""%s %s %s", __print_symbolic(REC->dir, { 0, "BIDIRECTIONAL" }, { 1, "TO_DEVICE" }), "#
      + #"__print_flags(REC->attrs, "|", { (1UL << 5), "SKIP_CPU_SYNC" }, { 1UL << 8 | 1, "TWO" }), "#
      + #"(REC->flags) ? __print_flags(REC->flags, "|", {( unsigned long)((1UL) << 0), "GFP_DMA" }, {(1 << 10), "__GFP_DIRECT_RECLAIM"}) : "none""#
    #expect(PrintTable.rows(for: "dir", in: format).map(\.name) == ["BIDIRECTIONAL", "TO_DEVICE"])
    let attributes = PrintTable.rows(for: "attrs", in: format)
    #expect(attributes.map(\.name) == ["SKIP_CPU_SYNC", "TWO"] && attributes.map(\.value) == [32, 257])
    #expect(PrintTable.rows(for: "flags", in: format).map(\.value) == [1, 1024])
    #expect(PrintTable.rows(for: "size", in: format).isEmpty)
    #expect(PrintTable.rows(for: "attrs", in: "__print_flags(REC->attrs").isEmpty)
    #expect(
      PrintTable.rows(for: "attrs", in: "__print_flags(REC->attrs, \"|\", { 1, \"A").map(\.name) == ["A"])
  }

  @Test("A table of openings without end takes no time")
  func openings() {
    let format = String(repeating: "__print_flags(", count: 50_000)
    #expect(PrintTable.rows(for: "attrs", in: format).isEmpty)
  }

  @Test("Attribute bits go by the recording's names; unknown bits are kept apart")
  func attributes() {
    // 7.x moved nothing, but a kernel of one's own might: SKIP_CPU_SYNC at bit 3.
    let map = AttributeMap([(1 << 3, "SKIP_CPU_SYNC"), (1 << 4, "SOMETHING_NEW")])
    #expect(map.attributes(0) == [])
    #expect(map.attributes(1 << 3) == .skipCPUSync)
    #expect(map.attributes(1 << 4) == Attributes(rawValue: 1 << 20))
    #expect(map.attributes(1 << 5) == Attributes(rawValue: 1 << 21))
    #expect(map.attributes(1 << 30 | 1 << 14) == Attributes(rawValue: 1 << 31 | 1 << 30))
    // Addresses, as functions of Linux 4.4 and before have them instead.
    #expect(map.attributes(0xffff_8800_1234_5678).isEmpty && map.attributes(0xee12_3420).isEmpty)
    // Without a table the numbers of include/linux/dma-mapping.h stand in.
    #expect(AttributeMap([]).attributes(1 << 5 | 1 << 8) == [.skipCPUSync, .noWarn])
  }

  @Test("Allocation flags go by the recording's names, or by the numbers of Linux 6.12")
  func allocation() {
    let standard = AllocationMap([])
    #expect(standard.flags(0xcc0) == [.recorded, .mayBlock])
    #expect(standard.flags(0x820) == [.recorded])
    #expect(standard.flags(0x5) == [.recorded, .zoneDMA, .zoneDMA32])
    let other = AllocationMap([(0x40, "__GFP_DIRECT_RECLAIM"), (0x2, "GFP_DMA"), (0, "GFP_DMA32")])
    #expect(other.flags(0x40) == [.recorded, .mayBlock])
    #expect(other.flags(0x2) == [.recorded, .zoneDMA])
    #expect(other.flags(0x4) == [.recorded, .zoneDMA32])
  }
}
