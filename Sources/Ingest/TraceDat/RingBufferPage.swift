/// One page of the kernel's ring buffer: yields records and losses, and does not know what they mean.
///
/// The layout is that of kernel/trace/ring_buffer.c (`struct buffer_data_page`, `struct ring_buffer_event`): the time of
/// the page, the commit word (bytes used in the low 27 bits, bit 31 = records were lost before this page, bit 30 =
/// their number is stored behind the data), then records that begin with 5 bits of type and 27 bits of time delta.
///
/// Every offset is checked against the page before it is used; a page cannot make the walk leave its bytes.
struct RingBufferPage {
  /// A record's place in the page and its time in units of the clock.
  struct Record {
    var offset: Int
    var length: Int
    var time: UInt64
  }

  private let base: UnsafeRawPointer
  private let layout: PageLayout
  private var position: Int
  private let end: Int
  private(set) var time: UInt64
  /// Whether records were lost before this page, and how many (nil: not recorded).
  let lost: Bool
  let lostCount: UInt64?
  /// What is wrong with the page, if the walk had to stop before its end: the offset in the page and what was found.
  private(set) var damage: (offset: Int, found: String)?

  /// - Parameters:
  ///   - base: the page; `count` bytes from there are readable, at most one page.
  init?(_ base: UnsafeRawPointer, count: Int, layout: PageLayout) {
    guard count >= layout.dataOffset else { return nil }
    self.base = base
    self.layout = layout
    time = RingBufferPage.load(base, 0, layout.bigEndian, as: UInt64.self)
    let commit =
      layout.longSize == 8
      ? RingBufferPage.load(base, layout.commitOffset, layout.bigEndian, as: UInt64.self)
      : UInt64(RingBufferPage.load(base, layout.commitOffset, layout.bigEndian, as: UInt32.self))
    let used = Int(commit & 0x07ff_ffff)
    position = layout.dataOffset
    let room = min(count, layout.pageSize) - layout.dataOffset
    end = layout.dataOffset + min(used, room)
    if used > room {
      damage = (layout.commitOffset, "\(used) used bytes in a page with room for \(room)")
    }
    lost = commit & (1 << 31) != 0
    if lost && commit & (1 << 30) != 0 && used + layout.longSize <= room {
      let at = layout.dataOffset + used
      lostCount =
        layout.longSize == 8
        ? RingBufferPage.load(base, at, layout.bigEndian, as: UInt64.self)
        : UInt64(RingBufferPage.load(base, at, layout.bigEndian, as: UInt32.self))
    } else {
      lostCount = nil
    }
  }

  @inline(__always)
  private static func load<T: FixedWidthInteger>(
    _ base: UnsafeRawPointer, _ offset: Int, _ bigEndian: Bool, as: T.Type
  ) -> T {
    let value = base.loadUnaligned(fromByteOffset: offset, as: T.self)
    return bigEndian ? T(bigEndian: value) : T(littleEndian: value)
  }

  private static let padding = 29
  private static let timeExtend = 30
  private static let timeStamp = 31

  /// The next data record, or nil at the end of the page.
  @inline(__always)
  mutating func next() -> Record? {
    while position + 4 <= end {
      let word = RingBufferPage.load(base, position, layout.bigEndian, as: UInt32.self)
      // Bit fields are allocated from the other end on big-endian machines.
      let type = layout.bigEndian ? Int(word >> 27) : Int(word & 31)
      let delta = layout.bigEndian ? UInt64(word & 0x07ff_ffff) : UInt64(word >> 5)
      if type != 0 && type < RingBufferPage.padding {
        let record = Record(offset: position + 4, length: type * 4, time: time &+ delta)
        guard record.length <= end - record.offset else { return stop("a record of \(record.length) bytes") }
        time = record.time
        position = record.offset + record.length
        return record
      }
      // All other kinds have a second word, except the padding that fills the rest of a page.
      guard type != RingBufferPage.padding || delta != 0 else { return nil }
      guard position + 8 <= end else { return stop("half a record header") }
      let second = UInt64(RingBufferPage.load(base, position + 4, layout.bigEndian, as: UInt32.self))
      switch type {
      case RingBufferPage.timeExtend:
        time &+= delta &+ (second << 27)
        position += 8
      case RingBufferPage.timeStamp:
        // 59 bits are stored; the top five are those of the time so far, one more if the stamp has wrapped meanwhile
        // (rb_fix_abs_ts).
        let top = time & 0xf800_0000_0000_0000
        let stamp = delta &+ (second << 27) | top
        time = top != 0 && stamp < time ? stamp &+ (1 << 59) : stamp
        position += 8
      case RingBufferPage.padding:
        // A discarded record: its length counts from the second word on.
        time &+= delta
        guard second <= UInt64(end - position - 4) else { return stop("padding of \(second) bytes") }
        position += 4 + Int(second)
      default:
        // The length counts the second word itself, and is rounded up to words.
        guard second >= 4, second <= UInt64(end - position - 4) else {
          return stop("a record of \(second) bytes")
        }
        time &+= delta
        let record = Record(offset: position + 8, length: Int(second) - 4, time: time)
        position += 4 + (Int(second) + 3) & ~3
        return record
      }
    }
    return nil
  }

  private mutating func stop(_ found: String) -> Record? {
    if damage == nil { damage = (position, found + " with \(end - position) bytes left in the page") }
    position = end
    return nil
  }
}
