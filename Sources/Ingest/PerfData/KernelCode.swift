/// Code that comes into the running kernel and goes again: BPF programs, trampolines of ftrace, copies that kprobes run
/// out of line. An address may be one's, and later another's.
///
/// Source: `PERF_RECORD_KSYMBOL` in include/uapi/linux/perf_event.h, since Linux 5.1; out-of-line code since 5.9. perf
/// writes records of its own, without a time, for the programs that are there when it begins.
struct KernelCode {
  private struct Piece {
    /// The first address behind it.
    var end: UInt64
    var name: String
    /// Nanoseconds: when it was there first, and when no more.
    var from: UInt64
    var to = UInt64.max
  }

  private struct News {
    var time: UInt64
    var start: UInt64
    var length: UInt64
    var name: String
    var isGone: Bool
  }

  /// By address, those of the same by time.
  private var starts: [UInt64] = []
  private var pieces: [Piece] = []
  private var longest: UInt64 = 0
  /// What has been read and is not older than what may still come.
  private var news: [News] = []
  /// What was settled up to the time before the last: events up to it have been named.
  private var settled: UInt64 = 0
  /// Grows whenever addresses may have got a name.
  private(set) var generation = 0
  /// How many pieces have gone since those that are gone were dropped.
  private var gone = 0
  /// What was not kept because there was too much.
  private(set) var omitted: UInt64 = 0

  /// The most pieces that are kept; those that are gone make room.
  static let limit = 1 << 14
  /// `KSYM_NAME_LEN`.
  private static let nameLimit = 512
  /// So many pieces that begin before an address are asked whether they reach it.
  private static let depth = 64

  var isEmpty: Bool { pieces.isEmpty && news.isEmpty }

  /// Takes a record in, to be settled later: records of several CPUs are not in the order of time.
  ///
  /// - Parameters:
  ///   - body: address (8 bytes), length (4), type (2), flags (2), name.
  ///   - time: nanoseconds.
  mutating func note(_ body: PerfBytes, time: UInt64) {
    guard body.count > 16 else { return }
    if news.count >= KernelCode.limit { settle(upTo: .max) }
    let isGone = body.u16(14) & 1 != 0
    news.append(
      News(
        time: time, start: body.u64(0), length: UInt64(body.u32(8)),
        name: body.from(16, length: KernelCode.nameLimit).text, isGone: isGone))
  }

  /// Puts what has been noted in its order; nothing older may be noted afterwards. No name is asked for any more that
  /// was one before the time that this was called with last.
  ///
  /// - Parameter time: nanoseconds.
  mutating func settle(upTo time: UInt64) {
    defer { if time < .max { settled = time } }
    guard !news.isEmpty else { return }
    let old = news.indices.filter { news[$0].time <= time }
      .sorted { (news[$0].time, $0) < (news[$1].time, $1) }
    guard !old.isEmpty else { return }
    for index in old {
      if news[index].isGone { end(news[index]) } else { begin(news[index]) }
    }
    news.removeAll { $0.time <= time }
  }

  private mutating func begin(_ one: News) {
    guard one.length > 0, !one.name.isEmpty else { return }
    let (end, overflow) = one.start.addingReportingOverflow(one.length)
    let piece = Piece(end: overflow ? .max : end, name: one.name, from: one.time)
    var place = firstBehind(one.start)
    if place > 0, starts[place - 1] == one.start, pieces[place - 1].to == .max {
      // perf and the kernel may both tell of it.
      if pieces[place - 1].name == piece.name, pieces[place - 1].end == piece.end { return }
      pieces[place - 1].to = one.time
      gone += 1
    }
    // Not for each: it goes through all of them.
    if pieces.count >= KernelCode.limit, gone >= KernelCode.limit / 8 {
      gone = 0
      forget(before: settled)
      // What is there goes before what was.
      if pieces.count > KernelCode.limit / 8 * 7 { forget(before: .max) }
      place = firstBehind(one.start)
    }
    guard pieces.count < KernelCode.limit else {
      omitted &+= 1
      return
    }
    starts.insert(one.start, at: place)
    pieces.insert(piece, at: place)
    longest = max(longest, one.length)
    generation &+= 1
  }

  private mutating func end(_ one: News) {
    let place = firstBehind(one.start)
    guard place > 0, starts[place - 1] == one.start, pieces[place - 1].to == .max else { return }
    pieces[place - 1].to = one.time
    gone += 1
  }

  /// Drops what was gone before a time.
  private mutating func forget(before time: UInt64) {
    let kept = pieces.indices.filter { pieces[$0].to >= time }
    (starts, pieces) = (kept.map { starts[$0] }, kept.map { pieces[$0] })
  }

  /// The number of pieces that begin at or before an address.
  private func firstBehind(_ address: UInt64) -> Int {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= address { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether an address has been one's at any time.
  func covers(_ address: UInt64) -> Bool { piece(at: address) { _ in true } != nil }

  /// `bpf_prog_…+0x1c`: whose an address was at a time; nil if nobody's.
  ///
  /// - Parameter time: nanoseconds.
  func name(of address: UInt64, at time: UInt64) -> String? {
    piece(at: address) { $0.from <= time && time < $0.to }.map {
      "\(pieces[$0].name)+0x\(String(address - starts[$0], radix: 16))"
    }
  }

  private func piece(at address: UInt64, where isMeant: (Piece) -> Bool) -> Int? {
    var place = firstBehind(address)
    let last = max(0, place - KernelCode.depth)
    while place > last {
      place -= 1
      if address - starts[place] >= longest { return nil }
      if address < pieces[place].end, isMeant(pieces[place]) { return place }
    }
    return nil
  }
}
