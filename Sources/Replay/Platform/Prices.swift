/// A kind of work that has a price, in nanoseconds each.
///
/// Raw values are the keys in platform files. To add one: a case, its built-in price, and what counts it in
/// `Platform.estimate`.
public enum Work: String, Sendable, CaseIterable {
  /// One call into the architecture, its barriers included.
  case call
  /// One line written back, dropped, or both in one operation.
  case cleanLine, invalidateLine, cleanInvalidateLine
  /// One byte copied into or out of a bounce buffer.
  case copiedByte
  /// One invalidation of an IOTLB, waited for.
  case iotlbInvalidation
}

/// What one piece of work costs, in nanoseconds, and how that is known.
public struct Price: Sendable, Equatable {
  public var range: Estimate
  /// Where the figures come from, for people.
  public var source: String
  /// Whether they were measured on such a machine.
  public var isMeasured: Bool

  public init(_ range: Estimate, source: String, isMeasured: Bool) {
    (self.range, self.source, self.isMeasured) = (range, source, isMeasured)
  }
}

/// How an IOMMU is told that mappings are gone.
public enum IOMMUMode: String, Sendable, CaseIterable {
  /// There is none, or devices bypass it.
  case none, passthrough
  /// Every unmap waits for its invalidation.
  case strict
  /// Unmaps are queued, and the whole IOTLB is invalidated for up to 256 of them (`IOVA_DEFAULT_FQ_SIZE`,
  /// drivers/iommu/dma-iommu.c).
  case lazy
}
