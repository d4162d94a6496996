import DMAModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The words for the numbers of the DMA API, as drivers, tracepoints and people write them.
enum TextWords {
  /// The usual ways to write a direction, without making a string of them.
  static func direction(_ text: UnsafeBufferPointer<UInt8>) -> Direction? {
    guard let base = text.baseAddress else { return nil }
    let prefix = text.count > 4 && memcmp(base, "DMA_", 4) == 0 ? 4 : 0
    func `is`(_ word: StaticString) -> Bool {
      text.count - prefix == word.utf8CodeUnitCount
        && memcmp(base + prefix, word.utf8Start, word.utf8CodeUnitCount) == 0
    }
    if `is`("TO_DEVICE") { return .toDevice }
    if `is`("FROM_DEVICE") { return .fromDevice }
    if `is`("BIDIRECTIONAL") { return .bidirectional }
    return direction(String(decoding: text, as: UTF8.self))
  }

  /// `TO_DEVICE`, `DMA_TO_DEVICE`, `PCI_DMA_TODEVICE`, in any case of letters; nil for no direction.
  static func direction(_ text: String) -> Direction? {
    var word = text.uppercased()
    for prefix in ["PCI_", "DMA_"] where word.hasPrefix(prefix) { word.removeFirst(4) }
    switch word {
    case "TO_DEVICE", "TODEVICE": return .toDevice
    case "FROM_DEVICE", "FROMDEVICE": return .fromDevice
    case "BIDIRECTIONAL": return .bidirectional
    case "NONE": return Direction.none
    default: return nil
    }
  }

  private static func words(_ text: String) -> [String] {
    text.split { $0 == "|" || $0 == " " || $0 == "," }.map { $0.uppercased() }
  }

  /// `SKIP_CPU_SYNC|NO_WARN`, with or without `DMA_ATTR_`; nil if a word is unknown.
  static func attributes(_ text: String) -> Attributes? {
    var result: Attributes = []
    for word in words(text) where word != "0" {
      let name = word.hasPrefix("DMA_ATTR_") ? String(word.dropFirst(9)) : word
      guard let attribute = Attributes.names.first(where: { $0.name == name })?.attribute else { return nil }
      result.insert(attribute)
    }
    return result
  }

  /// The same where words may be unknown: newer kernels have further ones.
  static func anyAttributes(_ text: String) -> Attributes {
    var result: Attributes = []
    for word in words(text) {
      let known = Attributes.names.first { $0.name == word }?.attribute
      result.formUnion(known ?? Attributes(rawValue: 1 << 31))
    }
    return result
  }

  /// The bits of include/linux/dma-mapping.h (6.12), and those before it that have gone.
  static let attributeBits = AttributeMap(
    [
      (1, "WEAK_ORDERING"), (2, "WRITE_COMBINE"), (3, "NON_CONSISTENT"), (4, "NO_KERNEL_MAPPING"),
      (5, "SKIP_CPU_SYNC"), (6, "FORCE_CONTIGUOUS"), (7, "ALLOC_SINGLE_PAGES"), (8, "NO_WARN"),
      (9, "PRIVILEGED"),
      (10, "MMIO"),
    ].map { (1 << UInt64($0.0), $0.1) })

  /// `GFP_KERNEL`, `GFP_ATOMIC|GFP_DMA32`: what matters to the DMA API. Without a word that tells whether the allocation
  /// may sleep, nothing is known.
  static func allocation(_ text: String) -> AllocationFlags {
    var result: AllocationFlags = []
    for word in words(text) {
      switch word {
      case "GFP_KERNEL", "GFP_KERNEL_ACCOUNT", "GFP_NOIO", "GFP_NOFS", "GFP_USER", "GFP_HIGHUSER",
        "GFP_HIGHUSER_MOVABLE", "GFP_TRANSHUGE", "__GFP_DIRECT_RECLAIM", "__GFP_RECLAIM":
        result.formUnion([.recorded, .mayBlock])
      case "GFP_ATOMIC", "GFP_NOWAIT", "__GFP_KSWAPD_RECLAIM": result.insert(.recorded)
      case "GFP_DMA", "__GFP_DMA": result.insert(.zoneDMA)
      case "GFP_DMA32", "__GFP_DMA32": result.insert(.zoneDMA32)
      default: break
      }
    }
    return result
  }

  /// `irqs_off|softirq`, of `irqs_off`, `hardirq`, `softirq`, `nmi`, `preempt_off`, and `probe` for the record of a
  /// probe, which turns interrupts off itself; nil if a word is unknown.
  static func context(_ text: String) -> (context: Event.Context, isProbe: Bool)? {
    var result: Event.Context = []
    var isProbe = false
    for word in words(text) {
      switch word {
      case "IRQS_OFF": result.insert(.irqsOff)
      case "HARDIRQ": result.insert(.hardIRQ)
      case "SOFTIRQ": result.insert(.softIRQ)
      case "NMI": result.insert(.nmi)
      case "PREEMPT_OFF": result.insert(.preemptionOff)
      case "PROBE": isProbe = true
      default: return nil
      }
    }
    return (result, isProbe)
  }

  /// The flags of `dma_declare_coherent_memory`: `MAP|EXCLUSIVE`, with or without `DMA_MEMORY_`; nil if a word is
  /// unknown.
  static func declaration(_ text: String) -> UInt64? {
    var result: UInt64 = 0
    for word in words(text) {
      switch word.hasPrefix("DMA_MEMORY_") ? String(word.dropFirst(11)) : word {
      case "MAP": result |= 1
      case "IO": result |= 2
      case "INCLUDES_CHILDREN": result |= 4
      case "EXCLUSIVE": result |= 8
      default: return nil
      }
    }
    return result
  }

  /// Seconds with up to nine decimals, as nanoseconds; nil for anything else.
  static func nanoseconds(_ text: UnsafeBufferPointer<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    var decimals = -1
    for byte in text {
      if byte == UInt8(ascii: "."), decimals < 0 {
        decimals = 0
        continue
      }
      guard byte &- 0x30 < 10 else { return nil }
      if decimals >= 9 { continue }
      let (shifted, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = shifted.addingReportingOverflow(UInt64(byte &- 0x30))
      if tooLarge || overflow { return nil }
      value = sum
      if decimals >= 0 { decimals += 1 }
    }
    guard text.count > (decimals < 0 ? 0 : 1) else { return nil }
    for _ in max(0, decimals)..<9 {
      let (shifted, tooLarge) = value.multipliedReportingOverflow(by: 10)
      if tooLarge { return nil }
      value = shifted
    }
    return value
  }

  /// `0x1f40`, `8000`, `-1`: up to 64 bits, negative ones in two's complement; nil for anything else.
  static func number(_ text: UnsafeBufferPointer<UInt8>) -> UInt64? {
    var rest = text[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest = rest.dropFirst() }
    var radix: UInt64 = 10
    if rest.count > 2, rest[rest.startIndex] == 0x30, rest[rest.startIndex + 1] | 0x20 == 0x78 {
      radix = 16
      rest = rest.dropFirst(2)
    }
    guard !rest.isEmpty else { return nil }
    var value: UInt64 = 0
    for byte in rest {
      let letter = (byte | 0x20) &- 0x61
      let digit = byte &- 0x30 < 10 ? UInt64(byte &- 0x30) : letter < 6 ? UInt64(letter) + 10 : 16
      guard digit < radix else { return nil }
      let (shifted, tooLarge) = value.multipliedReportingOverflow(by: radix)
      let (sum, overflow) = shifted.addingReportingOverflow(digit)
      if tooLarge || overflow { return nil }
      value = sum
    }
    if isNegative, value > 1 << 63 { return nil }
    return isNegative ? 0 &- value : value
  }
}
