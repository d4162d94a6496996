import DMAModel
import Foundation
import Testing

@testable import Ingest

/// Inputs made to take more time or memory than what they say is worth.
@Suite struct HostileInputTests {
  /// Longer than any of these takes on a busy machine; what grows with the square of a line takes minutes.
  static let patience = Duration.seconds(20)

  static func time(of text: String) throws -> (events: Int, problems: [String], duration: Duration) {
    let start = ContinuousClock.now
    let reading = try withFile(Array(text.utf8)) { Reading(try Trace(path: $0)) }
    return (reading.events.count, reading.recording.problems, ContinuousClock.now - start)
  }

  static let event =
    "  nvme-7 [000] ..... 1.000001: dma_unmap_page: 0000:00:04.0 dir=TO_DEVICE dma_addr=1000 size=16 attrs=\n"

  @Test("A line of a million brackets takes no longer than its length", arguments: [") [0] ", "a-1 [0] x "])
  func brackets(piece: String) throws {
    let line = String(repeating: piece, count: 900_000 / piece.utf8.count)
    let reading = try Self.time(of: Self.event + line + "\n" + Self.event)
    #expect(reading.events == 2 && reading.problems.count == 1)
    #expect(reading.duration < Self.patience)
  }

  @Test("Nor does a line of words that each seem to begin a list or a text", arguments: ["a: {", "a: \"b"])
  func words(piece: String) throws {
    let line =
      Self.event.dropLast(1) + String(repeating: " " + piece, count: 900_000 / (1 + piece.utf8.count))
    let reading = try Self.time(of: line + "\n" + Self.event)
    #expect(reading.events == 2)
    #expect(reading.duration < Self.patience)
  }

  @Test("A word that means nothing, with a colon, leaves the field behind it its value")
  func colons() throws {
    let line = Self.event.replacing("dma_addr=", with: "IOMMU: dma_addr=")
    #expect(try withFile(Array(line.utf8)) { Reading(try Trace(path: $0)).events.first?.address } == 0x1000)
  }

  @Test("Names of events past the limit share one number, below it")
  func eventNames() {
    let names = EventNames()
    let numbers = (0..<10_000).map { names.number(of: "gpu:map\($0)") }
    #expect(Set(numbers.prefix(8_000)).count == 8_000)
    #expect(Set(numbers.suffix(1_000)).count == 1)
    #expect(numbers.allSatisfy { $0 < EventNames.limit })
    #expect(
      names.table[numbers[9_999]] == "(further names)"
        && numbers == numbers.indices.map { names.number(of: "gpu:map\($0)") })
  }

  @Test("Lines of more events than are told apart are all counted", arguments: [true, false])
  func manyNames(isText: Bool) throws {
    let lines = (0..<9_000).map {
      isText
        ? "  nvme-7 [000] ..... 1.000001: e\($0):dma_map_page: x\n" : "{\"call\": \"e\($0):dma_map_page\"}\n"
    }
    let recording = try withFile(Array(lines.joined().utf8)) { Reading(try Trace(path: $0)).recording }
    #expect(recording.eventsByName.values.reduce(0, +) == 9_000)
    #expect((recording.eventsByName["(further names)"] ?? 0) > 700)
  }

  @Test("A module of a perf.data whose name is dots alone is passed over")
  func dots() throws {
    var builder = PerfDataTests.builder(.init(bigEndian: false, isPipe: true, packing: .none))
    for name in ["/lib/modules/x.ko/...", "[/.", "/lib/modules/e1000.ko"] {
      var body = ByteWriter()
      body.put(UInt32.max)
      body.put(0 as UInt32)
      for value in [0xffff_ffff_a000_0000, 0x1000, 0] as [UInt64] { body.put(value) }
      body.put(string: name)
      body.pad(to: 8)
      builder.record(1, body.bytes)
    }
    try withFile(builder.build()) { path in
      let trace = try Trace(path: path)
      #expect(Reading(trace).events.count == 6)
      #expect(trace.symbols()?.symbol(at: 0xffff_ffff_a000_0010) == "[e1000]+0x10")
    }
  }

  @Test(
    "Compressed records of a perf.data keep no more than the user allows, and the message names the option")
  func perfWindow() throws {
    // RFC 8878, 3.1.1: no content size, a window of 2^26 bytes, one block as it is, the last.
    let frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0, 16 << 3, 8 << 3 | 1, 0, 0, 68, 0, 0, 0, 0, 0, 8, 0]
    for (window, isRefused) in [(64, false), (32, true)] as [(UInt64, Bool)] {
      var builder = PerfDataTests.builder(.init(bigEndian: false, isPipe: true, packing: .none))
      builder.record(81, frame)
      var options = TraceOptions()
      options.zstdWindow = window << 20
      let problems = try withFile(builder.build()) {
        Reading(try Trace(path: $0, options: options)).recording.problems
      }
      #expect(problems.contains { $0.contains("32 MiB (--zstd-window sets the limit)") } == isRefused)
      #expect(isRefused || problems == [])
    }
  }

  @Test("Samples of a perf.data are told apart as soon as one description differs")
  func uniform() {
    var header = PerfHeader(pipe: [])
    var attribute = [UInt8](repeating: 0, count: 64)
    for number in [1, 1, 2] as [UInt8] {
      #expect(header.isUniform)
      attribute[24] = number
      attribute.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        if let one = PerfAttribute(PerfBytes(base: base, count: 64, bigEndian: false)) { header.add(one) }
      }
    }
    #expect(!header.isUniform && header.attributes.count == 3)
  }

  /// What a trace.dat comes to if its batches may not take more than so much.
  private static func decode(
    _ builder: TraceBuilder, _ limit: EventMemory.Limit, workers: Int = 0
  ) throws -> (events: Int, losses: Int, problems: [String], mostTaken: Int) {
    try withFile(builder.build()) { path in
      let source = try openInput(path).randomAccess()
      let file = try TraceDatFile(source)
      let catalog = EventCatalog(file.formats, dictionary: EventDictionary(), longSize: 8)
      let (shared, memory, compression) = (SharedTables(), EventMemory(limit), file.compression)
      let streams = file.buffers[0].cpus.map {
        CPUStream(
          $0, buffer: 0, isCompressed: builder.isCompressed, pages: file.pages, clock: ClockConversion(),
          source: source)
      }
      let pipeline = Pipeline(streams, countSlots: catalog.plans.count, memory: memory) {
        PieceDecoder(
          source, compression: compression, memory: memory,
          records: RecordDecoder(catalog, bigEndian: false, shared: shared))
      }
      var (events, losses, problems) = (0, 0, [String]())
      pipeline.run(workers: workers) {
        var merge = TimeMerge(pipeline, streams: streams.count) { problems += $1.problems.map(\.expected) }
        merge.forEachRun { run, _ in
          for index in run.indices {
            if run[index].call == .lost { losses += 1 } else { events += 1 }
          }
          return true
        }
      }
      return (events, losses, problems, memory.mostTaken)
    }
  }

  @Test("What the events of all CPUs need at a time has a limit, past which they are a loss")
  func memory() throws {
    let times: [[[UInt64]]] = [[Array(1...40), Array(50...80)], [Array(2...41), Array(60...90)]]
    let buffers = 1 << 17
    let limits = [
      (EventMemory.Limit(base: 1 << 20, factor: 0), false),
      (EventMemory.Limit(base: buffers + 6_000, factor: 0), true),
      // As large as the calls are, their events are no more than three times as large.
      (EventMemory.Limit(base: buffers + 6_000), false),
      (EventMemory.Limit(base: buffers + 6_000, most: buffers + 10_000), true),
    ]
    for (limit, isRefused) in limits {
      let (events, losses, problems, _) = try Self.decode(TimeMergeTests.trace(times), limit)
      #expect(isRefused ? losses > 0 && losses == problems.count : losses == 0 && problems == [])
      #expect(isRefused ? events < 142 && events >= 32 : events == 142)
      #expect(problems.allSatisfy { $0.contains("events of all CPUs") })
    }
  }

  /// Two CPUs with two pages of 256 KiB each, full of records of so many bytes.
  private static func trace(recordBytes: Int, isCompressed: Bool) -> TraceBuilder {
    var builder = TraceBuilder()
    (builder.version, builder.isCompressed) = (isCompressed ? 7 : 6, isCompressed)
    builder.layout = .test(pageSize: 1 << 18)
    builder.formats = [
      """
      name: dma_map_page
      ID: 300
      format:
      \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
      \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
      \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
      \tfield:int common_pid;\toffset:0;\tsize:4;\tsigned:1;

      print fmt: "x"
      """
    ]
    var dice = DamageTests.Dice(state: 1)
    var page = PageBuilder(builder.layout, time: 1)
    for _ in 0..<((1 << 18) - 16) / recordBytes {
      // What packs to almost nothing is refused before it is unpacked.
      let noise = UInt8(dice.below(256))
      page.record(delta: 0, [0x2c, 1, noise, 0] + [UInt8](repeating: 0, count: recordBytes - 8))
    }
    let bytes = page.build()
    builder.cpus = (0..<2).map { ($0, bytes + bytes) }
    return builder
  }

  @Test(
    "Records of 8 bytes take no more memory than the shortest of a kernel's calls", arguments: [false, true])
  func shortRecords(isCompressed: Bool) throws {
    let limit = EventMemory.Limit(base: 4 << 20)
    let pages = 1 << 20
    // Buffers to read into are taken in any case: of three threads, packed and unpacked.
    let most = limit.bytes(read: pages) + 6 << 19
    for workers in [0, 2] {
      let short = try Self.decode(
        Self.trace(recordBytes: 8, isCompressed: isCompressed), limit, workers: workers)
      #expect(short.losses > 0 && short.losses == short.problems.count && short.events > 10_000)
      #expect(short.mostTaken <= most)
      let usual = try Self.decode(
        Self.trace(recordBytes: 32, isCompressed: isCompressed), limit, workers: workers)
      #expect(usual.losses == 0 && usual.problems == [] && usual.events == 4 * (((1 << 18) - 16) / 32))
      #expect(usual.mostTaken <= most)
    }
  }

  @Test("A batch that cannot grow keeps what it has, with its arrays", arguments: [1, 40])
  func fullBatch(numbers: Int) {
    let memory = EventMemory(EventMemory.Limit(base: 20_000, factor: 0))
    let batch = EventBatch(memory: memory)
    for number in 0..<1_000 {
      var event = Event()
      (event.physicalCount, event.segments) = (UInt16(numbers), UInt32(batch.segmentCount))
      batch.reserveSegments(numbers).update(repeating: UInt64(number), count: numbers)
      batch.room().initialize(to: event)
      batch.appendRoom()
    }
    #expect(batch.isFull)
    #expect(batch.dropUnkept() && memory.mostTaken < 20_000 + 8 << 15)
    let kept = batch.count
    #expect(kept >= 16 && kept < 200)
    for (number, event) in UnsafeBufferPointer(start: batch.events, count: kept).enumerated() {
      #expect(
        UnsafeBufferPointer(start: batch.segments + Int(event.segments), count: numbers)
          .allSatisfy { $0 == UInt64(number) })
    }
    batch.appendLoss(time: 1, count: nil, cpu: 0)
    #expect(batch.count == kept + 1 && batch.events[kept].call == .lost)
    batch.reset()
    #expect(!batch.isFull && batch.count == 0)
  }

  // MARK: - Archives

  private static func section(_ kind: ArchiveLayout.Kind, _ payload: [UInt8]) -> [UInt8] {
    SectionHead(kind, payload: payload).bytes + payload
  }

  private static func archive(facts: [UInt8]) -> [UInt8] {
    ArchiveLayout.magic + [1, 0, 0, 0, 0, 0, 0, 0] + section(.opening, zstdFrame(facts))
  }

  @Test("Facts of an archive that need much more memory than room are kept up to a limit")
  func facts() throws {
    let empty: [UInt8] = [37, 0, 0, 0, 0, 0]
    let many = try Reading(Self.archive(facts: Array(repeatElement(empty, count: 150_000).joined())))
    #expect(many.recording.buffers.count == 4096)
    let bomb = try Reading(Self.archive(facts: Array(repeatElement(empty, count: 2_000_000).joined())))
    #expect(
      bomb.recording.buffers.isEmpty
        && bomb.recording.problems.contains { $0.contains("zstd frame of at most") })
  }

  /// The payload of a block of one event with these planes, and so many numbers of lists.
  private static func block(
    _ planes: [(column: BlockColumn, plane: Int, bytes: [UInt8])], segments: Int
  ) -> [UInt8] {
    var head = BlockHead()
    (head.events, head.segments, head.planes) = (1, segments, planes.count)
    var out = ArchiveBytes()
    head.write(to: &out)
    for (column, plane, bytes) in planes {
      BlockPlane(
        column: column, plane: plane, coding: .zstd, length: bytes.count, stored: zstdFrame(bytes).count
      ).write(to: &out)
    }
    return out.bytes + planes.flatMap { zstdFrame($0.bytes) }
  }

  private static func fault(_ payload: [UInt8]) -> String? {
    let decoder = BlockDecoder(shared: SharedTables(), frameNames: FrameNames(), symbols: ArchiveSymbols())
    return payload.withUnsafeBytes { bytes in
      do throws(BlockFault) {
        try decoder.decode(bytes, into: EventBatch())
        return nil
      } catch {
        return error.expected
      }
    }
  }

  @Test("A block of an archive may not hold more than its events, lists and size can bear")
  func blocks() {
    let zeros = { [UInt8](repeating: 0, count: $0) }
    #expect(Self.fault(Self.block([(.listBus, 0, zeros(5))], segments: 4)) == "at most 4 numbers in listBus")
    #expect(Self.fault(Self.block([(.size, 0, zeros(2))], segments: 4)) == "at most 1 numbers in size")
    #expect(
      Self.fault(Self.block([(.listBus, 0, zeros(3)), (.listLength, 1, zeros(2))], segments: 4))
        == "at most 4 numbers of lists")
    #expect(
      Self.fault(Self.block([(.listBus, 0, zeros(3)), (.listBus, 0, zeros(3))], segments: 4))
        == "a plane of a column, each once")
    #expect(
      Self.fault(Self.block([(.names, 0, zeros(5 << 20))], segments: 0))?.contains("bytes of tables") == true)
    // 65,537 shapes, each sound.
    let shapes = [1, 0, 1, 0] + zeros(65_537 * BlockShape.byteCount)
    #expect(
      Self.fault(Self.block([(.shapes, 0, shapes)], segments: 0))?.contains("65536 shapes") == true)
  }

  /// Blocks of 65,536 events in some hundred bytes each: one byte stands for a plane.
  ///
  /// - Parameters:
  ///   - columns: of events that have all their numbers.
  ///   - shapes: that are all the same.
  private static func promise(columns: Int = 0, shapes: Int = 1) -> [UInt8] {
    var head = BlockHead()
    (head.events, head.segments, head.predictors) = (1 << 16, ArchiveLayout.segmentLimit, shapes)
    var table = ArchiveBytes()
    table.put(UInt32(shapes))
    var shape = BlockShape()
    shape.call = ArchiveCall.number(.isConsistent)
    for _ in 0..<shapes { shape.write(to: &table) }
    let packed = zstdFrame(table.bytes)
    var rows = [
      BlockPlane(column: .shapes, plane: 0, coding: .zstd, length: table.bytes.count, stored: packed.count)
    ]
    for column in BlockColumn.allCases where !column.isTable && !column.isOfLists {
      guard column.planeLimit < 8 || Int(column.rawValue) - 16 < columns else { continue }
      for plane in 0..<column.planeLimit {
        rows.append(BlockPlane(column: column, plane: plane, coding: .constant, length: 1 << 16, stored: 1))
      }
    }
    head.planes = rows.count
    var out = ArchiveBytes()
    head.write(to: &out)
    for row in rows { row.write(to: &out) }
    return out.bytes + packed + [UInt8](repeating: 0, count: rows.count - 1)
  }

  private static func archive(blocks: [[UInt8]]) -> [UInt8] {
    archive(facts: []) + blocks.flatMap { section(.events, $0) }
  }

  @Test("A block that promises more than memory is worth is refused before any of it is unpacked")
  func promises() throws {
    #expect(Self.promise(columns: 11, shapes: 1 << 16).count < 3000)
    #expect(Self.fault(Self.promise(columns: 11, shapes: 1 << 16))?.contains("takes at most") == true)
    #expect(Self.fault(Self.promise(columns: 3)) == nil)
  }

  @Test("On many processors no more blocks are decoded at a time than there is room for")
  func manyProcessors() throws {
    let blocks = 12
    let bytes = Self.archive(blocks: (0..<blocks).map { _ in Self.promise(columns: 3) })
    let need = try #require(Self.promise(columns: 3).withUnsafeBytes { BlockNeed($0) }).bytes
    // One beside one or two that wait.
    #expect(need > 12 << 20 && need < 18 << 20)
    try withFile(bytes) { path in
      let source = try openInput(path).randomAccess()
      let sections = try ArchiveSections(source).all.filter { $0.kind == ArchiveLayout.Kind.events.rawValue }
      let (shared, names, symbols) = (SharedTables(), FrameNames(), ArchiveSymbols())
      let pipeline = BlockPipeline(source, sections) {
        BlockDecoder(shared: shared, frameNames: names, symbols: symbols)
      }
      var events = 0
      try pipeline.run(workers: 64) {
        for given in 1...blocks {
          let batch = try #require(pipeline.nextBatch())
          #expect(batch.problems.isEmpty)
          events += batch.count
          // The others go on while the reader is busy.
          if given < 4 { Thread.sleep(forTimeInterval: 0.2) }
          #expect(pipeline.blocksClaimed <= given + 3)
          pipeline.recycle(batch)
        }
        #expect(pipeline.nextBatch() == nil)
      }
      #expect(events == blocks << 16)
    }
  }

  @Test("Names and stacks of all blocks together may not be more than the bytes as stored make credible")
  func tables() throws {
    let names = [UInt8](repeating: 0, count: 3 << 20)
    let block = Self.block([(.names, 0, names)], segments: 0)
    let problems = try Reading(Self.archive(blocks: [block, block, block])).recording.problems
    #expect(problems.filter { $0.contains("bytes of tables in") }.count == 2)
  }

  @Test("Sections of an archive that lie within one another are damage")
  func nested() throws {
    let inner = Self.section(.events, Self.promise())
    let (start, outer) = (UInt64(ArchiveLayout.headLength), Self.section(.events, inner))
    var index = ArchiveBytes()
    for offset in [start, start + UInt64(ArchiveLayout.sectionHeadLength)] {
      index.put(offset)
      index.put(ArchiveLayout.Kind.events.rawValue)
      for _ in 0..<5 { index.put(0 as UInt32) }
    }
    var bytes = ArchiveBytes()
    bytes.bytes = ArchiveLayout.magic + [1, 0, 0, 0, 0, 0, 0, 0] + outer
    let place = UInt64(bytes.bytes.count)
    bytes.bytes += Self.section(.index, index.bytes)
    bytes.put(place)
    let reading = try Reading(bytes.bytes + ArchiveLayout.endMagic)
    #expect(reading.events.count == 1 << 16 + 1)
    #expect(reading.recording.problems.contains { $0.contains("a section of the archive (events) up to") })
  }

  @Test("A profile in an archive that is far larger than what it was packed to gives way to a replay")
  func profile() {
    #expect(ArchivedProfile.credible(from: 100) == 1 << 20)
    #expect(ArchivedProfile.credible(from: 1 << 20) == 16 << 20)
  }

  @Test(
    "A piece of a trace.dat says what it unpacks to, which is what counts before it is decoded",
    arguments: [true, false])
  func pieces(isCompressed: Bool) throws {
    var builder = TimeMergeTests.trace([(0..<40).map { [$0 * 10, $0 * 10 + 1] }], version: 7)
    builder.isCompressed = isCompressed
    try withFile(builder.build()) { path in
      let source = try openInput(path).randomAccess()
      let file = try TraceDatFile(source)
      let stream = CPUStream(
        file.buffers[0].cpus[0], buffer: 0, isCompressed: isCompressed, pages: file.pages,
        clock: ClockConversion(), source: source)
      var bytes = 0
      while let piece = stream.claim(chunks: 4, pageBytes: 1 << 14) { bytes += piece.pageBytes }
      #expect(bytes == 40 * file.pages.pageSize)
    }
  }
}
