import Replay

/// What the work of a profile is attributed to, as stacks from the device over its callers to the kind of call.
///
/// A recording without call stacks has stacks of device, call and direction.
struct WeightedStacks {
  struct Row {
    /// Outermost frame first.
    var frames: [String]
    /// The frame that is held to be the call site; empty without stacks.
    var caller = ""
    var work: CacheWork
    var bounced: UInt64
    var estimate: Estimate
    var calls: UInt64

    func weight(_ weight: ExportWeight) -> UInt64 {
      weight.of(work, bounced: bounced, estimate, calls: calls)
    }
  }

  let rows: [Row]

  /// - Parameter withStacks: whether call stacks are used where there are any.
  init(_ profile: Profile, withStacks: Bool = true) {
    if !withStacks || profile.callSites.isEmpty {
      rows = profile.operations.map {
        Row(
          frames: [$0.device, $0.operation.name, $0.direction.name], work: $0.work, bounced: $0.bouncedBytes,
          estimate: $0.estimate, calls: $0.apiCalls)
      }
    } else {
      rows = profile.callSites.map {
        Row(
          frames: [$0.device] + $0.frames.reversed() + [$0.operation.name], caller: $0.caller, work: $0.work,
          bounced: $0.bouncedBytes, estimate: $0.estimate, calls: $0.apiCalls)
      }
    }
  }
}
