/// The beginnings of lines that a decoder has met, task and CPU, since most lines begin like one of the last.
///
/// A beginning is known by all its bytes, and kept only if its bracket is the line's first: so a line that begins alike is read
/// as it would be without.
struct LineStarts: ~Copyable {
  struct Known {
    var start: TextLine.Start
    /// The number of the task's name, for `TaskNames`.
    var task: UInt32
  }

  private static let slotCount = 1 << 8
  /// A longer beginning is not kept.
  private static let longest = 64

  private let known: UnsafeMutablePointer<Known>
  private let texts: UnsafeMutablePointer<UInt8>
  /// Where the bracket was in the line before.
  private var column = 0

  init() {
    // The last one is for a beginning that is not kept.
    known = .allocate(capacity: LineStarts.slotCount + 1)
    let none = TextLine.Start(
      end: 0, bracket: 0, isFirstBracket: false, task: 0..<0, pid: 0, cpu: 0, isPerf: false)
    known.initialize(repeating: Known(start: none, task: 0), count: LineStarts.slotCount + 1)
    texts = .allocate(capacity: LineStarts.slotCount * LineStarts.longest)
    texts.initialize(repeating: 0, count: LineStarts.slotCount * LineStarts.longest)
  }

  deinit {
    known.deallocate()
    texts.deallocate()
  }

  @inline(__always)
  private static func slot(_ line: TextBytes, _ bracket: Int) -> Int {
    let cpu = line.word(bracket) & 0xff_ffff_ffff
    let hash =
      (line.word(bracket - 16) &* 0x9e37_79b9_7f4a_7c15) ^ (line.word(bracket - 8) &* 0xc2b2_ae3d_27d4_eb4f)
      ^ (cpu &* 0x1656_67b1_9e37_79f9)
    return Int(truncatingIfNeeded: hash &>> 56)
  }

  /// The beginning of a line, if it is known.
  @inline(__always)
  func find(_ line: TextBytes) -> UnsafePointer<Known>? {
    guard column >= 16, line[column] == 0x5b else { return nil }
    let slot = LineStarts.slot(line, column)
    let length = Int(known[slot].start.end)
    guard known[slot].start.bracket == Int32(truncatingIfNeeded: column) else { return nil }
    let text = UnsafeRawPointer(texts + slot &* LineStarts.longest)
    var position = 0
    while position &+ 8 <= length {
      let kept = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      if kept != line.word(position) { return nil }
      position &+= 8
    }
    let kept = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: position & 56, as: UInt64.self))
    let isSame = (kept ^ line.word(position)) &<< UInt64(64 &- 8 &* (length &- position)) == 0
    return isSame || position == length ? UnsafePointer(known + slot) : nil
  }

  /// Keeps the beginning of a line. What is returned holds until the next is kept.
  mutating func keep(_ start: TextLine.Start, of line: TextBytes, task: UInt32) -> UnsafePointer<Known> {
    column = Int(start.bracket)
    let isKept = start.isFirstBracket && column >= 16 && Int(start.end) <= LineStarts.longest
    let slot = isKept ? LineStarts.slot(line, column) : LineStarts.slotCount
    known[slot] = Known(start: start, task: task)
    if isKept { (texts + slot * LineStarts.longest).update(from: line.base, count: Int(start.end)) }
    return UnsafePointer(known + slot)
  }
}
