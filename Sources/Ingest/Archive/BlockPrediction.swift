import DMAModel

/// What the two sides of an archive, the one that writes a block and the one that reads it, remember of the events
/// before, so that only what is unexpected has to be stored. It begins anew with each block.
///
/// An unsafe core: callers prove that numbers of predictors and queues are in range; places in queues are checked here.
final class BlockPrediction {
  /// The last event of one kind.
  struct Predictor {
    var address: UInt64 = 0
    /// From the address before to the last one.
    var step: UInt64 = 0
    /// From the bus address to the physical address.
    var difference: UInt64 = 0
    var physicalAddress: UInt64 = 0
    var size: UInt64 = 0
    var value: UInt64 = 0
    var stack: UInt32 = 0
    var nents: Int32 = 0
    var ents: Int32 = 0
    var physicalCount: UInt16 = 0
    var busCount: UInt16 = 0
    /// The place in the queue behind that of the last mapping that was named.
    var cursor = 0
  }

  /// Mappings of one kind, in the order in which they were made.
  struct Queue {
    var start: Int
    var capacity: Int
    var count = 0
  }

  /// A mapping: its bus address and size, or where its scatterlist is in the block and how many entries it has.
  struct Entry {
    var address: UInt64
    var size: UInt64
  }

  private(set) var predictors: UnsafeMutablePointer<Predictor>
  private var predictorCapacity = 0
  private(set) var queues: UnsafeMutablePointer<Queue>
  private var queueCapacity = 0
  private(set) var entries: UnsafeMutablePointer<Entry>
  /// Whether a mapping has been undone.
  private(set) var isTaken: UnsafeMutablePointer<Bool>
  private var entryCapacity = 0
  /// So many mappings that were undone are passed over to find the next one.
  private static let patience = 64

  init() {
    predictors = .allocate(capacity: 1)
    queues = .allocate(capacity: 1)
    entries = .allocate(capacity: 1)
    isTaken = .allocate(capacity: 1)
  }

  /// Whether it holds much more memory than the blocks of a usual archive need.
  var isOversized: Bool { predictorCapacity > 1 << 12 || queueCapacity > 1 << 12 }

  deinit {
    predictors.deallocate()
    queues.deallocate()
    entries.deallocate()
    isTaken.deallocate()
  }

  /// Forgets everything, and makes room.
  ///
  /// - Parameter capacities: of each queue, not negative.
  func reset(predictors count: Int, queues capacities: [Int]) {
    if count > predictorCapacity {
      predictors.deallocate()
      predictors = .allocate(capacity: count)
      predictorCapacity = count
    }
    predictors.initialize(repeating: Predictor(), count: count)
    if capacities.count > queueCapacity {
      queues.deallocate()
      queues = .allocate(capacity: capacities.count)
      queueCapacity = capacities.count
    }
    var total = 0
    for (number, capacity) in capacities.enumerated() {
      (queues + number).initialize(to: Queue(start: total, capacity: capacity))
      total += capacity
    }
    if total > entryCapacity {
      entries.deallocate()
      isTaken.deallocate()
      entries = .allocate(capacity: total)
      isTaken = .allocate(capacity: total)
      entryCapacity = total
    }
    isTaken.initialize(repeating: false, count: total)
  }

  /// The place of the mapping that an event is expected to name; nil if there is none.
  @inline(__always)
  func expected(_ predictor: UnsafeMutablePointer<Predictor>, _ queue: Int) -> Int? {
    let row = queues[queue]
    var cursor = predictor.pointee.cursor
    var left = BlockPrediction.patience
    while cursor < row.count && isTaken[row.start &+ cursor] {
      cursor &+= 1
      left &-= 1
      if left == 0 { break }
    }
    predictor.pointee.cursor = cursor
    return cursor < row.count && left > 0 ? cursor : nil
  }

  /// The mapping at a place of a queue that has it; it becomes the last that was named.
  @inline(__always)
  func name(
    _ place: Int, of queue: Int, _ predictor: UnsafeMutablePointer<Predictor>, take: Bool
  ) -> Entry {
    predictor.pointee.cursor = place &+ 1
    let index = queues[queue].start &+ place
    if take { isTaken[index] = true }
    return entries[index]
  }

  /// Adds a mapping.
  /// - Returns: false if the queue is full.
  @inline(__always)
  func push(_ entry: Entry, to queue: Int) -> Bool {
    let row = queues[queue]
    guard row.count < row.capacity else { return false }
    (entries + row.start + row.count).initialize(to: entry)
    queues[queue].count = row.count &+ 1
    return true
  }
}
