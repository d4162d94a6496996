import DMAModel

/// Translates the kernel's attribute bits to `Attributes`, by the names in the recording.
struct AttributeMap: Sendable {
  // In place, not on the heap: a plan is plain data that threads read without counting references.
  private(set) var meanings = InlineArray<64, UInt32>(repeating: 0)

  /// - Parameter rows: the `__print_flags` table of the field; where it is empty the numbers of
  ///   include/linux/dma-mapping.h (6.12) stand in.
  init(_ rows: [(value: UInt64, name: String)]) {
    for bit in 0..<64 { meanings[bit] = bit < 15 ? 1 << UInt32(16 + bit) : 1 << 31 }
    let known = rows.isEmpty ? AttributeMap.linux612 : rows
    for row in known where row.value.nonzeroBitCount == 1 {
      guard let attribute = Attributes.names.first(where: { $0.name == row.name })?.attribute else {
        continue
      }
      meanings[row.value.trailingZeroBitCount] = attribute.rawValue
    }
  }

  /// In Linux 4.4 and before functions have a pointer to the attributes (`struct dma_attrs *`), which says nothing of them: no
  /// attribute has a bit so high, and any address of a kernel does.
  private static let leastPointer: UInt64 = 1 << 31

  func attributes(_ bits: UInt64) -> Attributes {
    if bits >= AttributeMap.leastPointer { return [] }
    var result = Attributes(rawValue: 0)
    for bit in 0..<64 where bits & 1 << UInt64(bit) != 0 {
      result.formUnion(Attributes(rawValue: meanings[bit]))
    }
    return result
  }

  /// The same for the hot paths.
  ///
  /// - Parameter meanings: the attributes of each bit; 64 of them.
  @inline(__always)
  static func attributes(_ bits: UInt64, _ meanings: UnsafePointer<UInt32>) -> Attributes {
    var remaining = bits < leastPointer ? bits : 0
    var result: UInt32 = 0
    while remaining != 0 {
      result |= meanings[remaining.trailingZeroBitCount]
      remaining &= remaining &- 1
    }
    return Attributes(rawValue: result)
  }

  private static let linux612: [(value: UInt64, name: String)] = [
    (1 << 1, "WEAK_ORDERING"), (1 << 2, "WRITE_COMBINE"), (1 << 4, "NO_KERNEL_MAPPING"),
    (1 << 5, "SKIP_CPU_SYNC"), (1 << 6, "FORCE_CONTIGUOUS"), (1 << 7, "ALLOC_SINGLE_PAGES"),
    (1 << 8, "NO_WARN"), (1 << 9, "PRIVILEGED"),
  ]
}

/// Translates gfp masks to what matters here, by the names in the recording.
struct AllocationMap: Sendable, Equatable {
  private var reclaim: UInt64
  private var dma: UInt64
  private var dma32: UInt64

  /// - Parameter rows: a gfp table of the recording; missing names take the numbers of include/linux/gfp_types.h
  ///   (6.12).
  init(_ rows: [(value: UInt64, name: String)]) {
    func bits(_ names: [String], default standard: UInt64) -> UInt64 {
      rows.first { names.contains($0.name) && $0.value != 0 }?.value ?? standard
    }
    reclaim = bits(["__GFP_DIRECT_RECLAIM"], default: 0x400)
    dma = bits(["GFP_DMA", "__GFP_DMA"], default: 0x1)
    dma32 = bits(["GFP_DMA32", "__GFP_DMA32"], default: 0x4)
  }

  func flags(_ mask: UInt64) -> AllocationFlags {
    var result: AllocationFlags = .recorded
    if mask & reclaim != 0 { result.insert(.mayBlock) }
    if mask & dma != 0 { result.insert(.zoneDMA) }
    if mask & dma32 != 0 { result.insert(.zoneDMA32) }
    return result
  }
}
