import DMAModel

/// An event in words: the members of its call, in order.
enum EventDescription {
  enum Value {
    case hex(UInt64)
    case number(Int64)
    /// The number of a name.
    case name(NameID)
    /// Words that no trace has chosen: directions, flags.
    case words(String)
    case attributes(Attributes)
    case hexes([UInt64])
    case numbers([UInt64])
    case yes
  }

  /// Calls `body` with each member and its value.
  @inline(__always)
  static func forEachMember(
    of event: Event, _ segments: Span<UInt64>, _ form: CallForm, _ body: (CallForm.Member, Value) -> Void
  ) {
    let isReturn = event.flags.contains(.isReturn)
    let lacksResult = event.flags.contains(.isEntry) || (event.call.tellsAtReturn && !isReturn)
    let returnsOfMask = isReturn && event.call.isMaskCall
    for member in form.members where !(member.isResult && lacksResult) {
      guard let value = value(member, event, segments, isReturn: isReturn) else { continue }
      // A return repeats what it recorded of the call, and no more.
      if isReturn, !member.isResult, isNothing(value) { continue }
      if returnsOfMask, member.key == mask.key { continue }
      body(member, value)
    }
    guard returnsOfMask else { return }
    if event.address != 0 { body(mask, .hex(event.address)) }
    body(result, .number(Int64(bitPattern: event.value)))
  }

  private static let mask = CallForm.Member("mask", .value)
  private static let result = CallForm.Member("ret", .value, isResult: true)

  private static func isNothing(_ value: Value) -> Bool {
    switch value {
    case .hex(let number): number == 0
    case .number(let number): number == 0
    case .hexes(let all), .numbers(let all): all.isEmpty
    case .words(let text): text.isEmpty
    case .name, .attributes, .yes: false
    }
  }

  private static func value(
    _ member: CallForm.Member, _ event: Event, _ segments: Span<UInt64>, isReturn: Bool
  ) -> Value? {
    switch member.source {
    case .device: return event.device == 0 ? nil : .name(event.device)
    case .name: return event.name == 0 ? nil : .name(event.name)
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
    case .attributes: return event.attributes.isEmpty ? nil : .attributes(event.attributes)
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
    Event.contexts[Int(context.rawValue & 31) | (flags.contains(.isProbe) ? 32 : 0)]
  }

  private static let contexts = (UInt8(0)..<64).map { bits in
    let all: [(UInt8, String)] = [
      (Context.irqsOff.rawValue, "irqs_off"), (Context.hardIRQ.rawValue, "hardirq"),
      (Context.softIRQ.rawValue, "softirq"), (Context.nmi.rawValue, "nmi"),
      (Context.preemptionOff.rawValue, "preempt_off"), (32, "probe"),
    ]
    return all.filter { bits & $0.0 != 0 }.map(\.1).joined(separator: "|")
  }
}
