import DMAModel
import Foundation
import Testing

@testable import Ingest

@Suite("Trace text")
struct TextPiecesTests {
  /// What was read, with names in the place of numbers, which depend on who met a name first.
  struct Reading: Equatable {
    var events: [String] = []
    var facts: [String] = []

    /// - Parameter pieceSize: bytes; nil reads line after line.
    init(
      _ text: String, pieceSize: Int?, workers: Int = 2, dictionary: EventDictionary = EventDictionary()
    ) throws {
      let file = FileManager.default.temporaryDirectory.appending(path: "text-\(UUID().uuidString).txt")
      try Data(text.utf8).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      let input = try openInput(file.path())
      let reader = try TextReader(input, dictionary: dictionary)
      var events: [Event] = []
      var lists: [[UInt64]] = []
      let take = { (run: Span<Event>, segments: Span<UInt64>) in
        for index in run.indices {
          let event = run[index]
          events.append(event)
          let (start, count) = (Int(event.segments), Int(event.physicalCount) + 2 * Int(event.busCount))
          lists.append(count > 0 ? (start..<start + count).map { segments[$0] } : [])
        }
        return true
      }
      if let pieceSize {
        reader.forEachRunOfPieces(
          of: try #require(input.file), pieceSize: pieceSize, workers: workers, take)
      } else {
        reader.forEachRunOfLines(take)
      }
      self.events = zip(events, lists).map { Reading.describe($0, $1, reader) }
      facts = Reading.describe(reader.recording(), file.path())
    }

    private static func describe(_ event: Event, _ list: [UInt64], _ reader: TextReader) -> String {
      let stack = reader.shared.stacks[event.stack].map { reader.frameNames?.name($0) ?? "\($0)" }
      return [
        "\(event.time) \(event.call) cpu \(event.cpu) task \(event.pid) \(event.context.rawValue)",
        "\(reader.shared.names[event.device]) \(event.address) \(event.physicalAddress) \(event.size)",
        "\(event.value) \(event.direction) \(event.attributes.rawValue) \(event.flags.rawValue) \(list)",
        stack.joined(separator: " < "),
      ].joined(separator: " ")
    }

    private static func describe(_ recording: Recording, _ path: String) -> [String] {
      recording.eventsByName.map { "\($0)" }.sorted() + recording.taskNames.map { "\($0)" }.sorted()
        + recording.skipped.map { "\($0)" }.sorted() + recording.undecodedEvents.sorted()
        + recording.problems.map { $0.replacingOccurrences(of: path, with: "FILE") }
        + [
          "\(recording.lostEvents) \(recording.lostWindows) \(recording.lostWindowsWithoutCount)",
          "\(recording.firstTime) \(recording.lastTime) \(recording.cpus) \(recording.overruns)",
        ]
    }
  }

  /// Each kind of line, those that depend on lines before among them: stacks behind another CPU's event, a time that goes back,
  /// losses, frames that follow a remark.
  static let text = """
    # tracer: nop
    # entries-in-buffer/entries-written: 9/20   #P:2
     fio-280     [000] d.h1.    99.000001: dma_unmap_page: disk dir=FROM_DEVICE dma_addr=9fe4000 size=4096 attrs=
     net-9       [001] .....    99.000002: dma_map_page: eth0 dir=TO_DEVICE dma_addr=1000 size=64 phys_addr=1000 attrs=SKIP_CPU_SYNC
     fio-280     [000] d.h1.    99.000003: <stack trace>
     => dma_unmap_page_attrs+0x1c/0x30
     => nvme_unmap_data [nvme]
     net-9       [001] .....    99.000004: <stack trace>
     => net_map
    CPU:1 [LOST 5 EVENTS]
     fio-280     [000] .....    99.000007: dma_map_sg: disk dir=TO_DEVICE nents=2/2 ents=1/1 dma_addrs={0x2000} lengths={0x2000} phys_addrs={0x2000,0x3000} attrs=
    CPU:0 [LOST EVENTS]
     fio-280     [000] .....    99.000006: sched_switch: a=b
     fio-280     [000] .....    99.000005: dma_unmap_page: disk dir=FROM_DEVICE dma_addr=zz size=4096 attrs=
    what is this
     0)   1.234 us    |  arch_sync_dma_for_cpu();
     new-280     [000] .....    99.000008: dma_sync_single_for_cpu: disk dir=FROM_DEVICE dma_addr=2000 size=0x40
     perf   7 [001]    99.000009: dma:dma_map_page: eth0 dir=TO_DEVICE dma_addr=1000 size=64 phys_addr=1000 attrs=
    \tffffffffa019c7a9 dma_map_page_attrs+0x189 ([kernel.kallsyms])
    # a remark

    \tffffffffa019c7aa [unknown] ([nvme])
     <...>-11    [001] .....   100.123456789: dma_alloc: eth0 dir=BIDIRECTIONAL dma_addr=5000 size=4096 virt_addr=00000000aa flags=GFP_KERNEL attrs=
    """

  @Test("is what its lines say")
  func lines() throws {
    let reading = try Reading(TextPiecesTests.text, pieceSize: nil)
    #expect(reading.events.count == 8)
    #expect(reading.events[0].hasSuffix("dma_unmap_page_attrs+0x1c < nvme_unmap_data [nvme]"))
    #expect(reading.events[1].contains("eth0 4096 4096 64") && reading.events[1].hasSuffix("net_map"))
    #expect(reading.events[3].contains("[8192, 12288, 8192, 8192]"))
    #expect(reading.events[5].hasPrefix("99000008000"))
    #expect(reading.events[6].hasSuffix("dma_map_page_attrs+0x189 < \(0xffff_ffff_a019_c7aa as UInt64)"))
    #expect(reading.events[7].hasPrefix("100123456789 "))
    #expect(reading.facts.contains("(key: 280, value: \"new\")"))
    #expect(reading.facts.contains("5 2 1") && reading.facts.contains { $0.hasSuffix(" 2 11") })
  }

  @Test("gives the same in pieces of any size", arguments: [1, 2, 3, 5, 8])
  func pieces(repetitions: Int) throws {
    let text = (0..<repetitions).map { repetition in
      TextPiecesTests.text.replacing("  99.", with: " \(200 + repetition).").replacing("100.", with: "300.")
    }.joined(separator: "\n")
    let whole = try Reading(text, pieceSize: nil)
    for size in [1, 60, 130, 250, 500, 1000, 3000, 100_000] {
      #expect(try Reading(text, pieceSize: size) == whole, "pieces of \(size) bytes")
    }
    #expect(try Reading(text, pieceSize: 100, workers: 0) == whole)
  }

  @Test("that goes back in time at a piece's end gives the same")
  func backwards() throws {
    let lines = (0..<40).map { index in
      " a-\(index % 3) [000] ..... \(index % 10).\(100_000 + index): dma_sync_single_for_cpu: disk\(index % 4) dir=FROM_DEVICE dma_addr=\(index) size=\(index)"
    }
    let text = lines.joined(separator: "\n") + "\n"
    let whole = try Reading(text, pieceSize: nil)
    #expect(whole.events.count == 40 && whole.facts.contains { $0.contains("value: 27") })
    for size in [1, 200, 350, 900] { #expect(try Reading(text, pieceSize: size) == whole) }
  }

  @Test("in pieces has its conversions, and counts once what is behind another event")
  func dictionary() throws {
    let lines = (0..<20).map { index in
      """
         gpu-7  [000] .....    \(index).5: buffer: iova=0x400000000 pfn=\(index) pages=2 way=IN packed=0xff2011
         gpu-7  [000] .....    \(index).6: dma_map_page: gpu0 dir=TO_DEVICE dma_addr=1000 size=64 phys_addr=1000 attrs=
         gpu-7  [000] .....    \(index).7: debug_dma_map_page: (ffffffff81000000) size=64
         gpu-7  [000] .....    \(index).8: buffer: iova=0x400000000 pfn=1 pages=many way=IN packed=0
      """
    }
    let dictionary = EventDictionary(adding: [ConversionTests.row])
    let text = lines.joined(separator: "\n") + "\n"
    let whole = try Reading(text, pieceSize: nil, dictionary: dictionary)
    #expect(whole.events.count == 40)
    #expect(whole.events[38].contains("soc:gpu \(0x4_0000_0000 as UInt64) \(19 * 4096) 8192 "))
    #expect(whole.facts.contains("(key: \"debug_dma_map_page\", value: 20)"))
    #expect(
      whole.facts.contains("(key: \"events behind other recorded ones, not counted twice\", value: 20)"))
    #expect(whole.facts.contains { $0.hasPrefix("(key: \"lines that are no") && $0.hasSuffix("value: 20)") })
    for size in [1, 300, 2000] {
      #expect(try Reading(text, pieceSize: size, dictionary: dictionary) == whole)
    }
  }

  @Test("in pieces tells how far it has been read while it is")
  func progress() throws {
    let line = " a-1 [000] ..... 5.100000: dma_sync_single_for_cpu: disk dir=FROM_DEVICE dma_addr=1 size=1\n"
    try withFile(Array(String(repeating: line, count: 20_000).utf8)) { path in
      let input = try openInput(path)
      let reader = try TextReader(input)
      var progress = [reader.progress]
      var (given, isCounted) = (UInt64(0), true)
      reader.forEachRunOfPieces(of: try #require(input.file), pieceSize: 100_000, workers: 1) { events, _ in
        given += UInt64(events.count)
        progress.append(reader.progress)
        isCounted = isCounted && reader.recording().eventsByName["dma_sync_single_for_cpu"] ?? 0 >= given
        return true
      }
      #expect(given == 20_000 && isCounted)
      #expect(progress.count > 10 && progress == progress.sorted())
      #expect(progress.first == 0 && progress.last == 1)
    }
  }

  @Test("has numbers of any length, with whatever behind them")
  func numbers() throws {
    for digits in 1...17 {
      for end in ["", " ", ",1", "g", "/", ":", "\u{10}", "é"] {
        let number = String("9081726354fAcEbD12".filter(\.isHexDigit).prefix(digits))
        try Array((number + end).utf8).withUnsafeBufferPointer { bytes in
          let line = try #require(TextBytes(bytes))
          let hexadecimal = digits <= 16 ? UInt64(number, radix: 16) : nil
          #expect(
            line.hexadecimal(0)?.value == hexadecimal && line.hexadecimal(0).map { $0.end == digits } != false
          )
          let decimals = String(number.prefix { $0.isNumber })
          #expect(line.decimal(0)?.value == UInt64(decimals) && line.decimal(0)?.end == decimals.utf8.count)
        }
      }
    }
  }

  @Test("with a frame that has no function is read on")
  func emptyFrame() throws {
    let text = """
       fio-280     [000] d.h1.    99.000001: dma_unmap_page: disk dir=FROM_DEVICE dma_addr=9fe4000 size=4096 attrs=
       fio-280     [000] d.h1.    99.000003: <stack trace>
       => /
       => nvme_unmap_data
      """
    let reading = try Reading(text, pieceSize: nil)
    #expect(reading.events.count == 1 && reading.events[0].hasSuffix(" nvme_unmap_data"))
  }
}
