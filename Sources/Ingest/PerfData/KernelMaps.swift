import DMAModel

/// Where a perf.data says that the kernel and its modules lie: mappings of no task (`PERF_RECORD_MMAP`), which perf makes
/// of `/proc/kallsyms` and `/proc/modules` when it begins. There are no symbols.
struct KernelMaps {
  private var modules: [(start: UInt64, size: UInt64, name: String)] = []
  private var kernel: (start: UInt64, size: UInt64)?
  private var known: SymbolsAndModules?

  /// Some hundreds are usual.
  private static let moduleLimit = 1 << 12
  /// No kernel's code is larger. perf may give it all addresses up to the next module, or to the end of memory.
  private static let kernelLimit: UInt64 = 128 << 20

  /// - Parameter isSecond: whether it is a `PERF_RECORD_MMAP2`.
  mutating func note(_ body: PerfBytes, isSecond: Bool) {
    guard body.u32(0) == .max, modules.count < KernelMaps.moduleLimit else { return }
    let (start, size) = (body.u64(8), body.u64(16))
    let path = body.from(isSecond ? 64 : 32).text
    // The place is that of the symbol whose name follows, the first of the kernel's.
    if path.hasPrefix("[kernel.kallsyms]") {
      if kernel != nil { return }
      kernel = (start, size)
    } else if !path.hasPrefix("[kernel"), path.contains(".ko") || path.hasPrefix("["),
      let stem = path.split(separator: "/").last?.split(separator: ".").first
    {
      let name = stem.filter { $0 != "[" && $0 != "]" }.map { $0 == "-" ? "_" : $0 }
      modules.append((start, size, String(name)))
    } else {
      return
    }
    known = nil
  }

  /// `[e1000]+0x1c4`, `[kernel]+0x6a1c4`; nil if nothing is known.
  var symbolizer: SymbolsAndModules? {
    mutating get {
      if known == nil, kernel != nil || !modules.isEmpty {
        known = SymbolsAndModules(symbols: nil, modules: ModuleRanges(modules + kernelRange))
      }
      return known
    }
  }

  private var kernelRange: [(start: UInt64, size: UInt64, name: String)] {
    guard let (start, size) = kernel else { return [] }
    let next = modules.lazy.map(\.start).filter { $0 > start }.min() ?? .max
    return [(start, min(size, next - start, KernelMaps.kernelLimit), ModuleRanges.kernel)]
  }
}
