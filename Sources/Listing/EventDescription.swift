import DMAModel

/// An event in words: the name of its call, and its members in order.
struct EventDescription {
  enum Value {
    case hex(UInt64)
    case number(Int64)
    case text(String)
    /// Words that no trace has chosen: directions, flags.
    case words(String)
    case hexes([UInt64])
    case numbers([UInt64])
    case yes
  }

  var name: String
  var members: [(key: String, value: Value)] = []

  init(_ event: Event, _ segments: Span<UInt64>, _ names: NameTable) {
    let form = CallForm.of(event.call)
    let isReturn = event.flags.contains(.isReturn)
    let isEntry = event.flags.contains(.isEntry)
    name = form.name + (isReturn ? "__return" : "")
    members.reserveCapacity(form.members.count)
    let lacksResult = isEntry || (event.call.tellsAtReturn && !isReturn)
    for member in form.members where !(member.isResult && lacksResult) {
      let isKnown = !isReturn || member.isResult
      guard let value = EventDescription.value(member, event, segments, names, isReturn: isReturn) else {
        continue
      }
      // A return repeats what it recorded of the call, and no more.
      if !isKnown, EventDescription.isNothing(value) { continue }
      members.append((member.key, value))
    }
    if isReturn, event.call.isMaskCall {
      members.removeAll { $0.key == "mask" }
      if event.address != 0 { members.append(("mask", .hex(event.address))) }
      members.append(("ret", .number(Int64(bitPattern: event.value))))
    }
  }

  private static func isNothing(_ value: Value) -> Bool {
    switch value {
    case .hex(let number): number == 0
    case .number(let number): number == 0
    case .hexes(let all), .numbers(let all): all.isEmpty
    case .text(let text), .words(let text): text.isEmpty
    case .yes: false
    }
  }

  private static func value(
    _ member: CallForm.Member, _ event: Event, _ segments: Span<UInt64>, _ names: NameTable, isReturn: Bool
  ) -> Value? {
    switch member.source {
    case .device: return event.device == 0 ? nil : .text(names[event.device])
    case .name: return event.name == 0 ? nil : .text(names[event.name])
    case .address:
      let isList = member.key == "sg"
      return isList && event.address == 0
        || !isList && !event.flags.contains(.hasAddress) && event.address == 0
        ? nil : .hex(event.address)
    case .physicalAddress:
      if event.call == .poolCreate {
        return isReturn ? nil : .number(Int64(bitPattern: event.physicalAddress))
      }
      return event.flags.contains(.hasPhysicalAddress) ? .hex(event.physicalAddress) : nil
    case .size: return .number(Int64(bitPattern: event.size))
    case .value: return value(of: event, member, isReturn: isReturn)
    case .direction: return event.direction == .none ? nil : .words(event.direction.name)
    case .attributes: return event.attributes.isEmpty ? nil : .words(event.attributes.description)
    case .allocation: return allocation(event.allocation).map { .words($0) }
    case .nents:
      if event.call == .declareMemory { return .number(Int64(event.nents)) }
      return event.nents == 0 ? nil : .number(Int64(event.nents))
    case .ents: return .number(Int64(event.ents))
    case .physicalAddresses: return .hexes(array(event, segments, 0, Int(event.physicalCount)))
    case .busAddresses:
      return .hexes(array(event, segments, Int(event.physicalCount), Int(event.busCount)))
    case .lengths:
      return .numbers(
        array(event, segments, Int(event.physicalCount) + Int(event.busCount), Int(event.busCount)))
    case .forced: return event.flags.contains(.forced) ? .yes : nil
    }
  }

  private static func value(of event: Event, _ member: CallForm.Member, isReturn: Bool) -> Value? {
    switch event.call {
    case .lost: event.value == Event.unknownCount ? nil : .number(Int64(bitPattern: event.value))
    case .poolCreate: isReturn ? nil : .number(Int64(bitPattern: event.value))
    case .free, .freePages: event.flags.contains(.hasCPUAddress) || event.value != 0 ? .hex(event.value) : nil
    case .mapScatterlistFailed, .maxMappingSize: .number(Int64(bitPattern: event.value))
    case .archSyncForDevice, .archSyncForCPU, .archPrepareCoherent:
      event.value == 0 ? nil : .number(Int64(bitPattern: event.value))
    default: .hex(event.value)
    }
  }

  private static func array(_ event: Event, _ segments: Span<UInt64>, _ skipped: Int, _ count: Int)
    -> [UInt64]
  {
    let start = Int(event.segments) + skipped
    guard start >= 0, start + count <= segments.count else { return [] }
    return (0..<count).map { segments[start + $0] }
  }

  /// What is known of a gfp mask.
  private static func allocation(_ flags: AllocationFlags) -> String? {
    guard flags.contains(.recorded) else { return nil }
    var words = [flags.contains(.mayBlock) ? "GFP_KERNEL" : "GFP_NOWAIT"]
    if flags.contains(.zoneDMA) { words.append("GFP_DMA") }
    if flags.contains(.zoneDMA32) { words.append("GFP_DMA32") }
    return words.joined(separator: "|")
  }
}

extension Event {
  /// `irqs_off|softirq`, and `probe` for dynamic events, which turn interrupts off themselves; empty for none.
  var contextWords: String {
    let all: [(Event.Context, String)] = [
      (.irqsOff, "irqs_off"), (.hardIRQ, "hardirq"), (.softIRQ, "softirq"), (.nmi, "nmi"),
      (.preemptionOff, "preempt_off"),
    ]
    let words = all.filter { context.contains($0.0) }.map(\.1)
    return (words + (flags.contains(.isProbe) ? ["probe"] : [])).joined(separator: "|")
  }
}
