import DMAModel

/// What is known of a machine: its architecture, its memory, what its cache maintenance costs.
///
/// Whatever is nil is taken from the layer below: the command line lies over a user's file, that over the built-in
/// profile of the architecture.
public struct PlatformProfile: Sendable, Equatable {
  public var name: String?
  /// What machine it is, in a sentence.
  public var summary: String?
  /// A name of `Architecture.all`.
  public var architecture: String?
  /// Bytes of a data-cache line, a power of two.
  public var cacheLine: UInt64?
  /// Whether the processor may fill cache lines on its own. Matters on mips, where maintenance for the CPU depends on it.
  public var speculates: Bool?
  /// Whether devices snoop the CPU's caches unless something says otherwise.
  public var isCoherent: Bool?
  /// Globs for the names of devices that do, and of devices that do not.
  public var coherent: [String] = []
  public var nonCoherent: [String] = []
  public var prices: [Work: Price] = [:]
  /// Physical addresses of RAM, first and last byte of each range.
  public var memory: [ClosedRange<UInt64>] = []
  /// The highest addresses in the kernel's ZONE_DMA and ZONE_DMA32.
  public var dmaZone: UInt64?
  public var dma32Zone: UInt64?
  /// Bytes of the pool of bounce buffers.
  public var swiotlb: UInt64?
  public var iommu: IOMMUMode?
  /// Where the profile comes from: `built in`, or a file.
  public var source = ""

  public init() {}

  /// This layer over another.
  public func over(_ base: PlatformProfile) -> PlatformProfile {
    var result = base
    result.name = name ?? base.name
    result.summary = summary ?? base.summary
    result.architecture = architecture ?? base.architecture
    result.cacheLine = cacheLine ?? base.cacheLine
    result.speculates = speculates ?? base.speculates
    result.isCoherent = isCoherent ?? base.isCoherent
    result.coherent += coherent
    result.nonCoherent += nonCoherent
    result.prices.merge(prices) { _, above in above }
    if !memory.isEmpty { result.memory = memory }
    result.dmaZone = dmaZone ?? base.dmaZone
    result.dma32Zone = dma32Zone ?? base.dma32Zone
    result.swiotlb = swiotlb ?? base.swiotlb
    result.iommu = iommu ?? base.iommu
    if !source.isEmpty { result.source = source }
    return result
  }

  /// The mask that reaches all of its memory; nil where that is not known.
  var requiredMask: UInt64? {
    guard let top = memory.map(\.upperBound).max() else { return nil }
    return UInt64.max >> UInt64(top.leadingZeroBitCount)
  }
}
