import DMAModel

/// How to turn one event's records into an `Event`, compiled once from the recording's own format.
struct EventPlan: Sendable {
  /// Where a number lies in the record; `offset` −1 where the format has no such field.
  struct Number: Sendable {
    var offset: Int32 = -1
    var width: UInt8 = 0
    var isSigned = false
    /// Bits that a word of 64 has more than the number.
    var spareBits: UInt8 { 64 &- 8 &* width }
  }

  /// Where the word lies that says where an array or string is; −1 where there is none.
  struct Location: Sendable {
    var offset: Int32 = -1
    /// For `__rel_loc`: what is added to the recorded offset.
    var base: Int32 = 0
    /// Bytes of an element.
    var element: UInt8 = 1
  }

  enum Kind: UInt8, Sendable {
    /// Counted by name only.
    case undecoded
    case event
    /// `kernel_stack`: belongs to the record before it.
    case stack
    /// `funcgraph_exit`: how long a call of some function took. `value` is where the address of the function lies,
    /// `address` and `size` where the times of call and return.
    case functionExit
  }

  var kind = Kind.undecoded
  var call = Call.lost
  var flags = Event.Flags(rawValue: 0)
  /// A record shorter than this is skipped.
  var minimumLength = 0
  /// A record of this length goes on for 8 bytes and more from the beginning of each number.
  var wideLength = 0
  /// Whether it has numbers other than the addresses, size, direction and attributes that most events have.
  var hasFurtherNumbers = false
  /// Whether it has arrays, or counts of entries.
  var isOfList = false

  var address = Number()
  var physicalAddress = Number()
  var size = Number()
  var value = Number()
  var direction = Number()
  var attributes = Number()
  var allocation = Number()
  var forced = Number()
  var nents = Number()
  var ents = Number()
  /// Added to the address.
  var addressOffset = Number()
  var device = Location()
  var name = Location()
  var physicalAddresses = Location()
  var busAddresses = Location()
  var lengths = Location()
  /// `kernel_stack`: where the return addresses begin.
  var frames: Int32 = -1

  var attributeMap = AttributeMap([])
  var allocationMap = AllocationMap([])
  /// The place of what has to be converted among the catalogue's; −1 where fields are taken as they are.
  var conversion: Int32 = -1
}

extension EventPlan {
  /// Compiles the plan of an event that the dictionary knows.
  ///
  /// - Parameter conversions: takes what is more than a field in its place; nil stays nil if nothing is.
  init(
    _ format: EventFormat, row: EventDictionary.Row, allocationMap: AllocationMap,
    conversions: inout RecordConversions?
  ) {
    if row.isConverted { conversions = RecordConversions(row) }
    kind = .event
    call = row.call
    flags = row.flags
    self.allocationMap = allocationMap
    for (slot, names) in row.pairs {
      guard let field = names.lazy.compactMap({ format[String($0)] }).first else { continue }
      // A name that is a number, or lies in the record's fixed part, is no string as plans know them.
      let isOddName = (slot == .device || slot == .name) && field.storage == .fixed
      let conversion = slot.isList ? nil : row.conversions[slot]
      guard conversion != nil || isOddName else {
        assign(slot, field, format)
        continue
      }
      var all = conversions ?? RecordConversions(row)
      let isText = field.type.hasSuffix("char") && field.size > 1
      all.add(
        slot, field, conversion ?? EventDictionary.Conversion(), number: isText ? Number() : number(field),
        location: location(field), format)
      conversions = all
      minimumLength = max(minimumLength, field.offset + (field.storage == .fixed ? field.size : 4))
    }
    if physicalAddress.offset >= 0 { flags.insert(.hasPhysicalAddress) }
    if address.offset >= 0 { flags.insert(.hasAddress) }
    if call == .free, value.offset >= 0 { flags.insert(.hasCPUAddress) }
    if format["__probe_ip"] != nil || format["__probe_func"] != nil { flags.insert(.isProbe) }
    let further = [value, addressOffset, allocation, forced]
    hasFurtherNumbers = further.contains { $0.offset >= 0 }
    wideLength =
      ([address, physicalAddress, size, direction, attributes] + further).map { Int($0.offset) + 8 }.max()
      ?? 0
    isOfList = [physicalAddresses.offset, busAddresses.offset, nents.offset, ents.offset].contains { $0 >= 0 }
  }

  /// The plan of `ftrace:kernel_stack`; nil if the format has no `caller`.
  init?(stack format: EventFormat) {
    guard let caller = format["caller"], caller.storage == .fixed else { return nil }
    kind = .stack
    frames = Int32(caller.offset)
    minimumLength = caller.offset
  }

  /// The plan of `ftrace:funcgraph_exit`; nil if the format lacks the function or its times.
  init?(functionExit format: EventFormat) {
    guard let function = format["func"], let start = format["calltime"], let end = format["rettime"] else {
      return nil
    }
    (value, address, size) = (number(function), number(start), number(end))
    guard [value, address, size].allSatisfy({ $0.offset >= 0 }) else { return nil }
    kind = .functionExit
    flags = .isReturn
    minimumLength = [function, start, end].map { $0.offset + $0.size }.max() ?? 0
  }

  private mutating func assign(
    _ slot: EventDictionary.Slot, _ field: EventFormat.Field, _ format: EventFormat
  ) {
    minimumLength = max(minimumLength, field.offset + (field.storage == .fixed ? min(field.size, 8) : 4))
    switch slot {
    case .device: device = location(field)
    case .name: name = location(field)
    case .physicalAddresses: physicalAddresses = location(field)
    case .busAddresses: busAddresses = location(field)
    case .lengths: lengths = location(field)
    case .address: address = number(field)
    case .physicalAddress: physicalAddress = number(field)
    case .size: size = number(field)
    case .value: value = number(field)
    case .direction: direction = number(field)
    case .forced: forced = number(field)
    case .nents: nents = number(field)
    case .ents: ents = number(field)
    case .offset: addressOffset = number(field)
    case .allocation: allocation = number(field)
    case .attributes:
      attributes = number(field)
      attributeMap = AttributeMap(PrintTable.rows(for: field.name, in: format.printFormat))
    }
  }

  private func number(_ field: EventFormat.Field) -> Number {
    guard field.storage == .fixed, [1, 2, 4, 8].contains(field.size) else { return Number() }
    return Number(offset: Int32(field.offset), width: UInt8(field.size), isSigned: field.isSigned)
  }

  private func location(_ field: EventFormat.Field) -> Location {
    let words: [(String, UInt8)] = [
      ("u64", 8), ("__u64", 8), ("int", 4), ("u32", 4), ("dma_addr_t", 8), ("long", 8),
    ]
    let element = words.first { field.type.contains($0.0 + "[]") }?.1 ?? 1
    switch field.storage {
    case .dataLocation: return Location(offset: Int32(field.offset), base: 0, element: element)
    case .relativeLocation:
      return Location(offset: Int32(field.offset), base: Int32(field.offset + field.size), element: element)
    case .fixed: return Location()
    }
  }
}
