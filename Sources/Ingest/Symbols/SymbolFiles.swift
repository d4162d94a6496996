import DMAModel

/// Symbols that come from elsewhere than the recording: a saved `/proc/kallsyms`, a saved `/proc/modules`.
public struct SymbolFiles: Sendable {
  private let symbols: KernelSymbols?
  private let modules: ModuleRanges?

  /// Reads the files that are given.
  ///
  /// - Throws: `TraceError` if one cannot be read, or is something else, or the kernel hid its addresses.
  public init(kallsyms: String?, modules: String?) throws(TraceError) {
    if let path = kallsyms {
      let text = try WholeFile.bytes(path)
      try SymbolFiles.validate(kallsyms: text, file: path)
      symbols = KernelSymbols(kallsyms: text)
    } else {
      symbols = nil
    }
    self.modules =
      if let path = modules { try ModuleRanges(modules: try WholeFile.bytes(path), file: path) } else { nil }
  }

  /// What names addresses: the given symbols before those of the recording, and modules for the rest, the given ones
  /// before those of the recording.
  public func symbolizer(recorded: (any Symbolizer)?) -> (any Symbolizer)? {
    if let modules { return SymbolsAndModules(symbols: symbols ?? recorded, modules: modules) }
    guard let symbols else { return recorded }
    return (recorded as? SymbolsAndModules).map { SymbolsAndModules(symbols: symbols, modules: $0.modules) }
      ?? symbols
  }

  /// `ffffffff81000000 t name	[module]` on every line, and not all of the addresses 0.
  static func validate(kallsyms text: [UInt8], file: String) throws(TraceError) {
    var number = 0
    var start = 0
    var isHidden = true
    while start < text.count {
      number += 1
      let end = text[start...].firstIndex(of: 0x0a) ?? text.count
      let line = text[start..<end]
      start = end + 1
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x0d }) { continue }
      let digits = line.prefix(while: isHexDigit)
      guard (1...16).contains(digits.count), line.count > digits.count + 3,
        line[digits.endIndex] == 0x20, line[digits.endIndex + 2] == 0x20
      else {
        throw TraceError(
          .notATrace, file: file, expected: "a line of /proc/kallsyms (address, type, name)",
          found: quoted(line, number))
      }
      if isHidden { isHidden = digits.allSatisfy { $0 == 0x30 } }
    }
    guard number > 0 else {
      throw TraceError(.notATrace, file: file, expected: "lines of /proc/kallsyms", found: "none")
    }
    if isHidden { throw hiddenAddresses("/proc/kallsyms", file) }
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x61...0x66: true
    default: false
    }
  }

  /// `"…" on line 3`, the beginning of the line only.
  static func quoted(_ line: some Collection<UInt8>, _ number: Int) -> String {
    let text = String(decoding: line.prefix(40), as: UTF8.self)
    return "\"\(text)\(line.count > 40 ? "…" : "")\" on line \(number)"
  }

  /// `kernel.kptr_restrict` makes the kernel write zeros for who may not see addresses.
  static func hiddenAddresses(_ source: String, _ file: String) -> TraceError {
    TraceError(
      .notATrace, file: file,
      expected: "addresses (save \(source) as root, with kernel.kptr_restrict at 0 or 1)",
      found: "only zeros: the kernel hid them")
  }
}
