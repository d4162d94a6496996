/// The `DMA_ATTR_*` flags of a call, independent of the bit numbers of one kernel.
///
/// Readers translate the recorded bits by the names that the trace's own print format gives them. A bit without a
/// known name is kept: bits 0 to 14 of the kernel appear as bits 16 to 30 here, anything above as bit 31.
public struct Attributes: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32

  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable public static var weakOrdering: Attributes { Attributes(rawValue: 1 << 0) }
  @inlinable public static var writeCombine: Attributes { Attributes(rawValue: 1 << 1) }
  @inlinable public static var noKernelMapping: Attributes { Attributes(rawValue: 1 << 2) }
  @inlinable public static var skipCPUSync: Attributes { Attributes(rawValue: 1 << 3) }
  @inlinable public static var forceContiguous: Attributes { Attributes(rawValue: 1 << 4) }
  @inlinable public static var allocSinglePages: Attributes { Attributes(rawValue: 1 << 5) }
  @inlinable public static var noWarn: Attributes { Attributes(rawValue: 1 << 6) }
  @inlinable public static var privileged: Attributes { Attributes(rawValue: 1 << 7) }
  @inlinable public static var mmio: Attributes { Attributes(rawValue: 1 << 8) }
  @inlinable public static var cacheLinesOverlap: Attributes { Attributes(rawValue: 1 << 9) }
  @inlinable public static var requireCoherent: Attributes { Attributes(rawValue: 1 << 10) }
  @inlinable public static var nonConsistent: Attributes { Attributes(rawValue: 1 << 11) }

  /// Kernel names without their `DMA_ATTR_` prefix, in bit order of this type.
  public static let names: [(name: String, attribute: Attributes)] = [
    ("WEAK_ORDERING", .weakOrdering), ("WRITE_COMBINE", .writeCombine),
    ("NO_KERNEL_MAPPING", .noKernelMapping), ("SKIP_CPU_SYNC", .skipCPUSync),
    ("FORCE_CONTIGUOUS", .forceContiguous), ("ALLOC_SINGLE_PAGES", .allocSinglePages),
    ("NO_WARN", .noWarn), ("PRIVILEGED", .privileged), ("MMIO", .mmio),
    ("CACHELINES_OVERLAP", .cacheLinesOverlap), ("REQUIRE_COHERENT", .requireCoherent),
    ("NON_CONSISTENT", .nonConsistent),
  ]

  /// Bits of the kernel that have no name here, at their place in this type.
  @inlinable public var unknown: Attributes { Attributes(rawValue: rawValue & 0xffff_0000) }

  /// `SKIP_CPU_SYNC|NO_WARN`, unknown bits as `0x…` in the kernel's numbering, and `0` for none.
  public var description: String {
    var parts = Attributes.names.filter { contains($0.attribute) }.map(\.name)
    if !unknown.isEmpty { parts.append("0x" + String(rawValue >> 16, radix: 16)) }
    return parts.isEmpty ? "0" : parts.joined(separator: "|")
  }
}

/// What a gfp mask says about an allocation, as far as the DMA API cares.
public struct AllocationFlags: OptionSet, Sendable, Hashable {
  public let rawValue: UInt16

  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The flags were recorded; without this, nothing is known about the others.
  @inlinable public static var recorded: AllocationFlags { AllocationFlags(rawValue: 1 << 0) }
  /// `__GFP_DIRECT_RECLAIM`: the allocation may sleep (`gfpflags_allow_blocking`).
  @inlinable public static var mayBlock: AllocationFlags { AllocationFlags(rawValue: 1 << 1) }
  /// `GFP_DMA`: memory from ZONE_DMA was asked for.
  @inlinable public static var zoneDMA: AllocationFlags { AllocationFlags(rawValue: 1 << 2) }
  /// `GFP_DMA32`: memory from ZONE_DMA32 was asked for.
  @inlinable public static var zoneDMA32: AllocationFlags { AllocationFlags(rawValue: 1 << 3) }
}
