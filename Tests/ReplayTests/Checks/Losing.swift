import DMAModel

/// Random numbers that are the same on every machine (SplitMix64).
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// Takes about one event in a hundred away, in windows, as a ring buffer that overruns does: each window is a run of
/// events of one CPU, and the next record of that CPU begins with the word that records are missing. The last event of a
/// CPU stays: a buffer overruns because newer events come.
func losing(_ events: [Event], seed: UInt64) -> [Event] {
  var random = SplitMix64(seed: seed)
  let length = max(1, min(50, events.count / 200))
  var left: [UInt16: Int] = [:]
  var lost: [UInt16: UInt64] = [:]
  var result: [Event] = []
  let lasts = Set(Dictionary(events.indices.map { (events[$0].cpu, $0) }, uniquingKeysWith: max).values)
  for (index, event) in events.enumerated() {
    if left[event.cpu] == nil, UInt64.random(in: 0..<UInt64(100 * length), using: &random) == 0 {
      left[event.cpu] = Int.random(in: 1...(2 * length), using: &random)
    }
    if let more = left[event.cpu], event.call != .lost, !lasts.contains(index) {
      lost[event.cpu, default: 0] += 1
      left[event.cpu] = more > 1 ? more - 1 : nil
      continue
    }
    if let count = lost.removeValue(forKey: event.cpu) {
      var mark = Event()
      (mark.call, mark.time, mark.cpu, mark.value) = (.lost, event.time, event.cpu, count)
      result.append(mark)
    }
    result.append(event)
  }
  return result
}
