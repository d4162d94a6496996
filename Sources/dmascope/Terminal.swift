import Report

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the program may assume of the streams it writes to.
enum Terminal {
  static var outputIsTerminal: Bool { isatty(1) != 0 }
  static var errorIsTerminal: Bool { isatty(2) != 0 }

  /// Colour on a terminal that has it, unless the user said no (https://no-color.org).
  static var wantsColor: Bool {
    guard outputIsTerminal, value(of: "TERM") != "dumb" else { return false }
    return (value(of: "NO_COLOR") ?? "").isEmpty
  }

  /// Columns of the terminal; nil where output does not go to one.
  static var width: Int? {
    guard outputIsTerminal else { return nil }
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Columns that text has if nobody says otherwise.
  static var columns: Int { min(max(width ?? 100, 60), 140) }

  /// Whether the terminal is one whose cursor can be moved.
  static var hasScreen: Bool { !["dumb", "", nil].contains(value(of: "TERM")) }

  /// Rows and columns of the terminal; 24 and 80 where it does not say.
  static var size: (rows: Int, columns: Int) {
    var size = winsize()
    guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (24, 80) }
    return (Int(size.ws_row), Int(size.ws_col))
  }

  /// A variable of the environment; nil if it is not set.
  static func value(of variable: String) -> String? { getenv(variable).map { String(cString: $0) } }

  /// Writes a message for people to standard error; text from the input in it is made harmless.
  static func complain(_ message: String) {
    writeError("dmascope: " + Escaping.terminal(message) + "\n")
  }

  /// Tells what kept parts of an input from being read: the first few, and how many more there are.
  static func complain(about problems: [String], in path: String) {
    let shown = 8
    for problem in problems.prefix(shown) { complain("\(path): \(problem)") }
    if problems.count > shown { complain("\(path): and \(problems.count - shown) more places like these") }
  }

  static func writeError(_ text: String) {
    var text = text
    text.withUTF8 { bytes in _ = Glibc.write(2, bytes.baseAddress, bytes.count) }
  }
}
