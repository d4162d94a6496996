import DMAModel

/// Work that a change of the driver, of its buffers or of a mask would save: how often, how much, and where.
public struct Avoidable: Sendable {
  /// What is done in vain.
  ///
  /// To add one: a case, where the replay meets it (`Costs/Replayer+Avoidable.swift`), and its words in `Report`.
  public enum Kind: String, Sendable, CaseIterable {
    /// The same buffer is mapped again, with the same size and direction.
    case recycle
    /// An unmap maintains again what a sync for the CPU has maintained since the device last owned it.
    case doubleMaintenance = "double-maintenance"
    /// A sync for a side that owns the same bytes already.
    case redundantSync = "redundant-sync"
    /// A sync of a whole mapping of 1 KiB or more.
    case wholeSync = "whole-sync"
    /// BIDIRECTIONAL memory that nobody synced while it was mapped.
    case bidirectional
    /// A buffer that begins within a cache line and covers one more than it need.
    case alignment
    /// Copies through bounce buffers because of the mask alone.
    case maskBounce = "mask-bounce"
    /// Coherent blocks smaller than half a page, each in pages of its own.
    case smallCoherent = "small-coherent"
  }

  public var kind = Kind.recycle
  public var device = ""
  /// Empty where the recording has no stacks, or where the kind has no one call.
  public var callSite = ""
  /// `none` where it does not matter.
  public var direction = Direction.none
  /// Calls that do it, and all of that kind from there.
  public var calls: UInt64 = 0
  public var ofCalls: UInt64 = 0
  /// What would be left out of the architecture's work.
  public var work = CacheWork()
  public var bouncedBytes: UInt64 = 0
  public var iotlbInvalidations: UInt64 = 0
  /// Bytes of memory that would be free.
  public var memoryBytes: UInt64 = 0
  /// Whether no more than this would be saved: how much depends on what the recording does not show.
  public var isUpperBound = false
  public var estimate = Estimate()

  public init() {}
}
