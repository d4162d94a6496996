import Testing

@testable import Ingest

/// What is said when the metadata of a trace.dat is wrong: where, what was expected, what was found.
@Suite struct HeaderTests {
  static func error(_ bytes: [UInt8]) throws -> TraceError? {
    try withFile(bytes) { path in
      do throws(TraceError) { _ = try Trace(path: path) } catch { return error }
      return nil
    }
  }

  static func plain(_ version: Int) -> TraceBuilder {
    var builder = WholeTraceTests.builder(.init(version: version, bigEndian: false))
    builder.version = version
    return builder
  }

  @Test("A version that nobody has written is no trace")
  func version() throws {
    var bytes = Self.plain(7).build()
    bytes[10] = UInt8(ascii: "9")
    let error = try #require(try Self.error(bytes))
    #expect(error.kind == .notATrace && error.offset == 10)
    #expect(error.expected == "trace.dat version 6 or 7" && error.found == "version \"9\"")
  }

  @Test("A header that ends early says where")
  func cutHeader() throws {
    let bytes = Self.plain(7).build()
    // Magic, version, byte order, long size; the page size would be at 14.
    let error = try #require(try Self.error(Array(bytes.prefix(15))))
    #expect(error.kind == .damaged && error.offset == 14)
    #expect(error.expected == "4 bytes of the page size" && error.found == "only 1")
  }

  @Test("A compression that is not known is named")
  func compression() throws {
    var bytes = Self.plain(7).build()
    bytes.replaceSubrange(18..<22, with: Array("lzma".utf8))
    let error = try #require(try Self.error(bytes))
    #expect(error.offset == 18 && error.found == "\"lzma\"")
  }

  @Test("header_page must come where version 6 has it")
  func headerPage() throws {
    var bytes = Self.plain(6).build()
    bytes[18] = UInt8(ascii: "H")
    let error = try #require(try Self.error(bytes))
    #expect(error.offset == 18 && error.expected == "header_page" && error.found == "\"Header_page\"")
  }

  @Test("Absurd numbers of CPUs are refused", arguments: [0, 1 << 20, UInt32.max])
  func cpus(count: UInt32) throws {
    var bytes = Self.plain(6).build()
    let marker = Array("flyrecord\0".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: marker) }) - 4
    for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: count >> (8 * UInt32(index))) }
    let error = try #require(try Self.error(bytes))
    #expect(error.offset == UInt64(place) && error.found == "\(count)")
  }

  @Test("A page size that no page has is refused", arguments: [0, 8, 1 << 21, UInt32.max])
  func pageSize(size: UInt32) throws {
    var bytes = Self.plain(6).build()
    for index in 0..<4 { bytes[14 + index] = UInt8(truncatingIfNeeded: size >> (8 * UInt32(index))) }
    let error = try #require(try Self.error(bytes))
    #expect(error.found.hasPrefix("pages of \(size) bytes"))
  }

  @Test("Options that lead back to themselves are noticed; what they say is kept")
  func loop() throws {
    var builder = Self.plain(7)
    let place = 18 + 5 + 2
    let first = builder.build()
    builder.next = first[place..<(place + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    let reading = try Reading(builder.build())
    #expect(reading.recording.problems.count == 1)
    #expect(reading.recording.problems[0].contains("options that lead back to themselves"))
    #expect(reading.recording.eventsByName["dma_map_page"] == 4)
  }

  @Test("A section that promises gigabytes is refused, not fetched", arguments: [7, 6])
  func promise(version: Int) throws {
    let builder = Self.plain(version)
    var bytes = builder.build()
    // The size of header_page, behind its name: 64 bits.
    let name = Array("header_page\0".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: name) }) + name.count
    bytes[place + 7] = 0x40
    let error = try #require(try Self.error(bytes))
    #expect(error.kind == .damaged && error.offset == UInt64(place + 8))
    #expect(
      error.expected
        == "\(UInt64(0x4000_0000_0000_0000) + UInt64(builder.headerPage.utf8.count)) bytes of header_page")
  }

  @Test("Without the options, sections and pages are found by walking")
  func recovery() throws {
    var builder = WholeTraceTests.builder(.init(version: 7, bigEndian: false, isCompressed: true))
    builder.options = [(8, [2, 0, 0, 0])]
    var bytes = builder.build()
    let place = 18 + 5 + 2
    for index in 0..<8 { bytes[place + index] = 0xff }
    let reading = try Reading(bytes)
    #expect(reading.recording.isIncomplete)
    #expect(reading.recording.eventsByName["dma_map_page"] ?? 0 > 0)
  }
}
