import DMAModel

/// What stands before the fields in a line of trace text, whoever printed it:
///
///     fio-280       [000] d.h1.    99.623936: dma_unmap_page: …       tracefs trace, trace_pipe
///     fio-280    (   280) [000] d.h1.    99.623936: dma_unmap_page: … with the thread group
///     fio-280       [000]    99.623936: dma_unmap_page:       …       without the irq-info column; trace-cmd report
///     fio   280 [000]    99.623936:   dma:dma_unmap_page: …           perf script
///
/// A task's name may hold anything, brackets and blanks included: what counts is that all the rest fits.
struct TextLine {
  /// The part up to the CPU, which many lines share.
  struct Start {
    /// Where the part ends: behind the blank that follows the CPU's bracket.
    var end: Int32
    /// Where the CPU's bracket opens, and whether it is the first in the line.
    var bracket: Int32
    var isFirstBracket: Bool
    /// The name of the task, without blanks around it; empty where the kernel had forgotten it (`<...>`).
    var task: Range<Int32>
    var pid: Int32
    var cpu: UInt16
    /// Whether the task and its number are apart, as perf prints them.
    var isPerf: Bool
  }

  /// The part between the CPU and the fields.
  struct Rest {
    /// Where the flags begin, of which there are at least four; −1 without them.
    var flags: Int
    /// Nanoseconds.
    var time: UInt64
    /// `dma_map_page` or `dma:dma_map_page`.
    var name: Range<Int>
    /// Where that begins which stands behind the name and its colon, without blanks before it.
    var body: Int
  }

  let start: Start
  let rest: Rest

  /// Nil if the line is no event's.
  init?(_ line: TextBytes) {
    guard line.count <= Int(Int32.max) else { return nil }
    var position = 0
    var isFirst = true
    while let bracket = TextLine.bracket(line, position) {
      if let start = Start(line, bracket, isFirst), let rest = Rest(line, behind: start) {
        (self.start, self.rest) = (start, rest)
        return
      }
      (position, isFirst) = (bracket + 1, false)
    }
    return nil
  }

  /// The CPU stands near the beginning of a line. To look for it behind each of many brackets, and back from each for its task,
  /// would take the square of the line's length.
  private static let searched = 512

  private static func bracket(_ line: TextBytes, _ start: Int) -> Int? {
    var position = start
    while position < min(line.count, searched) {
      if line.base[position] == 0x5b { return position }
      position += 1
    }
    return nil
  }
}

extension TextLine.Rest {
  /// Flags, time and name behind a beginning that is known; nil if they do not fit.
  @inline(__always)
  init?(_ line: TextBytes, behind start: TextLine.Start) {
    var position = line.afterSpaces(Int(start.end))
    flags = -1
    if line[position] &- 0x30 >= 10, position < line.count {
      let end = line.endOfWord(position)
      guard end &- position >= 4, end &- position <= 10 else { return nil }
      flags = position
      position = line.afterSpaces(end)
      // A mark of how long the delay was may stand apart.
      while position < line.count, line[position] == 0x20 || TextLine.Rest.isDelay(line[position]) {
        position &+= 1
      }
    }
    guard let (time, end) = TextLine.Rest.time(line, position) else { return nil }
    self.time = time
    let first = line.afterSpaces(end)
    position = line.endOfWord(first)
    // Without a colon it is a line of the function tracer: `dma_map_page_attrs <-nvme_map_data`.
    let last = position > first && line[position &- 1] == 0x3a ? position &- 1 : position
    guard last > first else { return nil }
    name = first..<last
    body = line.afterSpaces(position)
  }

  @inline(__always)
  private static func isDelay(_ byte: UInt8) -> Bool {
    byte == 0x24 || byte == 0x40 || byte == 0x2a || byte == 0x23 || byte == 0x21 || byte == 0x2b
  }

  /// `12.345678:`, up to nine decimals, or the plain number of a clock that counts no seconds; and where it ends.
  @inline(__always)
  private static func time(_ line: TextBytes, _ position: Int) -> (UInt64, Int)? {
    let first = line.word(position)
    let digits = TextBytes.decimals(first)
    if digits > 0, digits < 8, line[position + digits] == 0x2e {
      let second = line.word(position + digits + 1)
      if TextBytes.decimals(second) == 6, second &>> 48 & 0xff == 0x3a {
        let seconds = TextBytes.decimal(first, digits)
        return (seconds * 1_000_000_000 + TextBytes.decimal(second, 6) * 1000, position + digits + 8)
      }
    }
    return anyTime(line, position)
  }

  private static func anyTime(_ line: TextBytes, _ start: Int) -> (UInt64, Int)? {
    var position = start
    var value: UInt64 = 0
    var decimals = -1
    while position < line.count {
      let byte = line.base[position]
      if byte &- 0x30 < 10 {
        guard position - start < 20, decimals < 9 else { return nil }
        value = value &* 10 &+ UInt64(byte &- 0x30)
        if decimals >= 0 { decimals += 1 }
      } else if byte == 0x2e, decimals < 0 {
        decimals = 0
      } else {
        break
      }
      position += 1
    }
    guard position > start, line[position] == 0x3a else { return nil }
    position += 1
    if decimals < 0 { return (value, position) }
    for _ in decimals..<9 { value = value &* 10 }
    return (value, position)
  }
}

extension TextLine.Start {
  /// Nil if there is no CPU in the bracket, or no task before it.
  init?(_ line: TextBytes, _ bracket: Int, _ isFirst: Bool) {
    guard bracket > 0, line[bracket - 1] == 0x20 else { return nil }
    var position = bracket + 1
    var cpu = 0
    while line[position] &- 0x30 < 10, position - bracket <= 5 {
      cpu = cpu * 10 + Int(line[position] &- 0x30)
      position += 1
    }
    guard position > bracket + 1, line[position] == 0x5d, line[position + 1] == 0x20,
      let number = UInt16(exactly: cpu)
    else { return nil }
    (self.cpu, isFirstBracket) = (number, isFirst)
    (self.end, self.bracket) = (Int32(position + 2), Int32(bracket))
    let base = line.base
    var end = bracket
    while end > 0, base[end - 1] == 0x20 { end -= 1 }
    // `(   280)` or `(-------)`: the thread group.
    if end > 0, base[end - 1] == 0x29 {
      while end > 0, base[end - 1] != 0x28 { end -= 1 }
      end = max(0, end - 1)
      while end > 0, base[end - 1] == 0x20 { end -= 1 }
    }
    var first = end
    while first > 0, base[first - 1] &- 0x30 < 10 { first -= 1 }
    guard first < end, end - first <= 10, first > 0 else { return nil }
    var whole: UInt64 = 0
    for index in first..<end { whole = whole * 10 + UInt64(base[index] &- 0x30) }
    guard let pid = Int32(exactly: whole) else { return nil }
    self.pid = pid
    let separator = base[first - 1]
    guard separator == 0x2d || separator == 0x20 || separator == 0x2f else { return nil }
    isPerf = separator != 0x2d
    var last = first - 1
    // perf's `pid/tid`: the kernel's number is that of the thread.
    if separator == 0x2f { while last > 0, base[last - 1] &- 0x30 < 10 { last -= 1 } }
    task = TextLine.Start.task(base, last)
  }

  /// The task's name before a position.
  private static func task(_ base: UnsafePointer<UInt8>, _ limit: Int) -> Range<Int32> {
    var last = limit
    while last > 0, base[last - 1] == 0x20 { last -= 1 }
    var begin = 0
    // trace-cmd prints the name of the instance first: `dma:   fio-280`.
    for index in 0..<max(0, last - 1) where base[index] == 0x3a && base[index + 1] == 0x20 {
      begin = index + 2
    }
    while begin < last, base[begin] == 0x20 { begin += 1 }
    let isForgotten =
      last - begin == 5 && base[begin] == 0x3c && base[begin + 1] == 0x2e && base[begin + 2] == 0x2e
    return isForgotten || begin > last ? 0..<0 : Int32(begin)..<Int32(last)
  }
}

/// What the flags of a line mean: irqs, need-resched, hard and soft interrupts, preemption (`trace_print_lat_fmt`,
/// kernel/trace/trace_output.c).
struct TextFlags: ~Copyable {
  /// By the character in the first, third and fourth place.
  private let bits: UnsafeMutablePointer<UInt8>

  init() {
    bits = .allocate(capacity: 3 * 256)
    bits.initialize(repeating: 0, count: 2 * 256)
    (bits + 2 * 256).initialize(repeating: Event.Context.preemptionOff.rawValue, count: 256)
    bits[2 * 256 + 0x2e] = 0
    for character in "dD".utf8 { bits[Int(character)] = Event.Context.irqsOff.rawValue }
    let places: [(StaticString, Event.Context)] = [
      ("h", .hardIRQ), ("H", [.hardIRQ, .softIRQ]), ("s", .softIRQ), ("z", .nmi), ("Z", [.nmi, .hardIRQ]),
    ]
    for (character, context) in places { bits[256 + Int(character.utf8Start[0])] = context.rawValue }
  }

  deinit { bits.deallocate() }

  @inline(__always)
  func context(_ line: TextBytes, _ flags: Int) -> Event.Context {
    let word = Int(truncatingIfNeeded: line.word(flags))
    return Event.Context(
      rawValue: bits[word & 0xff] | bits[256 + (word >> 16 & 0xff)] | bits[512 + (word >> 24 & 0xff)])
  }
}
