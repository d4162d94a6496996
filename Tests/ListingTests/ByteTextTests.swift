import DMAModel
import Testing

@testable import Listing

@Suite("Lines of a listing")
struct ByteTextTests {
  private func made(_ body: (inout ByteText) -> Void) -> String {
    var text = ByteText("<")
    body(&text)
    return String(decoding: text.bytes.dropFirst(), as: UTF8.self)
  }

  @Test(
    "Numbers are written as the library writes them",
    arguments: [0, 1, 9, 10, 15, 16, 255, 256, 0xffff_ffff, 1 << 60, 1 << 63, .max - 1, .max] as [UInt64])
  func numbers(number: UInt64) {
    #expect(made { $0.append(number) } == String(number))
    #expect(made { $0.appendHex(number) } == "0x" + String(number, radix: 16))
    let signed = Int64(bitPattern: number)
    #expect(made { $0.append(signed) } == String(signed))
  }

  @Test("Widths are kept from below, not from above")
  func widths() {
    #expect(made { $0.append(7, width: 3) } == "007")
    #expect(made { $0.append(0, width: 3) } == "000")
    #expect(made { $0.append(4096, width: 3) } == "4096")
    #expect(made { $0.appendSeconds(0) } == "0.000000000")
    #expect(made { $0.appendSeconds(11_000_000_042) } == "11.000000042")
    #expect(made { $0.appendSeconds(.max) } == "18446744073.709551615")
  }

  @Test("Blanks go by characters, not by bytes")
  func padding() {
    #expect(made { $0.pad(from: 1, to: 3) } == "   ")
    let name = made {
      $0.append("größe")
      $0.pad(from: 1, to: 8)
    }
    #expect(name == "größe   ")
    let long = made {
      $0.append("longer")
      $0.pad(from: 1, to: 3)
    }
    #expect(long == "longer")
  }

  // MARK: - Whole lines

  private static let hostile = "evil\u{1b}[31m,\"name\"\\\n"

  private func line(_ format: ListingFormat, task: String?, device: String) -> String {
    let names = NameTable()
    var event = Event()
    (event.time, event.cpu, event.pid, event.call) = (1_500_000_000, 2, 7, .mapPage)
    (event.address, event.physicalAddress, event.size) = (0x1000, 0x2000, 64)
    (event.direction, event.flags, event.context) = (.toDevice, [.hasAddress, .hasPhysicalAddress], .irqsOff)
    event.device = names.intern(device)
    var writer = EventWriter(
      format, names: names, stacks: StackTable(), taskName: { _ in task }, symbolizer: { nil })
    let none: [UInt64] = []
    var text = ByteText()
    // Twice: what is remembered of the first is written into the second.
    writer.write(event, none.span, to: &text)
    let first = text.bytes
    text.removeAll()
    writer.write(event, none.span, to: &text)
    #expect(text.bytes == first)
    return String(decoding: first, as: UTF8.self)
  }

  @Test("One event in each form")
  func forms() {
    #expect(
      line(.text, task: "fio", device: "0000:00:05.0")
        == "     1.500000000 [002] fio-7                dma_map_page             dev=0000:00:05.0"
        + " phys_addr=0x2000 size=64 dir=TO_DEVICE ret=0x1000 context=irqs_off\n")
    #expect(
      line(.jsonl, task: nil, device: "0000:00:05.0")
        == #"{"time": "1.500000000", "cpu": 2, "pid": 7, "call": "dma_map_page", "dev": "0000:00:05.0", "#
        + #""phys_addr": "0x2000", "size": 64, "dir": "TO_DEVICE", "ret": "0x1000", "context": "irqs_off"}"#
        + "\n")
    #expect(
      line(.csv, task: "fio", device: "0000:00:05.0")
        == "1.500000000,2,7,fio,dma_map_page,0000:00:05.0,,0x2000,64,TO_DEVICE,,0x1000,\n")
  }

  @Test("What a trace calls its tasks and devices cannot leave its place", arguments: ListingFormat.allCases)
  func hostileNames(format: ListingFormat) {
    let line = line(format, task: Self.hostile, device: Self.hostile)
    #expect(line.utf8.filter { $0 == 0x0a }.count == 1 && line.hasSuffix("\n"))
    #expect(!line.unicodeScalars.contains("\u{1b}"))
    switch format {
    case .text: break
    case .jsonl: #expect(line.contains(#""task": "evil\u001b[31m,\"name\"\\\u000a""#))
    case .csv: #expect(line.contains(#","evil\x1b[31m,""name""\\x0a","#))
    }
  }
}
