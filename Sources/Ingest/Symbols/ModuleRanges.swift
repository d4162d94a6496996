import DMAModel

/// Where modules lie in memory (`/proc/modules` as text), to place return addresses that no symbol names.
///
///     e1000 155648 0 - Live 0xffffffffc0a00000 (OE)
///     name  size uses deps state address       taints
public struct ModuleRanges: Sendable {
  private struct Module {
    var start: UInt64
    /// The first address behind it.
    var end: UInt64
    var name: String
  }

  /// By address.
  private let modules: [Module]

  /// - Parameters:
  ///   - text: the content of the file.
  ///   - file: its name, for messages.
  /// - Throws: `TraceError` for the first line that is none of `/proc/modules`, and where the kernel hid all addresses.
  public init(modules text: [UInt8], file: String) throws(TraceError) {
    var found: [Module] = []
    var number = 0
    for line in text.split(separator: 0x0a, omittingEmptySubsequences: false) {
      number += 1
      let words = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d })
      if words.isEmpty { continue }
      guard words.count >= 6, let size = UInt64(String(decoding: words[1], as: UTF8.self)),
        let start = ModuleRanges.address(words[5])
      else {
        throw TraceError(
          .notATrace, file: file,
          expected: "a line of /proc/modules (name, size, uses, users, state, address)",
          found: SymbolFiles.quoted(line, number))
      }
      let (end, overflow) = start.addingReportingOverflow(size)
      found.append(
        Module(start: start, end: overflow ? .max : end, name: String(decoding: words[0], as: UTF8.self)))
    }
    guard !found.isEmpty else {
      throw TraceError(.notATrace, file: file, expected: "lines of /proc/modules", found: "none")
    }
    guard found.contains(where: { $0.start != 0 }) else {
      throw SymbolFiles.hiddenAddresses("/proc/modules", file)
    }
    modules = found.filter { $0.start != 0 }.sorted { $0.start < $1.start }
  }

  /// What stands for the kernel itself among modules.
  static let kernel = "kernel"

  /// Modules by their first address and bytes.
  init(_ modules: [(start: UInt64, size: UInt64, name: String)]) {
    self.modules = modules.map {
      let (end, overflow) = $0.start.addingReportingOverflow($0.size)
      return Module(start: $0.start, end: overflow ? .max : end, name: $0.name)
    }.sorted { $0.start < $1.start }
  }

  private static func address(_ word: ArraySlice<UInt8>) -> UInt64? {
    guard word.starts(with: [0x30, 0x78]) else { return nil }
    return UInt64(String(decoding: word.dropFirst(2), as: UTF8.self), radix: 16)
  }

  /// The module in whose range an address lies, and how far behind its beginning; nil if there is none.
  public func module(at address: UInt64) -> (name: String, offset: UInt64)? {
    var low = 0
    var high = modules.count
    while low < high {
      let middle = (low + high) / 2
      if modules[middle].start <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0, address < modules[low - 1].end else { return nil }
    return (modules[low - 1].name, address - modules[low - 1].start)
  }
}

/// Symbols where they cover an address, `[module]+0x1c4` where only a module does (`[kernel]+0x6a1c4` for the kernel's
/// own code), and else the bare address.
struct SymbolsAndModules: Symbolizer {
  var symbols: (any Symbolizer)?
  var modules: ModuleRanges

  func symbol(at address: UInt64) -> String {
    let bare = "0x" + String(address, radix: 16)
    let symbol = symbols?.symbol(at: address) ?? bare
    guard let (name, offset) = modules.module(at: address) else { return symbol }
    // The end of another module's last symbol is not known, so that it may seem to reach into this one.
    if symbol != bare, name == ModuleRanges.kernel || symbol.hasSuffix(" [\(name)]") { return symbol }
    return "[\(name)]+0x\(String(offset, radix: 16))"
  }
}
