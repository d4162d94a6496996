import DMAModel

/// What calls with whole maintenance came to since the sums took them over last.
struct Tally {
  var calls: UInt64 = 0
  var bytes: UInt64 = 0
  var lines: UInt64 = 0
  // Of calls with a partial line; see `Maintenance`.
  var partialLines: UInt64 = 0
  var unalignedLines: UInt64 = 0
  var innerCalls: UInt64 = 0
  /// Maps that cover lines too many, and these lines.
  var misalignedCalls: UInt64 = 0
  var misalignedLines: UInt64 = 0

  var maintenance: Maintenance {
    Maintenance(
      calls: calls, bytes: bytes, lines: lines, partialLines: partialLines, unalignedLines: unalignedLines,
      innerCalls: innerCalls)
  }
}

/// The sums of single maps and unmaps that are being counted: one place by device, operation, direction and CPU, for the
/// caller that was there last.
///
/// An event adds to one of these alone. The sums by caller, by device and over time take a place over when another caller
/// needs it, and all of them when the timeline goes on to its next bucket, when a snapshot is taken, and at the end
/// (`Replayer.settle`): some thousands of times in a recording of millions of events.
struct OpenTallies: ~Copyable {
  private static let count = 512
  /// Whose each place is; not in use while it is free.
  private let keys: UnsafeMutablePointer<CostCell.Key>
  /// Two of each place: calls in general, and maps of buffers that were mapped before.
  private let tallies: UnsafeMutablePointer<Tally>
  private let used: UnsafeMutablePointer<UInt16>
  private(set) var usedCount = 0

  init() {
    keys = .allocateForTable(capacity: OpenTallies.count)
    keys.initialize(repeating: CostCell.Key(), count: OpenTallies.count)
    tallies = .allocateForTable(capacity: 2 * OpenTallies.count)
    tallies.initialize(repeating: Tally(), count: 2 * OpenTallies.count)
    used = .allocate(capacity: OpenTallies.count)
  }

  deinit {
    keys.deallocate()
    tallies.deallocate()
    used.deallocate()
  }

  /// - Parameter operation: map or unmap.
  @inline(__always)
  static func place(_ device: Int, _ operation: Operation, _ direction: Direction, _ cpu: UInt16) -> Int {
    ((device &+ Int(cpu) &* 5) & 63) << 3 | Int(operation.rawValue & 1) << 2 | Int(direction.rawValue)
  }

  /// Whose a place is.
  @inline(__always)
  func key(_ place: Int) -> CostCell.Key { keys[place] }

  @inline(__always)
  func tally(_ place: Int, again: Bool) -> UnsafeMutablePointer<Tally> {
    tallies + (place << 1 | (again ? 1 : 0))
  }

  /// Gives a place to a caller, with nothing counted.
  mutating func open(_ place: Int, for key: CostCell.Key) {
    if !keys[place].isUsed {
      used[usedCount] = UInt16(truncatingIfNeeded: place)
      usedCount += 1
    }
    keys[place] = key
    (tallies[2 * place], tallies[2 * place + 1]) = (Tally(), Tally())
  }

  /// A place that is used, by its number among them.
  func usedPlace(_ index: Int) -> Int { Int(used[index]) }

  /// Frees all places.
  mutating func close() {
    for index in 0..<usedCount { keys[Int(used[index])] = CostCell.Key() }
    usedCount = 0
  }
}
