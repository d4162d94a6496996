#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ends the reading of a stream from outside, or has its reader look up while it waits for bytes.
///
/// Works from other threads and, by the bare descriptor, from signal handlers:
///
///     write(wakeup.descriptor, &word, 1)      // word is StreamWakeup.stop or StreamWakeup.look
public final class StreamWakeup: @unchecked Sendable {
  /// The stream ends here, as if its writer had closed it, and what it was in the midst of is no damage.
  public static let stop: UInt8 = 1
  /// The reader calls its caller, without events if there are none.
  public static let look: UInt8 = 2

  /// Where to write one of the words above; never blocks. −1 if the system gave no pipe: then nothing wakes the reader.
  public let descriptor: Int32
  private let end: Int32
  private let monitor = Monitor()
  private var stopped = false

  public init() {
    var ends: (Int32, Int32) = (-1, -1)
    let failed = withUnsafeMutablePointer(to: &ends) { ends in
      ends.withMemoryRebound(to: Int32.self, capacity: 2) { pipe($0) != 0 }
    }
    (end, descriptor) = failed ? (-1, -1) : ends
    for one in [end, descriptor] where one >= 0 {
      _ = fcntl(one, F_SETFD, FD_CLOEXEC)
      _ = fcntl(one, F_SETFL, O_NONBLOCK)
    }
  }

  deinit {
    if end >= 0 { close(end) }
    if descriptor >= 0 { close(descriptor) }
  }

  /// Ends the reading.
  public func stop() {
    var word = StreamWakeup.stop
    _ = write(descriptor, &word, 1)
  }

  /// Whether the reading was to end, as far as words have been taken in.
  public var isStopped: Bool {
    monitor.lock()
    defer { monitor.unlock() }
    return stopped
  }

  /// Takes in what has been written.
  ///
  /// - Returns: whether anything has.
  private func take() -> Bool {
    var words: (UInt64, UInt64) = (0, 0)
    var any = false
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      let count = withUnsafeMutableBytes(of: &words) { read(end, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return any }
      any = true
      withUnsafeBytes(of: words) { if $0.prefix(count).contains(StreamWakeup.stop) { stopped = true } }
    }
  }

  /// Waits until a descriptor has bytes or has ended, somebody wakes the reader, or the time is over.
  ///
  /// - Parameter patience: milliseconds; without limit if negative.
  /// - Returns: whether the descriptor can be read without waiting.
  static func wait(_ descriptor: Int32, _ wakeup: StreamWakeup?, patience: Int32) -> Bool {
    var polled = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wakeup?.end ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    let count = poll(&polled, nfds_t(polled.count), patience)
    if count < 0 {
      // A signal: whoever handles it has written a word, or nothing has happened. What cannot be polled can be read.
      guard errno == EINTR else { return true }
      _ = wakeup?.take()
      return false
    }
    if polled[1].revents != 0, wakeup?.take() == true { return false }
    return polled[0].revents != 0
  }

  /// Whether the reading is to end, words that have not been taken in included.
  func checkStopped() -> Bool {
    _ = take()
    return isStopped
  }
}

/// Nanoseconds on a clock that only goes forward.
func monotonicNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}
