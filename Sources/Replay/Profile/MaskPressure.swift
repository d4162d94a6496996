import DMAModel

/// Slots of the pool of bounce buffers that mappings hold (kernel/dma/swiotlb.c). Known only where
/// `swiotlb_bounced` was recorded.
public struct SlotUse: Sendable, Equatable {
  /// Bytes of a slot (`IO_TLB_SIZE`).
  public static let slotBytes: UInt64 = 2048
  /// The most that one mapping can hold (`IO_TLB_SEGSIZE` slots): more fails on an empty pool too.
  public static let segmentBytes: UInt64 = 128 * slotBytes
  /// The pool of a kernel that was told nothing else (`IO_TLB_DEFAULT_SIZE`).
  public static let defaultPoolBytes: UInt64 = 64 << 20

  public var live: UInt64 = 0
  public var peak: UInt64 = 0
  public init() {}

  /// Slots that a mapping at this bus address holds: its offset into the first slot is kept from the original.
  static func slots(_ address: UInt64, _ size: UInt64) -> UInt64 {
    let offset = address & (slotBytes - 1)
    return (size >> 11) &+ ((size & 2047) &+ offset &+ 2047) >> 11
  }
}

/// The part of memory that the kernel takes a device's coherent blocks from (`dma_direct_optimal_gfp_mask`).
public enum LowZone: String, Sendable {
  case dma = "DMA"
  case dma32 = "DMA32"
}

extension DeviceProfile {
  /// Bits that the addresses in the device's descriptors need at least: 32 where the platform requires no more of a
  /// device that has set a wider mask; nil where nothing is to be gained, or what is required is not known.
  public var sufficientDescriptorBits: Int? {
    guard maskBecause == .set, let mask = streamingMask, let required = requiredMask, required > 0 else {
      return nil
    }
    return required <= 0xffff_ffff && mask > 0xffff_ffff ? 32 : nil
  }

  /// The I/O virtual addresses that are tried first (`iommu_dma_alloc_iova`), in bytes: those below 4 GiB, or below the
  /// mask if that is narrower. Nil without an IOMMU.
  public var iovaWindow: UInt64? {
    guard addressing == .iommu else { return nil }
    return min(streamingMask ?? 0xffff_ffff, 0xffff_ffff) &+ 1
  }

  /// The most that was mapped at once as a share of `iovaWindow`: an upper bound, since streaming and coherent bytes
  /// need not peak together.
  public var iovaWindowShare: Double? {
    iovaWindow.map { Double(peak.bytes &+ peak.coherentBytes) / Double($0) }
  }

  /// Mappings and blocks above `iovaWindow`: their addresses came from beyond it, since it was full or fragmented.
  public var mappingsAboveWindow: UInt64 {
    guard let window = iovaWindow else { return 0 }
    let bits = 64 - (window - 1).leadingZeroBitCount
    return byWidth.dropFirst(bits + 1).reduce(0) { $0 &+ $1.mappings }
  }
}
