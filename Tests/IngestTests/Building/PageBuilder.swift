@testable import Ingest

/// A page of the kernel's ring buffer, put together after `struct buffer_data_page` and `struct ring_buffer_event` of
/// kernel/trace/ring_buffer.c, byte by byte.
struct PageBuilder {
  let layout: PageLayout
  let time: UInt64
  private var data: ByteWriter

  init(_ layout: PageLayout, time: UInt64) {
    self.layout = layout
    self.time = time
    data = ByteWriter(bigEndian: layout.bigEndian)
  }

  /// The first word: on little-endian machines the type has the low five bits, on big-endian ones the high five.
  private mutating func header(type: UInt32, delta: UInt32) {
    data.put(layout.bigEndian ? type << 27 | delta : delta << 5 | type)
  }

  /// A record of at most 112 bytes, whose length lies in the type.
  mutating func record(delta: UInt32, _ payload: [UInt8]) {
    precondition(payload.count % 4 == 0 && payload.count <= 112 && !payload.isEmpty)
    header(type: UInt32(payload.count / 4), delta: delta)
    data.put(payload)
  }

  /// A record whose length is the next word; the length counts that word.
  mutating func longRecord(delta: UInt32, _ payload: [UInt8]) {
    header(type: 0, delta: delta)
    data.put(UInt32(payload.count + 4))
    data.put(payload)
    data.pad(to: 4)
  }

  mutating func timeExtend(_ delta: UInt64) {
    header(type: 30, delta: UInt32(delta & 0x7ff_ffff))
    data.put(UInt32(delta >> 27))
  }

  mutating func timeStamp(_ time: UInt64) {
    header(type: 31, delta: UInt32(time & 0x7ff_ffff))
    data.put(UInt32(truncatingIfNeeded: time >> 27))
  }

  /// A record that was reserved and then given up.
  mutating func discarded(delta: UInt32, bytes: Int) {
    header(type: 29, delta: delta)
    data.put(UInt32(bytes))
    data.put([UInt8](repeating: 0xaa, count: bytes - 4))
  }

  /// The padding that fills the rest of a page.
  mutating func endPadding() { header(type: 29, delta: 0) }

  /// Any first word and what follows it.
  mutating func raw(type: UInt32, delta: UInt32, _ rest: [UInt32]) {
    header(type: type, delta: delta)
    for word in rest { data.put(word) }
  }

  /// - Parameters:
  ///   - commit: the used bytes to claim instead of the true ones.
  ///   - isLossy: bit 31; `lost`: bit 30 and the number behind the data.
  func build(commit: UInt64? = nil, isLossy: Bool = false, lost: UInt64? = nil) -> [UInt8] {
    var page = ByteWriter(bigEndian: layout.bigEndian)
    page.put(time)
    var word = commit ?? UInt64(data.bytes.count)
    if isLossy || lost != nil { word |= 1 << 31 }
    if lost != nil { word |= 1 << 30 }
    if layout.longSize == 8 { page.put(word) } else { page.put(UInt32(word)) }
    page.put(data.bytes)
    if let lost {
      if layout.longSize == 8 { page.put(lost) } else { page.put(UInt32(lost)) }
    }
    page.put([UInt8](repeating: 0, count: layout.pageSize - page.bytes.count))
    return page.bytes
  }
}

extension PageLayout {
  static func test(pageSize: Int = 4096, longSize: Int = 8, bigEndian: Bool = false) -> PageLayout {
    var layout = PageLayout()
    layout.pageSize = pageSize
    layout.longSize = longSize
    layout.dataOffset = 8 + longSize
    layout.bigEndian = bigEndian
    return layout
  }
}
