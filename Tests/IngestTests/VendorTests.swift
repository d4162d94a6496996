import DMAModel
import Foundation
import Testing

@testable import Ingest

/// Tracepoints of vendors' and older kernels, laid out as their headers lay them out.
@Suite("Events of other kernels")
struct VendorTests {
  private static func field(_ type: String, _ name: String, _ offset: Int, _ size: Int) -> String {
    "\tfield:\(type) \(name);\toffset:\(offset);\tsize:\(size);\tsigned:0;\n"
  }

  private static func format(_ name: String, _ id: Int, _ fields: String) -> String {
    "name: \(name)\nID: \(id)\nformat:\n" + RecordDecoderTests.common + fields + "\nprint fmt: \"\"\n"
  }

  private static func text(_ lines: [String]) throws -> (events: [Event], devices: [String]) {
    let text = lines.map { "  task-7  [000] d..1    12.500000: \($0)\n" }.joined()
    return try withFile(Array(text.utf8)) { path in
      let trace = try Trace(path: path)
      let events = Reading(trace).events
      return (events, events.map { trace.names[$0.device] })
    }
  }

  // include/trace/events/dmadebug.h of NVIDIA's kernels: dev, name, dma_addr, size, page, in this order.
  private static let debugFields =
    field("struct device *", "dev", 8, 8) + field("__data_loc char[]", "name", 16, 4)
    + field("dma_addr_t", "dma_addr", 24, 8) + field("size_t", "size", 32, 8)
    + field("struct page *", "page", 40, 8)

  @Test("dmadebug of Tegra kernels since 2014", arguments: [false, true])
  func debug(bigEndian: Bool) throws {
    var record = RecordDecoderTests.start(60, bigEndian)
    record.put(0xffff_ffc0_7b80_0010 as UInt64)
    record.put(13 << 16 | 48 as UInt32)
    record.put(0 as UInt32)
    record.put(0x8_0001_0040 as UInt64)
    record.put(1536 as UInt64)
    record.put(0xffff_ffbd_c000_0000 as UInt64)
    record.put(Array("70090000.usb\0".utf8))
    let decoded = RecordDecoderTests.Decoded(
      "dmadebug", Self.format("dmadebug_map_page", 60, Self.debugFields), [record.bytes], bigEndian: bigEndian
    )
    let event = try #require(decoded.events.first)
    #expect(event.call == .mapPage && decoded.shared.names[event.device] == "70090000.usb")
    #expect(event.address == 0x8_0001_0040 && event.size == 1536 && event.direction == .none)
    // The page's own address lacks the offset of the buffer.
    #expect(event.flags.contains(.hasAddress) && !event.flags.contains(.hasPhysicalAddress))
  }

  @Test("dmadebug of 2013, whose device is a pointer")
  func oldDebug() throws {
    let fields =
      Self.field("struct device *", "dev", 8, 4) + Self.field("dma_addr_t", "dma_addr", 12, 4)
      + Self.field("size_t", "size", 16, 4) + Self.field("struct page *", "page", 20, 4)
    var record = RecordDecoderTests.start(61, false)
    for word in [0xee12_3410, 0x8000_1000, 8192, 0xc100_0000] as [UInt32] { record.put(word) }
    let decoded = RecordDecoderTests.Decoded(
      "dmadebug", Self.format("dmadebug_unmap_page", 61, fields), [record.bytes], bigEndian: false)
    let event = try #require(decoded.events.first)
    #expect(event.call == .unmapPage && decoded.shared.names[event.device] == "0xee123410")
    #expect(event.address == 0x8000_1000 && event.size == 8192 && !event.flags.contains(.hasAddress))
  }

  @Test("dmadebug in text: of 2017, of 2014, and of 2013 without a bus address that means anything")
  func debugText() throws {
    let (events, devices) = try Self.text([
      "dmadebug_map_page: device=70090000.usb, iova=0x0000000080010040, size=1536 phys=faf00000 platformdata=smmu",
      "dmadebug_unmap_page: device=70090000.usb, iova=80010040, size=1536 phys=faf00000 platformdata=smmu",
      "dmadebug_map_page: device=54200000.dc, addr=ed5a3c10, size=4096 page=0x9a page=ok platformdata=as0",
      "dmadebug_free_attrs: device=70090000.usb, iova=80020000, size=8192 phys=0 platformdata=smmu",
      "dmadebug_map_sg: device=70090000.usb, iova=80030000, size=65536 phys=faf00000 platformdata=smmu",
    ])
    #expect(events.map(\.call) == [.mapPage, .unmapPage, .mapPage, .free, .mapPage])
    #expect(devices == ["70090000.usb", "70090000.usb", "54200000.dc", "70090000.usb", "70090000.usb"])
    #expect(events.map(\.address) == [0x8001_0040, 0x8001_0040, 0, 0x8002_0000, 0x8003_0000])
    #expect(events.map(\.size) == [1536, 1536, 4096, 8192, 65536])
    #expect(events.map { $0.flags.contains(.hasAddress) } == [true, true, false, true, false])
  }

  // include/trace/events/intel_iommu.h of Linux 5.4 and 5.5.
  private static let rangeFields =
    field("__data_loc char[]", "dev_name", 8, 4) + field("dma_addr_t", "dev_addr", 16, 8)
    + field("phys_addr_t", "phys_addr", 24, 8) + field("size_t", "size", 32, 8)
  private static let releaseFields =
    field("__data_loc char[]", "dev_name", 8, 4) + field("dma_addr_t", "dev_addr", 16, 8)
    + field("size_t", "size", 24, 8)

  private static func range(_ id: UInt16, _ numbers: UInt64...) -> [UInt8] {
    var record = RecordDecoderTests.start(id, false)
    record.put(UInt32(13 << 16 | (16 + 8 * numbers.count)))
    record.put(0 as UInt32)
    for number in numbers { record.put(number) }
    record.put(Array("0000:00:1f.6\0".utf8))
    record.pad(to: 8)
    return record.bytes
  }

  @Test(
    "intel_iommu: maps in whole pages meet unmaps of the caller's size; other records of a release do not count"
  )
  func intel() throws {
    let formats = [
      Self.format("map_single", 70, Self.rangeFields), Self.format("unmap_single", 71, Self.releaseFields),
      Self.format("map_sg", 72, Self.rangeFields), Self.format("unmap_sg", 73, Self.releaseFields),
    ]
    let decoded = RecordDecoderTests.Decoded(
      "intel_iommu", formats,
      [
        // 1514 bytes from 0x7a2 on touch one page, 4096 from there two.
        Self.range(70, 0xffff_d7a2, 0x1_2345_67a2, 4096), Self.range(71, 0xffff_d7a2, 1514),
        Self.range(70, 0xffff_e7a2, 0x1_2345_67a2, 8192), Self.range(71, 0xffff_e7a2, 4096),
        Self.range(72, 0xfff0_0000, 0x1_0000_0200, 12288), Self.range(71, 0xfff0_0000, 12288),
        Self.range(73, 0xfff0_0000, 12288),
      ], bigEndian: false)
    #expect(decoded.events.map(\.call) == [.mapPage, .unmapPage, .mapPage, .unmapPage, .mapPage, .unmapPage])
    #expect(decoded.events.map(\.size) == [4096, 4096, 8192, 8192, 12288, 12288])
    #expect(decoded.events.allSatisfy { decoded.shared.names[$0.device] == "0000:00:1f.6" })
    #expect(
      decoded.events[0].physicalAddress == 0x1_2345_67a2 && decoded.events[4].flags.contains(.hasAddress))
  }

  @Test("intel_iommu since 5.5: an event for each entry of a list, which are counted and not followed")
  func intelEntries() throws {
    let fields = Self.rangeFields + Self.field("int", "index", 40, 4) + Self.field("int", "total", 44, 4)
    let decoded = RecordDecoderTests.Decoded(
      "intel_iommu", Self.format("map_sg", 72, fields),
      [Self.range(72, 0xfff0_0200, 0x1_0000_0200, 512, 2 << 32 | 1)], bigEndian: false)
    let event = try #require(decoded.events.first)
    #expect(event.call == .mapPage && event.size == 512 && !event.flags.contains(.hasAddress))
    let (events, devices) = try Self.text([
      "map_sg: dev=0000:00:1f.6 [1/2] dev_addr=0xfff00200 phys_addr=0x100000200 size=512",
      "bounce_map_single: dev=0000:05:00.0 dev_addr=0xfff01000 phys_addr=0x100000300 size=64",
      "unmap_single: dev=0000:05:00.0 dev_addr=0xfff01000 size=64",
      "bounce_unmap_single: dev=0000:05:00.0 dev_addr=0xfff01000 size=64",
    ])
    #expect(events.map(\.call) == [.mapPage, .mapPage, .unmapPage] && devices[1] == "0000:05:00.0")
    #expect(events.map(\.size) == [512, 4096, 4096])
  }

  @Test("swiotlb_bounced before 5.19 says who forced it in a number", arguments: [(0, false), (1, true)])
  func bounced(force: Int, isForced: Bool) throws {
    let fields =
      Self.field("__data_loc char[]", "dev_name", 8, 4) + Self.field("u64", "dma_mask", 16, 8)
      + Self.field("dma_addr_t", "dev_addr", 24, 8) + Self.field("size_t", "size", 32, 8)
      + Self.field("enum swiotlb_force", "swiotlb_force", 40, 4)
    let decoded = RecordDecoderTests.Decoded(
      "swiotlb", Self.format("swiotlb_bounced", 80, fields),
      [Self.range(80, 0xffff_ffff, 0x1_8000_0000, 2048, UInt64(force))], bigEndian: false)
    let event = try #require(decoded.events.first)
    #expect(event.call == .swiotlbBounced && event.value == 0xffff_ffff && event.size == 2048)
    #expect(event.address == 0x1_8000_0000 && event.flags.contains(.forced) == isForced)
  }

  @Test("the maintenance functions of 4.18 to 5.4 have the device before the rest")
  func maintenance() throws {
    let (events, _) = try Self.text([
      "arch_sync_dma_for_device: (arch_sync_dma_for_device+0x0/0x20) dev=0xffff8000 paddr=0x89f4000 size=1500 dir=1",
      "__dma_flush_area: (__dma_flush_area+0x0/0x30) start=0xffff000009f40000 size=8192",
    ])
    #expect(events.map(\.call) == [.archSyncForDevice, .archPrepareCoherent])
    #expect(
      events[0].physicalAddress == 0x89f_4000 && events[0].size == 1500 && events[0].direction == .toDevice)
    #expect(events[1].size == 8192)
  }
}

@Suite("Functions behind the API")
struct BehindTests {
  private static func lines(_ lines: [String]) throws -> Reading {
    let text = lines.map { "  task-7  [000] d..1    12.500000: \($0)\n" }.joined()
    return try Reading(Array(text.utf8))
  }

  private static let inner = "swiotlb_map_page: (swiotlb_map_page+0x0/0x90) dev=\"nic\" size=64 dir=2"
  private static let middle = "__swiotlb_map_page: (__swiotlb_map_page+0x0/0x90) dev=\"nic\" size=64 dir=2"
  private static let hook =
    "debug_dma_map_page: (debug_dma_map_page+0x0/0x90) dev=\"nic\" size=64 direction=2 dma_addr=0x3000"

  @Test("count where nothing before them was recorded")
  func alone() throws {
    let reading = try Self.lines([
      Self.inner, "swiotlb_map_page__return: (__swiotlb_map_page+0x30/0x90 <- swiotlb_map_page) ret=0x3000",
    ])
    #expect(reading.events.map(\.call) == [.mapPage, .mapPage])
    #expect(reading.events.map { $0.flags.contains(.isEntry) } == [true, false])
    #expect(reading.events[1].address == 0x3000 && reading.events[1].flags.contains(.isReturn))
    #expect(reading.recording.skipped.isEmpty && reading.recording.undecodedEvents.isEmpty)
  }

  @Test("do not count beside what calls them, and are told of")
  func nested() throws {
    let reading = try Self.lines([Self.inner, Self.middle, Self.hook])
    #expect(reading.events.map(\.call) == [.mapPage] && reading.events[0].address == 0x3000)
    // The hook is told the result: its entry is the whole call.
    #expect(reading.events[0].flags.isDisjoint(with: [.isEntry, .isReturn]))
    #expect(reading.recording.skipped == ["events behind other recorded ones, not counted twice": 2])
    #expect(reading.recording.eventsByName.count == 3 && reading.recording.undecodedEvents.isEmpty)
  }

  @Test("for lists give way to the function for pages only where that counts itself")
  func chain() throws {
    let list = "dma_direct_map_sg: (dma_direct_map_sg+0x0/0x90) dev=\"nic\" nents=3 dir=1"
    let page = "dma_direct_map_page: (dma_direct_map_page+0x0/0x90) dev=\"nic\" size=64 dir=1"
    #expect(try Self.lines([page, list]).events.map(\.call) == [.mapPage])
    let api = "dma_map_page_attrs: (dma_map_page_attrs+0x0/0x90) dev=\"nic\" size=64 dir=1"
    #expect(try Self.lines([page, list, api]).events.map(\.call) == [.mapScatterlist, .mapPage])
  }

  @Test(
    "count once where a kernel has two that are elsewhere one beside the other",
    arguments: [
      // arch/arm/mm/dma-mapping.c: arm_dma_alloc calls __dma_alloc, which on arm64 is called by the API.
      (["arm_dma_alloc", "__dma_alloc"], ["arm_dma_alloc"]), (["__dma_alloc"], ["__dma_alloc"]),
      (["__dma_alloc", "dma_direct_alloc"], ["__dma_alloc"]),
      // kernel/dma/direct.c since 4.20.
      (["dma_direct_alloc", "arch_dma_alloc"], ["dma_direct_alloc"]),
      (["arch_dma_alloc"], ["arch_dma_alloc"]),
      // drivers/xen/swiotlb-xen.c: xen_dma_map_page goes on to the architecture's.
      (["xen_swiotlb_map_page", "__swiotlb_map_page", "swiotlb_map_page"], ["xen_swiotlb_map_page"]),
      (["xen_swiotlb_map_sg", "xen_swiotlb_map_page"], ["xen_swiotlb_map_page"]),
      (["arm_iommu_map_page", "arm_coherent_iommu_map_page"], ["arm_iommu_map_page"]),
      (["gart_alloc_coherent", "dma_generic_alloc_coherent"], ["gart_alloc_coherent"]),
      (
        [
          "debug_dma_sync_single_range_for_cpu", "debug_dma_sync_single_for_cpu",
          "arm_dma_sync_single_for_cpu",
        ],
        ["debug_dma_sync_single_range_for_cpu", "debug_dma_sync_single_for_cpu"]
      ),
    ])
  func levels(recorded: [String], counted: [String]) throws {
    let reading = try Self.lines(recorded.map { "\($0): (\($0)+0x0/0x90) dev=\"nic\" size=64" })
    #expect(reading.events.count == counted.count)
    #expect(EventDictionary().counting(among: Set(recorded)) == Set(counted))
  }

  @Test("have their fields under the names that kernels have given the parameters")
  func parameters() throws {
    let reading = try Self.lines([
      "mips_dma_unmap_sg: (mips_dma_unmap_sg+0x0/0x90) dev=\"nic\" sglist=0x81230000 nhwentries=3 direction=2",
      "dma_nommu_unmap_page: (dma_nommu_unmap_page+0x0/0x90) dev=\"nic\" dma_address=0x3000 size=64 direction=2",
      "debug_dma_sync_single_range_for_cpu: (x+0x0/0x90) dev=\"nic\" dma_handle=0x3000 offset=16 size=8 direction=2",
      "xen_swiotlb_free_coherent: (x+0x0/0x90) hwdev=\"nic\" size=4096 vaddr=0xffff1000 dev_addr=0x5000",
      // A pointer to attributes, of a kernel before 4.8.
      "intel_unmap_page: (x+0x0/0x90) dev=\"nic\" dev_addr=0x7000 size=64 dir=2 attrs=0xffff88003c0f7e20",
    ])
    let calls: [Call] = [.unmapScatterlist, .unmapPage, .syncSingleForCPU, .free, .unmapPage]
    #expect(reading.events.map(\.call) == calls)
    try #require(reading.events.count == 5)
    #expect(reading.events[0].nents == 3 && reading.events[0].direction == .fromDevice)
    #expect(reading.events[1].address == 0x3000)
    #expect(reading.events[2].address == 0x3010 && reading.events[2].size == 8)
    #expect(reading.events[3].address == 0x5000 && reading.events[3].value == 0xffff_1000)
    #expect(reading.events[4].address == 0x7000 && reading.events[4].attributes.isEmpty)
  }

  @Test("that nothing ever unmaps are counted, and not followed")
  func oneWay() throws {
    let names = ["arm_coherent_dma_map_page", "nommu_map_page", "dma_direct_map_resource", "nommu_map_sg"]
    for name in names {
      let reading = try Self.lines([
        "\(name): (\(name)+0x0/0x90) dev=\"nic\" size=64 dir=1 sg=0xffff1000 nents=1",
        "\(name)__return: (x+0x30/0x90 <- \(name)) ret=0x3000",
      ])
      #expect(reading.events.count == 2 && reading.events.allSatisfy { !$0.flags.contains(.hasAddress) })
    }
  }

  /// `a_{b,c}_d` is `a_b_d` and `a_c_d`.
  private static func expanded(_ name: Substring) -> [String] {
    guard let open = name.firstIndex(of: "{"), let close = name[open...].firstIndex(of: "}") else {
      return [String(name)]
    }
    return name[name.index(after: open)..<close].split(separator: ",").flatMap { part in
      expanded("\(name[..<open])\(part)\(name[name.index(after: close)...])")
    }
  }

  @Test("are each in the documentation's table with where they are defined, and none else is")
  func documentation() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("docs/event-dictionary.md")
    let text = try String(contentsOf: path, encoding: .utf8)
    let table = try #require(text.range(of: "| functions | defined in | note |\n"))
    let rows = text[table.upperBound...].split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
      .prefix { $0.hasPrefix("|") }
    var documented: Set<String> = []
    for row in rows {
      let cells = row.split(separator: "|")
      try #require(cells.count >= 2, "\(row)")
      #expect(cells[1].firstMatch(of: /(arch|drivers|kernel|lib)\/\S+\.[cS] \d/) != nil, "\(row)")
      for name in cells[0].matches(of: /`([^`]+)`/) { documented.formUnion(Self.expanded(name.1)) }
    }
    let known = Set(EventDictionary.behind.map(\.name).filter { !$0.hasSuffix("__return") })
    #expect(documented.subtracting(known) == [] && known.subtracting(documented) == [])
  }

  @Test("do not count in lines of JSON either")
  func json() throws {
    let reading = try Reading(
      Array(
        """
        {"call": "dma_direct_alloc", "dev": "nic", "size": 4096, "ret": "0xffff0000", "dma_handle": "0x3000"}
        {"call": "dma_alloc_attrs", "dev": "nic", "size": 4096, "ret": "0xffff0000", "dma_handle": "0x3000"}

        """.utf8))
    #expect(reading.events.count == 1 && reading.recording.skipped.values.reduce(0, +) == 1)
  }

  @Test("are judged by the formats of a recording, or by what perf was told to record")
  func formats() throws {
    func format(_ name: String, _ id: Int) -> EventCatalog.Source {
      let text = "name: \(name)\nID: \(id)\nformat:\n\(RecordDecoderTests.common)"
      return EventCatalog.Source(system: "probes", text: Array(text.utf8)[...])
    }
    let sources = [format("dma_map_page_attrs", 7), format("dma_direct_map_page", 8)]
    func kinds(_ enabled: Set<UInt16>?) -> [EventPlan.Kind] {
      EventCatalog(sources, dictionary: EventDictionary(), longSize: 8, enabled: enabled).plans.map(\.kind)
    }
    #expect(kinds(nil) == [.undecoded, .event, .undecoded])
    #expect(kinds([8]) == [.undecoded, .event, .event])
  }
}
