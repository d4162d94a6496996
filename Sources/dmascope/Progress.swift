#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A line on a terminal that says how far the reading is, its rate and the time left; silent anywhere else, and for
/// whatever is done within half a second.
struct Progress: ~Copyable {
  private let name: String
  private let isShown: Bool
  private let start: UInt64
  private var lastShown: UInt64
  private var events: UInt64 = 0
  private var runs: UInt64 = 0
  private var hasLine = false

  /// - Parameter name: what is read, already harmless for a terminal.
  init(_ name: String) {
    self.name = name
    isShown = Terminal.errorIsTerminal
    start = Progress.now()
    lastShown = start
  }

  private static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// Notes that so many events have passed. `share` (0 ... 1; nil if the end is not known) is asked for only when a line is
  /// due.
  @inline(__always)
  mutating func advance(_ count: Int, share: () -> Double?) {
    events &+= UInt64(count)
    runs &+= 1
    // The clock is read now and then, not for each run.
    if isShown && runs & 0x3ff == 0 { show(share) }
  }

  private mutating func show(_ share: () -> Double?) {
    let time = Progress.now()
    guard time &- start > 500_000_000, time &- lastShown > 100_000_000 else { return }
    lastShown = time
    let seconds = Double(time &- start) / 1e9
    let rate = Double(events) / seconds / 1e6
    hasLine = true
    guard let share = share() else {
      return Terminal.writeError("\r\u{1b}[K\(name): \(events) events, \(tenths(rate)) M events/s")
    }
    let done = min(1, max(0.001, share))
    let left = seconds * (1 - done) / done
    let percent = Int(done * 100)
    Terminal.writeError(
      "\r\u{1b}[K\(name): \(percent) %, \(tenths(rate)) M events/s, \(tenths(left)) s left")
  }

  private func tenths(_ value: Double) -> String {
    let scaled = Int(min(value, 1e9) * 10)
    return "\(scaled / 10).\(scaled % 10)"
  }

  /// Takes the line away.
  mutating func finish() {
    if hasLine { Terminal.writeError("\r\u{1b}[K") }
    hasLine = false
  }
}
