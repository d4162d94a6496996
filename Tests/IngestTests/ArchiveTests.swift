import CZstd
import DMAModel
import Testing

@testable import Ingest

@Suite("Archives")
struct ArchiveTests {
  /// Lines with mappings, lists, a pool, a loss and call stacks by name and by address.
  static func lines(_ count: Int) -> String {
    var dice = DamageTests.Dice(state: 7)
    var text =
      "{\"trace\": {\"kernel\": \"6.12.1\", \"arch\": \"aarch64\", \"cpus\": 2, \"complete\": true}}\n"
    var mapped: [UInt64] = []
    for number in 0..<count {
      let head =
        "{\"time\": \(number * 3).00\(1 + number % 9), \"cpu\": \(number % 2), \"pid\": \(90 + number % 3), \"task\": \"t\(number % 3)\", \"dev\": \"0000:00:0\(number % 2).0\""
      let address = 0x8000_0000 + UInt64(dice.below(64)) * 4096
      switch number % 5 {
      case 0, 1:
        mapped.append(address)
        text +=
          "\(head), \"call\": \"dma_map_page\", \"phys_addr\": \"0x\(String(address, radix: 16))\", \"dma_addr\": \"0x\(String(address, radix: 16))\", \"size\": \(512 + dice.below(4)), \"dir\": \"TO_DEVICE\", \"stack\": [\"xmit+0x1c [net]\", \"0xffff800080000010\"]}\n"
      case 2:
        text +=
          "\(head), \"call\": \"dma_unmap_page\", \"dma_addr\": \"0x\(String(mapped[dice.below(mapped.count)], radix: 16))\", \"size\": 512, \"dir\": \"TO_DEVICE\"}\n"
      case 3:
        text +=
          "\(head), \"call\": \"dma_map_sg\", \"nents\": 2, \"ents\": 1, \"phys_addrs\": [\"0x1000\", \"0x2000\"], \"dma_addrs\": [\"0x9000\"], \"lengths\": [8192], \"dir\": \"FROM_DEVICE\"}\n"
      default:
        text +=
          "\(head), \"call\": \"dma_unmap_sg\", \"nents\": 2, \"phys_addrs\": [\"0x1000\", \"0x2000\"], \"dir\": \"FROM_DEVICE\"}\n"
      }
    }
    return text
  }

  /// The archive of a trace, with so many events in a block.
  static func archive(_ trace: Trace, block: Int = 1 << 16) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var writer = ArchiveWriter(of: trace, level: 3)
    writer.blockLimit = block
    _ = try writer.write { bytes += Array($0) }
    return bytes
  }

  static func archive(lines count: Int, block: Int = 1 << 16) throws -> [UInt8] {
    try withFile(Array(lines(count).utf8)) { try archive(try Trace(path: $0), block: block) }
  }

  /// What can be told apart of an event, numbers of names and stacks replaced by what they stand for.
  static func facts(_ reading: JSONLinesTests.Reading) -> [String] {
    let (trace, symbols) = (reading.trace, reading.trace.symbols())
    return reading.events.map { event in
      let start = Int(event.segments)
      let count = Int(event.physicalCount) + 2 * Int(event.busCount)
      let list = count > 0 ? Array(reading.segments[start..<(start + count)]) : []
      let stack = trace.stacks[event.stack].map { symbols?.symbol(at: $0) ?? "\($0)" }
      var plain = event
      (plain.device, plain.name, plain.stack, plain.segments) = (0, 0, 0, 0)
      return "\(trace.names[event.device]) \(trace.names[event.name]) \(list) \(stack) \(plain)"
    }
  }

  @Test("The checksum is XXH64: published values, and the lower half of what zstd puts behind its frames")
  func checksum() {
    func hash(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { XXHash64.hash($0, seed: 0) } }
    #expect(hash([]) == 0xef46_db37_51d8_e999)
    #expect(hash(Array("abc".utf8)) == 0x44bc_2cf5_ad77_0999)
    #expect(hash(Array("Nobody inspects the spammish repetition".utf8)) == 0xfbce_a83c_8a37_8bf1)
    let context = ZSTD_createCCtx()
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    for length in [1, 4, 7, 8, 31, 32, 33, 64, 100] {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      var frame = [UInt8](repeating: 0, count: ZSTD_compressBound(length))
      let count = ZSTD_compress2(context, &frame, frame.count, bytes, length)
      let end = frame[(count - 4)..<count].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      #expect(UInt32(truncatingIfNeeded: hash(bytes)) == end, "\(length) bytes")
    }
  }

  @Test("Every call has a number of its own")
  func calls() {
    #expect(ArchiveCall.calls.count == Call.allCases.count)
    #expect(Set(ArchiveCall.calls) == Set(Call.allCases))
    for (number, call) in ArchiveCall.calls.enumerated() {
      #expect(ArchiveCall.number(call) == UInt8(number))
    }
  }

  @Test(
    "What goes in comes out: events, lists, stacks by name, tasks, facts", arguments: [1, 7, 64, 1 << 16])
  func roundTrip(block: Int) throws {
    let original = try JSONLinesTests.Reading(Self.lines(200))
    let archived = try JSONLinesTests.Reading(bytes: try Self.archive(lines: 200, block: block))
    #expect(original.events.count == 200 && original.events.contains { $0.busCount == 1 && $0.stack == 0 })
    #expect(Self.facts(archived) == Self.facts(original))
    let (first, again) = (original.recording, archived.recording)
    #expect(again.format == "dmascope archive 1 of JSON Lines" && again.problems == [])
    #expect(
      again.kernel == "6.12.1" && again.architecture == "aarch64" && again.cpus == 2 && again.isComplete)
    #expect(again.taskNames == [90: "t0", 91: "t1", 92: "t2"] && again.eventsByName == first.eventsByName)
    #expect(again.firstTime == first.firstTime && again.lastTime == first.lastTime)
  }

  @Test("An archive of an archive is that archive")
  func again() throws {
    let once = try Self.archive(lines: 50)
    #expect(try withFile(once) { try Self.archive(try Trace(path: $0)) } == once)
  }

  @Test("An archive cut anywhere gives the events of its whole blocks and names the byte")
  func cuts() throws {
    let whole = try Self.archive(lines: 200, block: 10)
    let all = Self.facts(try JSONLinesTests.Reading(bytes: whole))
    var most = 0
    for part in 1..<64 {
      let length = whole.count * part / 64
      let reading: JSONLinesTests.Reading
      do { reading = try JSONLinesTests.Reading(bytes: Array(whole.prefix(length))) } catch {
        #expect(part < 3)
        continue
      }
      let events = Self.facts(reading).dropLast()
      #expect(events.count % 10 == 0 && Array(events) == Array(all.prefix(events.count)))
      #expect(reading.events.last?.call == .lost && reading.events.last?.value == Event.unknownCount)
      #expect(reading.recording.problems.contains { $0.hasPrefix("at byte ") }, "cut at \(length)")
      #expect(reading.recording.eventsByName.values.reduce(0, +) == UInt64(events.count))
      most = max(most, events.count)
    }
    #expect(most >= 180)
  }

  @Test("A block with another checksum is left out as a loss, and what follows is read")
  func damagedBlock() throws {
    var bytes = try Self.archive(lines: 60, block: 20)
    let marks = (16..<(bytes.count - 4)).filter { bytes[$0..<($0 + 4)].elementsEqual(Array("EVTS".utf8)) }
    #expect(marks.count >= 3)
    bytes[marks[1] + 60] ^= 0x10
    let reading = try JSONLinesTests.Reading(bytes: bytes)
    #expect(reading.events.count == 41 && reading.events[20].call == .lost)
    #expect(reading.events[20].value == Event.unknownCount)
    // The 21st line's time, which the index has.
    #expect(reading.events[20].time == 60_003_000_000)
    let problem = try #require(reading.recording.problems.first)
    #expect(reading.recording.problems.count == 1)
    #expect(
      problem.hasPrefix("at byte \(marks[1]) ") && problem.contains("expected a section with checksum 0x"))
    #expect(reading.recording.lostWindows == 1 && reading.recording.lostWindowsWithoutCount == 1)
  }

  @Test("Any single byte may change: the reader ends, and says so if events are missing")
  func flips() throws {
    let whole = try Self.archive(lines: 60, block: 20)
    let all = try JSONLinesTests.Reading(bytes: whole).events.count
    var dice = DamageTests.Dice(state: 0xa7)
    for _ in 0..<300 {
      var bytes = whole
      bytes[dice.below(bytes.count)] ^= UInt8(1 + dice.below(255))
      guard let reading = try? JSONLinesTests.Reading(bytes: bytes) else { continue }
      let isWhole = reading.events.count == all && !reading.events.contains { $0.call == .lost }
      #expect(isWhole || reading.recording.isIncomplete)
    }
  }

  @Test("A block with a right checksum and wrong content is refused without harm")
  func hostileBlocks() throws {
    var encoder = BlockEncoder(stacks: StackTable(), names: NameTable()) {
      ArchivedFrame(kind: .bare, address: $0, name: "")
    }
    let reading = try JSONLinesTests.Reading(Self.lines(200))
    let segments = reading.segments
    for event in reading.events { encoder.append(event, segments.span) }
    let payload = PlaneCompressor(level: 3).payload(encoder.encode())
    let decoder = BlockDecoder(shared: SharedTables(), frameNames: FrameNames(), symbols: ArchiveSymbols())
    let batch = EventBatch()
    var dice = DamageTests.Dice(state: 0xb10c)
    var refused = 0
    for _ in 0..<2000 {
      var bytes = payload
      for _ in 0...dice.below(3) { bytes[dice.below(bytes.count)] = UInt8(truncatingIfNeeded: dice.next()) }
      bytes.withUnsafeBytes { bytes in
        do throws(BlockFault) {
          try decoder.decode(bytes, into: batch)
          #expect(batch.count <= ArchiveLayout.eventsPerBlock)
        } catch {
          refused += 1
          #expect(!error.expected.isEmpty && batch.count == 0)
        }
      }
    }
    #expect(refused > 500)
  }

  @Test("A newer version is refused, and unknown sections are passed over")
  func versions() throws {
    let whole = try Self.archive(lines: 10)
    var newer = whole
    newer[8] = 2
    let error = #expect(throws: TraceError.self) { try JSONLinesTests.Reading(bytes: newer) }
    #expect(error?.kind == .notATrace && error?.offset == 8 && error?.found.contains("version 2") == true)
    // Behind the head; without the index, whose offsets are others then.
    let section = Array("LATR".utf8) + [3, 0, 0, 0] + [UInt8](repeating: 0xaa, count: 11)
    let wider = Array(whole[..<16]) + section + Array(whole[16...])
    let reading = try JSONLinesTests.Reading(bytes: wider)
    #expect(reading.events.count == 10)
  }

  @Test("Times of a clock of 24 MHz come back to the nanosecond, and take less room than others")
  func ticks() throws {
    func size(_ times: [UInt64]) throws -> (tick: UInt64, bytes: Int) {
      var encoder = BlockEncoder(stacks: StackTable(), names: NameTable()) {
        ArchivedFrame(kind: .bare, address: $0, name: "")
      }
      var event = Event()
      event.call = .mapPage
      let none: [UInt64] = []
      for time in times {
        event.time = time
        encoder.append(event, none.span)
      }
      let payload = PlaneCompressor(level: 3).payload(encoder.encode())
      let decoder = BlockDecoder(shared: SharedTables(), frameNames: FrameNames(), symbols: ArchiveSymbols())
      let batch = EventBatch()
      try payload.withUnsafeBytes { try decoder.decode($0, into: batch) }
      #expect((0..<batch.count).map { batch.events[$0].time } == times)
      let tick = payload[24..<32].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return (tick, payload.count)
    }
    var dice = DamageTests.Dice(state: 24)
    var cycles: UInt64 = 1 << 40
    var (counted, random): ([UInt64], [UInt64]) = ([], [])
    var time: UInt64 = 1 << 45
    for _ in 0..<4000 {
      let step = UInt64(10 + dice.below(60))
      cycles += step
      counted.append(cycles * 125 / 3)
      time += step * 41 + UInt64(dice.below(42))
      random.append(time)
    }
    let (found, none) = (try size(counted), try size(random))
    #expect(abs(Double(found.tick) / 4_294_967_296 - 41.666_667) < 0.001)
    #expect(none.tick == 0 && Double(found.bytes) < 0.7 * Double(none.bytes))
    // Backwards, and by more than a step holds.
    _ = try size([5, 1, UInt64.max, 0, 1 << 40, 1 << 40])
  }

  @Test("Call stacks that pack better than a reader believes are put down as they are, and come back")
  func deepStacks() throws {
    let (stacks, none): (StackTable, [UInt64]) = (StackTable(), [])
    var encoder = BlockEncoder(stacks: stacks, names: NameTable()) {
      ArchivedFrame(kind: .bare, address: $0, name: "")
    }
    let packer = BlockPacker(level: 1)
    // As of a recursion, cut off where it differs: five blocks of four thousand stacks of 200 frames.
    var frames = (0..<200).map { UInt64($0 / 50) }
    var (stored, tables) = (0, 0)
    for block in 0..<5 as Range<UInt64> {
      for number in 0..<4_000 as Range<UInt64> {
        frames[199] = 1_000 + block * 4_000 + number
        var event = Event()
        (event.time, event.call) = (number, .mapPage)
        event.stack = stacks.intern(frames, hash: frames[199])
        encoder.append(event, none.span)
      }
      packer.put(encoder.encode())
      let payload = try #require(packer.next(keeping: 0)).payload
      let need = try #require(payload.withUnsafeBytes { BlockNeed($0) })
      stored += payload.count
      tables += need.tables
      #expect(tables <= ArchiveLayout.tablesLimit(from: stored))
      let shared = SharedTables()
      let decoder = BlockDecoder(shared: shared, frameNames: FrameNames(), symbols: ArchiveSymbols())
      let batch = EventBatch()
      try payload.withUnsafeBytes { try decoder.decode($0, into: batch) }
      #expect(batch.count == 4_000)
      #expect(shared.stacks[batch.events[3_999].stack] == frames)
    }
    // One of them as it is lets the others be packed.
    #expect(stored > 3 << 20 && stored < 4 << 20 && tables > 16_000_000)
  }
}
