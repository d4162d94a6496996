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
  /// The name of the task, without blanks around it; empty where the kernel had forgotten it (`<...>`).
  var task: UnsafeBufferPointer<UInt8>
  var pid: Int32
  var cpu: UInt16
  var context: Event.Context
  /// Nanoseconds.
  var time: UInt64
  /// `dma_map_page` or `dma:dma_map_page`.
  var name: UnsafeBufferPointer<UInt8>
  /// All behind the name and its colon, without blanks before it.
  var body: UnsafeBufferPointer<UInt8>
  /// Whether the task and its number are apart, as perf prints them.
  var isPerf: Bool

  /// Nil if the line is no event's.
  init?(_ line: UnsafeBufferPointer<UInt8>) {
    guard let base = line.baseAddress else { return nil }
    let count = line.count
    var start = 0
    while start < count {
      guard let open = TextLine.find(0x5b, base, start, count) else { return nil }
      start = open + 1
      var position = start
      var cpu = 0
      while position < count, base[position] &- 0x30 < 10, position - start < 5 {
        cpu = cpu * 10 + Int(base[position] &- 0x30)
        position += 1
      }
      guard position > start, position + 1 < count, base[position] == 0x5d, base[position + 1] == 0x20,
        open > 0, base[open - 1] == 0x20, let number = UInt16(exactly: cpu),
        let rest = TextLine.rest(base, position + 2, count), let who = TextLine.who(base, open)
      else { continue }
      self.cpu = number
      (context, time, name, body) = rest
      (task, pid, isPerf) = who
      return
    }
    return nil
  }

  @inline(__always)
  private static func find(_ byte: UInt8, _ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var position = start
    while position < end {
      if base[position] == byte { return position }
      position += 1
    }
    return nil
  }

  /// Flags, time, name and body.
  @inline(__always)
  private static func rest(
    _ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int
  ) -> (Event.Context, UInt64, UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>)? {
    var position = start
    while position < count, base[position] == 0x20 { position += 1 }
    var context: Event.Context = []
    if position < count, base[position] &- 0x30 >= 10 {
      let flags = position
      while position < count, base[position] > 0x20 { position += 1 }
      guard position - flags >= 4, position - flags <= 10 else { return nil }
      context = TextLine.context(base + flags)
      // A mark of how long the delay was may stand apart.
      while position < count, base[position] == 0x20 || TextLine.isDelay(base[position]) { position += 1 }
    }
    guard let time = TextLine.time(base, &position, count) else { return nil }
    while position < count, base[position] == 0x20 { position += 1 }
    let name = position
    while position < count, base[position] > 0x20 { position += 1 }
    var end = position
    // Without a colon it is a line of the function tracer: `dma_map_page_attrs <-nvme_map_data`.
    if end > name, base[end - 1] == 0x3a { end -= 1 }
    guard end > name else { return nil }
    while position < count, base[position] == 0x20 { position += 1 }
    return (
      context, time, UnsafeBufferPointer(start: base + name, count: end - name),
      UnsafeBufferPointer(start: base + position, count: count - position)
    )
  }

  private static func isDelay(_ byte: UInt8) -> Bool {
    byte == 0x24 || byte == 0x40 || byte == 0x2a || byte == 0x23 || byte == 0x21 || byte == 0x2b
  }

  /// `12.345678:`, up to nine decimals, or the plain number of a clock that counts no seconds.
  @inline(__always)
  private static func time(_ base: UnsafePointer<UInt8>, _ position: inout Int, _ count: Int) -> UInt64? {
    let start = position
    var value: UInt64 = 0
    var decimals = -1
    while position < count {
      let byte = base[position]
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
    guard position > start, position < count, base[position] == 0x3a else { return nil }
    position += 1
    if decimals < 0 { return value }
    for _ in decimals..<9 { value = value &* 10 }
    return value
  }

  /// Task and number before the CPU.
  @inline(__always)
  private static func who(
    _ base: UnsafePointer<UInt8>, _ limit: Int
  ) -> (UnsafeBufferPointer<UInt8>, Int32, Bool)? {
    var end = limit
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
    var pid: UInt64 = 0
    for index in first..<end { pid = pid * 10 + UInt64(base[index] &- 0x30) }
    guard let pid = Int32(exactly: pid) else { return nil }
    let separator = base[first - 1]
    var last = first - 1
    if separator == 0x2f {
      // perf's `pid/tid`: the kernel's number is that of the thread.
      while last > 0, base[last - 1] &- 0x30 < 10 { last -= 1 }
    } else {
      guard separator == 0x2d || separator == 0x20 else { return nil }
    }
    while last > 0, base[last - 1] == 0x20 { last -= 1 }
    var begin = 0
    // trace-cmd prints the name of the instance first: `dma:   fio-280`.
    for index in 0..<max(0, last - 1) where base[index] == 0x3a && base[index + 1] == 0x20 {
      begin = index + 2
    }
    while begin < last, base[begin] == 0x20 { begin += 1 }
    let task = UnsafeBufferPointer(start: base + begin, count: last - begin)
    let isForgotten = task.count == 5 && task[0] == 0x3c && task[1] == 0x2e && task[2] == 0x2e
    return (
      isForgotten ? UnsafeBufferPointer(start: base, count: 0) : task, pid, separator != 0x2d
    )
  }

  /// irqs, need-resched, hard and soft interrupts, preemption (`trace_print_lat_fmt`, kernel/trace/trace_output.c).
  @inline(__always)
  private static func context(_ flags: UnsafePointer<UInt8>) -> Event.Context {
    var context: Event.Context = []
    if flags[0] == 0x64 || flags[0] == 0x44 { context.insert(.irqsOff) }
    switch flags[2] {
    case UInt8(ascii: "h"): context.insert(.hardIRQ)
    case UInt8(ascii: "H"): context.formUnion([.hardIRQ, .softIRQ])
    case UInt8(ascii: "s"): context.insert(.softIRQ)
    case UInt8(ascii: "z"): context.insert(.nmi)
    case UInt8(ascii: "Z"): context.formUnion([.nmi, .hardIRQ])
    default: break
    }
    if flags[3] != 0x2e { context.insert(.preemptionOff) }
    return context
  }
}
