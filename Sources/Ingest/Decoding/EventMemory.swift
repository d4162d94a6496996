import Synchronization

/// How many bytes the batches of a recording may take together: one for all threads that decode it.
///
/// A batch asks before it grows, and an array that is copied counts twice meanwhile. So there is never more than the
/// limit, however short the records and however many the threads; what does not fit is a loss where it happens.
final class EventMemory: Sendable {
  /// `factor` bytes for each one that was read, and some to begin with.
  ///
  /// An event has 88 bytes, and lies in a page in 36 at least (an `iommu:unmap` with its header; 28 on 32-bit machines), in
  /// over 60 as a rule: what kernels record of their calls does not come near. A record of 8 bytes is none of these.
  struct Limit {
    var base = 32 << 20
    var factor = 3
    var most = 512 << 20

    func bytes(read: Int) -> Int {
      let (product, overflow) = factor.multipliedReportingOverflow(by: read)
      return overflow ? most : min(base + min(product, most), most)
    }
  }

  private let limit: Limit
  private let taken = Atomic<Int>(0)
  private let peak = Atomic<Int>(0)
  private let read = Atomic<Int>(0)

  init(_ limit: Limit = Limit()) { self.limit = limit }

  /// Bytes that may be taken in all, by what has been read so far.
  var allowed: Int { limit.bytes(read: read.load(ordering: .relaxed)) }

  /// The most bytes that were taken at a time.
  var mostTaken: Int { peak.load(ordering: .relaxed) }

  /// Notes bytes of pages, unpacked, that have come.
  func noteRead(_ bytes: Int) { read.wrappingAdd(bytes, ordering: .relaxed) }

  /// Takes bytes, if there are so many left.
  func take(_ bytes: Int) -> Bool {
    let now = taken.wrappingAdd(bytes, ordering: .relaxed).newValue
    guard now <= allowed else {
      giveBack(bytes)
      return false
    }
    peak.max(now, ordering: .relaxed)
    return true
  }

  /// Takes bytes that are needed in any case: others get less.
  func takeAnyway(_ bytes: Int) {
    let now = taken.wrappingAdd(bytes, ordering: .relaxed).newValue
    peak.max(now, ordering: .relaxed)
  }

  func giveBack(_ bytes: Int) { taken.wrappingSubtract(bytes, ordering: .relaxed) }
}
