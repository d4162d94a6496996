import Testing

@testable import Ingest

/// The layout is that of kernel/trace/ring_buffer.c; all expected numbers are those that were put in.
@Suite struct RingBufferPageTests {
  static let layouts: [PageLayout] = [
    .test(), .test(longSize: 4), .test(bigEndian: true), .test(longSize: 4, bigEndian: true),
  ]

  struct Walk {
    var records: [(time: UInt64, bytes: [UInt8])] = []
    var damage: (offset: Int, found: String)?
    var lost = false
    var lostCount: UInt64?

    init?(_ bytes: [UInt8], _ layout: PageLayout) {
      let result: Walk? = bytes.withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress,
          var page = RingBufferPage(base, count: buffer.count, layout: layout)
        else { return nil }
        var walk = Walk()
        walk.lost = page.lost
        walk.lostCount = page.lostCount
        while let record = page.next() {
          walk.records.append((record.time, Array(buffer[record.offset..<(record.offset + record.length)])))
        }
        walk.damage = page.damage
        return walk
      }
      guard let result else { return nil }
      self = result
    }

    private init() {}
  }

  @Test("Records of all kinds come out with their bytes and times", arguments: layouts)
  func kinds(layout: PageLayout) throws {
    var page = PageBuilder(layout, time: 1_000)
    page.record(delta: 5, [1, 2, 3, 4])
    page.longRecord(delta: 10, [UInt8](repeating: 9, count: 200))
    page.timeExtend(1 << 30)
    page.record(delta: 1, [5, 6, 7, 8, 9, 10, 11, 12])
    page.discarded(delta: 3, bytes: 16)
    page.record(delta: 1, [13, 14, 15, 16])
    page.timeStamp(1 << 40 | 77)
    page.record(delta: 2, [17, 18, 19, 20])
    page.endPadding()
    let walk = try #require(Walk(page.build(), layout))
    let late: UInt64 = 1_015 + (1 << 30)
    #expect(walk.records.map(\.time) == [1_005, 1_015, late + 1, late + 5, (1 << 40) + 79])
    #expect(
      walk.records.map(\.bytes) == [
        [1, 2, 3, 4], [UInt8](repeating: 9, count: 200), [5, 6, 7, 8, 9, 10, 11, 12], [13, 14, 15, 16],
        [17, 18, 19, 20],
      ])
    #expect(walk.damage == nil)
    #expect(!walk.lost)
  }

  @Test("An absolute time stamp takes its top five bits from the time so far")
  func topBits() throws {
    let top: UInt64 = 0x9000_0000_0000_0000
    var page = PageBuilder(.test(), time: top | 5)
    page.timeStamp(1_000)
    page.record(delta: 1, [0, 0, 0, 0])
    let walk = try #require(Walk(page.build(), .test()))
    #expect(walk.records.map(\.time) == [top | 1_001])
  }

  @Test("An absolute time stamp that wrapped its 59 bits carries into the top five")
  func topBitsCarry() throws {
    // rb_fix_abs_ts: a stamp below the time so far, both with top bits, has passed 2^59.
    let before: UInt64 = 0x9fff_ffff_ffff_fff0
    var page = PageBuilder(.test(), time: before)
    page.timeStamp(16)
    page.record(delta: 0, [0, 0, 0, 0])
    let walk = try #require(Walk(page.build(), .test()))
    #expect(walk.records.map(\.time) == [0x9800_0000_0000_0010 + (1 << 59)])
  }

  @Test("A missed-events flag tells of a loss, with its number where it was stored", arguments: layouts)
  func losses(layout: PageLayout) throws {
    var page = PageBuilder(layout, time: 1)
    page.record(delta: 0, [1, 0, 0, 0])
    let counted = try #require(Walk(page.build(lost: 5_685), layout))
    #expect(counted.lost && counted.lostCount == 5_685 && counted.records.count == 1)
    let uncounted = try #require(Walk(page.build(isLossy: true), layout))
    #expect(uncounted.lost && uncounted.lostCount == nil && uncounted.records.count == 1)
  }

  @Test("A count that would lie past the page's end is not read")
  func countPastEnd() throws {
    let layout = PageLayout.test(pageSize: 64)
    var page = PageBuilder(layout, time: 1)
    page.record(delta: 0, [UInt8](repeating: 3, count: 44))
    // 48 of 48 bytes are used: no room for a number.
    var bytes = page.build()
    bytes[11] = 0xc0
    let walk = try #require(Walk(bytes, layout))
    #expect(walk.lost && walk.lostCount == nil && walk.records.count == 1)
  }

  @Test(
    "More used bytes than the page has are damage; the records that are there come out", arguments: layouts)
  func commitTooLarge(layout: PageLayout) throws {
    var page = PageBuilder(layout, time: 1)
    page.record(delta: 4, [1, 2, 3, 4])
    page.endPadding()
    let walk = try #require(Walk(page.build(commit: 5_000), layout))
    let room = 4096 - layout.dataOffset
    #expect(walk.records.count == 1)
    #expect(walk.damage?.offset == 8)
    #expect(walk.damage?.found == "5000 used bytes in a page with room for \(room)")
  }

  @Test("A record that runs past the used bytes ends the page", arguments: layouts)
  func recordPastEnd(layout: PageLayout) throws {
    var page = PageBuilder(layout, time: 1)
    page.record(delta: 4, [1, 2, 3, 4])
    page.raw(type: 28, delta: 1, [0, 0])
    let walk = try #require(Walk(page.build(), layout))
    #expect(walk.records.count == 1)
    #expect(walk.damage?.offset == layout.dataOffset + 8)
  }

  @Test("Lengths that cannot be are damage, whatever says them", arguments: [0, 3, 1_000, UInt32.max])
  func longLengths(length: UInt32) throws {
    for type: UInt32 in [0, 29] where !(type == 29 && length < 4) {
      var page = PageBuilder(.test(), time: 1)
      page.raw(type: type, delta: 1, [length, 0])
      let walk = try #require(Walk(page.build(), .test()))
      #expect(walk.records.isEmpty)
      #expect(walk.damage?.offset == 16, "type \(type)")
    }
  }

  @Test("Half a header at the end of the used bytes is damage")
  func halfHeader() throws {
    var page = PageBuilder(.test(), time: 1)
    page.raw(type: 30, delta: 1, [])
    let walk = try #require(Walk(page.build(), .test()))
    #expect(walk.records.isEmpty)
    #expect(walk.damage != nil)
  }

  @Test("A page cut before its data is no page; one cut in its data gives what is there")
  func cutPage() throws {
    var page = PageBuilder(.test(), time: 1)
    page.record(delta: 4, [1, 2, 3, 4])
    page.record(delta: 4, [1, 2, 3, 4])
    let bytes = page.build()
    #expect(Walk(Array(bytes.prefix(15)), .test()) == nil)
    let walk = try #require(Walk(Array(bytes.prefix(16 + 8)), .test()))
    #expect(walk.records.count == 1)
    #expect(walk.damage != nil)
  }

  @Test("header_page tells where commit and data lie")
  func headerPage() {
    let text = """
      \tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
      \tfield: local_t commit;\toffset:8;\tsize:4;\tsigned:1;
      \tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
      \tfield: char data;\toffset:12;\tsize:4084;\tsigned:1;
      """
    let layout = PageLayout(headerPage: text, pageSize: 4096, bigEndian: true)
    #expect(layout.commitOffset == 8 && layout.longSize == 4 && layout.dataOffset == 12 && layout.isUsable)
    #expect(!PageLayout(headerPage: text, pageSize: 12, bigEndian: true).isUsable)
    #expect(!PageLayout(headerPage: text, pageSize: 1 << 30, bigEndian: true).isUsable)
  }
}
