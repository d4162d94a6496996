import Replay
import Report

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Summaries of a stream while it is read: in place on a terminal, one after another elsewhere.
struct LiveSummary: ~Copyable {
  private let interval: UInt64
  private let options: TextOptions
  private let isOnTerminal: Bool
  private var next: UInt64
  private var last: Profile?
  private var lastTime = ""
  private var size: (rows: Int, columns: Int) = (0, 0)
  /// Whether somebody still reads them.
  private(set) var isWanted = true

  /// - Parameter interval: nanoseconds from one to the next.
  init(every interval: UInt64, options: TextOptions) {
    (self.interval, self.options) = (interval, options)
    isOnTerminal = Terminal.outputIsTerminal && Terminal.hasScreen
    next = LiveSummary.now() &+ interval
  }

  private static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// Shows a summary if it is time, and the last one again if the terminal has changed.
  ///
  /// - Parameter profile: asked for only if it is time.
  mutating func update(_ profile: () -> Profile) {
    let now = LiveSummary.now()
    if now >= next {
      show(profile())
      // Three quarters of the time at least are for reading, whatever a summary takes.
      let end = LiveSummary.now()
      next = max(next &+ interval, end &+ 3 &* (end &- now))
    } else if isOnTerminal, let last, Terminal.size != size || !Interruption.hasScreen {
      draw(last)
    }
  }

  private mutating func show(_ profile: Profile) {
    lastTime = LiveSummary.clock()
    guard isOnTerminal else {
      write("--- \(lastTime)\n" + LiveScreen(profile, options: options).render())
      return
    }
    last = profile
    draw(profile)
  }

  /// One write: the terminal has no time to show half of it.
  private mutating func draw(_ profile: Profile) {
    size = Terminal.size
    var lines = LiveScreen(profile, options: options).lines(rows: size.rows - 1, columns: size.columns)
    while lines.count < size.rows - 1 { lines.append("") }
    let foot = "\(lastTime) · ^C ends it and reports"
    lines.append(options.color ? "\u{1b}[2m\(foot)\u{1b}[0m" : foot)
    // A screen of its own, no cursor, no lines that wrap; then each line over what was there.
    let enter = Interruption.hasScreen ? "" : "\u{1b}[?1049h"
    Interruption.hasScreen = true
    write(
      "\u{1b}[?2026h" + enter + "\u{1b}[?25l\u{1b}[?7l\u{1b}[H"
        + lines.map { $0 + "\u{1b}[K" }.joined(separator: "\r\n") + "\u{1b}[J\u{1b}[?2026l")
  }

  /// Leaves the terminal as it was; elsewhere, begins the report.
  mutating func finish() {
    if Interruption.hasScreen {
      Interruption.hasScreen = false
      write(leaveScreen.description)
    }
    if !isOnTerminal { write("--- \(LiveSummary.clock()) end\n") }
  }

  private mutating func write(_ text: String) {
    if (try? Output.streamStandard(Array(text.utf8))) != true { isWanted = false }
  }

  /// The time of day, UTC.
  private static func clock() -> String {
    var (time, parts) = (time(nil), tm())
    gmtime_r(&time, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + " \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) UTC"
  }
}
