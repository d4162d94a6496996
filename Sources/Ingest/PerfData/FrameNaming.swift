import DMAModel

/// Gives names to the frames of call stacks that lie in code which comes and goes, by the time of the event. All other
/// frames stay addresses.
struct FrameNaming: ~Copyable {
  var code = KernelCode()
  private let names: FrameNames
  private let table: StackTable
  private var stacks: LocalStacks
  /// Of each stack whether such code was ever at one of its frames: 0 for not known, 1 no, 2 yes.
  private var verdicts: [UInt8] = []
  private var generation = 0

  init(_ names: FrameNames, _ table: StackTable) {
    (self.names, self.table) = (names, table)
    stacks = LocalStacks(table)
  }

  /// - Parameter batch: events in the order of time; none that comes later is older.
  mutating func name(_ batch: EventBatch) {
    guard !code.isEmpty, batch.count > 0 else { return }
    code.settle(upTo: batch.events[batch.count - 1].time)
    if code.generation != generation {
      generation = code.generation
      verdicts.removeAll(keepingCapacity: true)
    }
    for index in 0..<batch.count {
      let stack = batch.events[index].stack
      guard stack != 0, isTouched(stack) else { continue }
      batch.events[index].stack = named(stack, batch.events[index].time)
    }
  }

  private mutating func isTouched(_ stack: StackID) -> Bool {
    let place = Int(stack)
    if place >= verdicts.count {
      verdicts += [UInt8](repeating: 0, count: max(place, table.count) + 1 - verdicts.count)
    }
    if verdicts[place] == 0 { verdicts[place] = table[stack].contains(where: code.covers) ? 2 : 1 }
    return verdicts[place] == 2
  }

  private mutating func named(_ stack: StackID, _ time: UInt64) -> StackID {
    let frames = table[stack].map { frame in
      code.name(of: frame, at: time).map { names.address($0) } ?? frame
    }
    return frames.withUnsafeBufferPointer { stacks.number($0) }
  }
}
