import DMAModel

/// The kernel's symbols (`/proc/kallsyms` as text), to name return addresses.
///
/// An address is named only where a symbol plausibly covers it: a function of the same module that begins at or before
/// it and ends (at the next symbol) after it, and is not larger than any real function. Anything else stays an address.
public struct KernelSymbols: Symbolizer {
  private let symbols: [(address: UInt64, name: Name)]
  private let text: [UInt8]

  private struct Name {
    var start: Int32
    var length: Int32
    var moduleStart: Int32
    var moduleLength: Int32
  }

  /// No function of a kernel is larger: past this distance the symbol is another one's.
  private static let largestFunction: UInt64 = 256 << 10
  /// The same of a module's last one, of which no symbol of the module shows the end: what comes further behind is a module
  /// without symbols.
  private static let largestLastFunction: UInt64 = 32 << 10
  /// Functions that are kept; a kernel with all its modules has some hundred thousand.
  private static let limit = 1 << 19

  public init(kallsyms text: [UInt8]) {
    // Places in the text are kept in 32 bits.
    let text = text.count < 1 << 30 ? text : Array(text.prefix(1 << 30))
    self.text = text
    var found: [(address: UInt64, name: Name)] = []
    var line = 0
    text.withUnsafeBufferPointer { bytes in
      while line < bytes.count, found.count < KernelSymbols.limit {
        var end = line
        while end < bytes.count && bytes[end] != 0x0a { end += 1 }
        if let entry = KernelSymbols.entry(bytes, line, end) { found.append(entry) }
        line = end + 1
      }
    }
    found.sort { $0.address < $1.address }
    symbols = found
  }

  /// `ffffffff81000000 t name	[module]`
  private static func entry(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
  ) -> (address: UInt64, name: Name)? {
    var address: UInt64 = 0
    var position = start
    while position < end, let digit = hexDigit(bytes[position]) {
      address = address << 4 | digit
      position += 1
    }
    guard position > start, position + 3 < end, bytes[position] == 0x20, bytes[position + 2] == 0x20 else {
      return nil
    }
    let kind = bytes[position + 1] | 0x20
    // Text symbols only: t, T, w, W.
    guard kind == 0x74 || kind == 0x77, address != 0 else { return nil }
    let nameStart = position + 3
    var nameEnd = nameStart
    while nameEnd < end && bytes[nameEnd] != 0x09 && bytes[nameEnd] != 0x20 { nameEnd += 1 }
    var moduleStart = nameEnd
    while moduleStart < end && bytes[moduleStart] != 0x5b { moduleStart += 1 }
    let moduleEnd = end > moduleStart && bytes[end - 1] == 0x5d ? end - 1 : end
    return (
      address,
      Name(
        start: Int32(nameStart), length: Int32(nameEnd - nameStart),
        moduleStart: Int32(min(moduleStart + 1, end)),
        moduleLength: Int32(max(0, moduleEnd - moduleStart - 1)))
    )
  }

  /// Where functions of the kernel itself begin; those that several have in common are left out.
  func addresses(of functions: [String]) -> [String: UInt64] {
    let wanted = functions.map { (name: $0, bytes: Array($0.utf8)) }
    var found: [String: UInt64] = [:]
    var repeated: Set<String> = []
    for (address, name) in symbols where name.moduleLength == 0 {
      for function in wanted where function.bytes.count == Int(name.length) {
        let start = Int(name.start)
        guard text[start..<start + function.bytes.count].elementsEqual(function.bytes) else { continue }
        if found.updateValue(address, forKey: function.name).map({ $0 != address }) == true {
          repeated.insert(function.name)
        }
      }
    }
    return found.filter { !repeated.contains($0.key) }
  }

  private static func hexDigit(_ byte: UInt8) -> UInt64? {
    switch byte {
    case 0x30...0x39: UInt64(byte - 0x30)
    case 0x61...0x66: UInt64(byte - 0x61 + 10)
    default: nil
    }
  }

  public func symbol(at address: UInt64) -> String {
    var low = 0
    var high = symbols.count
    while low < high {
      let middle = (low + high) / 2
      if symbols[middle].address <= address { low = middle + 1 } else { high = middle }
    }
    let bare = "0x" + String(address, radix: 16)
    guard low > 0, low < symbols.count else { return bare }
    let offset = address - symbols[low - 1].address
    let name = symbols[low - 1].name
    let isLast = module(of: symbols[low].name) != module(of: name)
    guard offset <= (isLast ? KernelSymbols.largestLastFunction : KernelSymbols.largestFunction) else {
      return bare
    }
    let function = String(
      decoding: text[Int(name.start)..<Int(name.start + name.length)], as: UTF8.self)
    let place = "\(function)+0x\(String(offset, radix: 16))"
    guard name.moduleLength > 0 else { return place }
    return "\(place) [\(String(decoding: module(of: name), as: UTF8.self))]"
  }

  private func module(of name: Name) -> ArraySlice<UInt8> {
    text[Int(name.moduleStart)..<Int(name.moduleStart + name.moduleLength)]
  }
}
