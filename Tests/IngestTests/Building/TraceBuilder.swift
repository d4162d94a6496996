import CZstd
import Foundation

@testable import Ingest

/// A whole trace.dat with the least that a reader needs, laid out after trace-cmd.dat.v6(5) and trace-cmd.dat.v7(5).
struct TraceBuilder {
  var version = 7
  var layout = PageLayout.test()
  var isCompressed = false
  /// Pages of each CPU, by its number.
  var cpus: [(number: Int, pages: [UInt8])] = []
  var clock = "local"
  var kernelSymbols = "ffffffff81000000 T first\nffffffff81000100 T second\n"
  var taskNames = "7 modprobe\n"
  var formats = [TraceBuilder.mapFormat]
  var ftraceFormats = [TraceBuilder.stackFormat]
  var options: [(id: UInt16, data: [UInt8])] = []
  /// What the options' "done" says, for loops.
  var next: UInt64 = 0

  private var bigEndian: Bool { layout.bigEndian }
  private func writer() -> ByteWriter { ByteWriter(bigEndian: bigEndian) }

  var headerPage: String {
    """
    \tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
    \tfield: local_t commit;\toffset:8;\tsize:\(layout.longSize);\tsigned:1;
    \tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
    \tfield: char data;\toffset:\(layout.dataOffset);\tsize:\(layout.pageSize - layout.dataOffset);\tsigned:0;

    """
  }

  private func headerInfo() -> [UInt8] {
    var out = writer()
    for (name, text) in [("header_page", headerPage), ("header_event", "# compressed entry header\n")] {
      out.put(string: name)
      out.put(UInt64(text.utf8.count))
      out.put(text: text)
    }
    return out.bytes
  }

  private func texts(_ texts: [String]) -> [UInt8] {
    var out = writer()
    out.put(UInt32(texts.count))
    for text in texts {
      out.put(UInt64(text.utf8.count))
      out.put(text: text)
    }
    return out.bytes
  }

  private func events() -> [UInt8] {
    var out = writer()
    out.put(UInt32(1))
    out.put(string: "dma")
    out.put(texts(formats))
    return out.bytes
  }

  private func start() -> ByteWriter {
    var out = writer()
    out.put(TraceDatFile.magic)
    out.put(string: String(version))
    out.put(bigEndian ? 1 as UInt8 : 0)
    out.put(UInt8(layout.longSize))
    out.put(UInt32(layout.pageSize))
    return out
  }

  /// The tracing data of a perf.data: what a trace.dat of version 6 begins with, without what perf leaves empty.
  func tracingData() -> [UInt8] {
    var out = writer()
    out.put(TraceDatFile.magic)
    out.put(string: "0.6")
    out.put(bigEndian ? 1 as UInt8 : 0)
    out.put(UInt8(layout.longSize))
    out.put(UInt32(4096))
    out.put(headerInfo())
    out.put(texts(ftraceFormats))
    out.put(events())
    out.put(UInt32(0))
    out.put(UInt32(0))
    out.put(UInt64(0))
    return out.bytes
  }

  func build() -> [UInt8] { version == 6 ? build6() : build7() }

  private func build6() -> [UInt8] {
    var out = start()
    out.put(headerInfo())
    out.put(texts(ftraceFormats))
    out.put(events())
    out.put(UInt32(kernelSymbols.utf8.count))
    out.put(text: kernelSymbols)
    out.put(UInt32(0))
    out.put(UInt64(taskNames.utf8.count))
    out.put(text: taskNames)
    out.put(UInt32(cpus.count))
    if !options.isEmpty {
      out.put(text: "options  \0")
      for option in options {
        out.put(option.id)
        out.put(UInt32(option.data.count))
        out.put(option.data)
      }
      out.put(0 as UInt16)
    }
    out.put(text: "flyrecord\0")
    let clockText = "[\(clock)]"
    let tableEnd = out.bytes.count + 16 * cpus.count + 8 + clockText.utf8.count
    var offset = (tableEnd + layout.pageSize - 1) / layout.pageSize * layout.pageSize
    for cpu in cpus {
      out.put(UInt64(offset))
      out.put(UInt64(cpu.pages.count))
      offset += cpu.pages.count
    }
    out.put(UInt64(clockText.utf8.count))
    out.put(text: clockText)
    out.pad(to: layout.pageSize)
    for cpu in cpus { out.put(cpu.pages) }
    return out.bytes
  }

  private func build7() -> [UInt8] {
    var out = start()
    out.put(string: isCompressed ? "zstd" : "none")
    out.put(string: "1")
    let optionsPlace = out.bytes.count
    out.put(UInt64(0))
    var all = options
    func section(_ id: UInt16, _ content: [UInt8]) {
      let packed = isCompressed && id != 3
      let body = packed ? block(content) : content
      if id != 0 {
        var place = writer()
        place.put(UInt64(out.bytes.count))
        all.append((id, place.bytes))
      }
      out.put(id)
      out.put(packed || (id == 3 && isCompressed) ? 1 as UInt16 : 0)
      out.put(UInt32(0))
      out.put(UInt64(body.count))
      out.put(body)
    }
    section(16, headerInfo())
    section(17, texts(ftraceFormats))
    section(18, events())
    var symbols = writer()
    symbols.put(UInt32(kernelSymbols.utf8.count))
    symbols.put(text: kernelSymbols)
    section(19, symbols.bytes)
    var names = writer()
    names.put(UInt64(taskNames.utf8.count))
    names.put(text: taskNames)
    section(21, names.bytes)

    var buffer = writer()
    buffer.put(UInt64(out.bytes.count))
    buffer.put(string: "")
    buffer.put(string: clock)
    buffer.put(UInt32(layout.pageSize))
    buffer.put(UInt32(cpus.count))
    section(3, [])
    all.removeLast()
    for cpu in cpus {
      out.pad(to: layout.pageSize)
      let data = isCompressed ? chunks(cpu.pages) : cpu.pages
      buffer.put(UInt32(cpu.number))
      buffer.put(UInt64(out.bytes.count))
      // The size of packed data does not count the number of chunks.
      buffer.put(UInt64(isCompressed ? data.count - 4 : data.count))
      out.put(data)
    }
    all.append((3, buffer.bytes))

    let optionsOffset = out.bytes.count
    var list = writer()
    var done = writer()
    done.put(next)
    for option in all + [(0, done.bytes)] {
      list.put(option.id)
      list.put(UInt32(option.data.count))
      list.put(option.data)
    }
    section(0, list.bytes)
    var place = writer()
    place.put(UInt64(optionsOffset))
    out.bytes.replaceSubrange(optionsPlace..<(optionsPlace + 8), with: place.bytes)
    return out.bytes
  }

  /// Packed size, unpacked size, packed bytes.
  private func block(_ content: [UInt8]) -> [UInt8] {
    let packed = zstdFrame(content)
    var out = writer()
    out.put(UInt32(packed.count))
    out.put(UInt32(content.count))
    out.put(packed)
    return out.bytes
  }

  /// A count, then a block for each two pages.
  private func chunks(_ pages: [UInt8]) -> [UInt8] {
    let size = 2 * layout.pageSize
    let starts = stride(from: 0, to: pages.count, by: size)
    var out = writer()
    out.put(UInt32(Array(starts).count))
    for start in starts { out.put(block(Array(pages[start..<min(start + size, pages.count)]))) }
    return out.bytes
  }
}

/// One zstd frame that promises its content's size.
func zstdFrame(_ content: [UInt8]) -> [UInt8] {
  var output = [UInt8](repeating: 0, count: ZSTD_compressBound(content.count))
  let count = ZSTD_compress(&output, output.count, content, content.count, 1)
  return Array(output.prefix(count))
}

/// Writes bytes to a file that lives as long as `body` runs.
func withFile<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
  let place = FileManager.default.temporaryDirectory.appendingPathComponent(
    "dmascope-test-\(UUID().uuidString)")
  try Data(bytes).write(to: place)
  defer { try? FileManager.default.removeItem(at: place) }
  return try body(place.path)
}
