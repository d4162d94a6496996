import DMAModel

// Masks and limits. A call may be recorded at its entry, at its return, or at both; a task's return belongs to its
// last entry of the same function.
extension Replayer {
  private static let callLimit = 1 << 12
  static let historyLimit = 64

  mutating func limit(_ event: Event) {
    let key = MaskCall(pid: event.pid, call: event.call)
    guard event.flags.contains(.isReturn) else {
      // A mask whose return will not come counts as set; the return says otherwise.
      if maskCalls.count < Replayer.callLimit { maskCalls[key] = event }
      return
    }
    let entry = maskCalls.removeValue(forKey: key)
    let id = event.device != 0 ? event.device : entry?.device ?? 0
    guard id != 0 else {
      if anonymousBirths.count < Replayer.callLimit { anonymousBirths[event.pid] = Birth(event, hints) }
      return
    }
    var named = event
    named.device = id
    let device = place(named)
    switch event.call {
    case .getRequiredMask:
      devices[device].requiredMask = event.value
      devices[device].requiredEvent = event
    case .maxMappingSize:
      devices[device].maxMappingSize = event.value
      devices[device].limitEvent = event
    default:
      guard let mask = event.address != 0 ? event.address : entry?.value else { return }
      named.address = mask
      setMask(device, named, mask, accepted: event.value == 0)
    }
    if counts { devices[device].countedEvents &+= 1 }
  }

  /// Masks whose return was not recorded are taken as accepted.
  mutating func settleMasks() {
    let open = maskCalls.values.sorted { $0.time < $1.time }
    for event in open where event.device != 0 {
      switch event.call {
      case .setMask, .setCoherentMask, .setMaskAndCoherent:
        setMask(place(event), event, event.value, accepted: nil)
      default: break
      }
    }
    maskCalls = [:]
  }

  private mutating func setMask(_ device: Int, _ event: Event, _ mask: UInt64, accepted: Bool?) {
    let streaming = event.call != .setCoherentMask
    let coherent = event.call != .setMask
    if devices[device].maskHistory.count < Replayer.historyLimit {
      devices[device].maskHistory.append(
        MaskChange(time: event.time, streaming: streaming, coherent: coherent, mask: mask, accepted: accepted)
      )
    }
    guard accepted != false else {
      if streaming { devices[device].refusedMask = event }
      return
    }
    if streaming {
      devices[device].streamingMask = mask
      devices[device].maskEvent = event
      devices[device].refusedMask = nil
    }
    if coherent { devices[device].coherentMask = mask }
  }
}
