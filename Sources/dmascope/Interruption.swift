import Ingest

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What signals ask of a program that reads a stream: SIGINT and SIGTERM end the reading, so that what came is reported;
/// the second of them ends the program. A terminal of another size, and one that is given back, has its screen drawn anew.
enum Interruption {
  static let wakeup = StreamWakeup()

  private static let ends = [SIGINT, SIGTERM]

  /// From here on signals are ours.
  static func begin() {
    descriptor = wakeup.descriptor
    _ = leaveScreen.utf8Start
    for number in ends { handle(number) { endReading($0) } }
    handle(SIGWINCH) { _ in lookUp() }
    handle(SIGCONT) { _ in lookUp() }
    handle(SIGTSTP) { _ in stop() }
  }

  /// The reading is over: a signal ends the program again.
  static func end() {
    for number in ends + [SIGWINCH, SIGCONT, SIGTSTP] { signal(number, SIG_DFL) }
  }

  /// Whether a screen has been entered that is to be left if the program ends.
  static var hasScreen: Bool {
    get { screenIsUp != 0 }
    set { screenIsUp = newValue ? 1 : 0 }
  }

  private static func handle(_ number: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    sigemptyset(&action.sa_mask)
    #if canImport(Darwin)
      action.__sigaction_u.__sa_handler = handler
    #else
      action.__sigaction_handler.sa_handler = handler
    #endif
    // Waiting ends at a signal, other system calls go on.
    action.sa_flags = Int32(bitPattern: UInt32(SA_RESTART))
    sigaction(number, &action, nil)
  }
}

/// Makes the cursor visible, and shows what was there before.
let leaveScreen: StaticString = "\u{1b}[?25h\u{1b}[?7h\u{1b}[?1049l"

// What handlers of signals use: plain numbers, and functions that may be called there.
nonisolated(unsafe) private var descriptor: Int32 = -1
nonisolated(unsafe) private var screenIsUp: sig_atomic_t = 0
nonisolated(unsafe) private var isEnding: sig_atomic_t = 0

private func endReading(_ number: Int32) {
  if isEnding != 0 {
    putScreenAway()
    signal(number, SIG_DFL)
    raise(number)
    return
  }
  isEnding = 1
  tell(StreamWakeup.stop)
}

private func lookUp() { tell(StreamWakeup.look) }

private func stop() {
  putScreenAway()
  raise(SIGSTOP)
}

private func putScreenAway() {
  guard screenIsUp != 0 else { return }
  screenIsUp = 0
  _ = write(1, leaveScreen.utf8Start, leaveScreen.utf8CodeUnitCount)
}

private func tell(_ word: UInt8) {
  let saved = errno
  var word = word
  _ = write(descriptor, &word, 1)
  errno = saved
}
