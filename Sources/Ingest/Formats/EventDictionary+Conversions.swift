import DMAModel

// What a row makes of what was recorded: arithmetic, tables of numbers and words, and constants.
extension EventDictionary {
  /// What goes into a slot without having been recorded there.
  public enum Constant: Sendable, Equatable {
    case number(UInt64)
    /// The name of a device or pool.
    case text(String)
    case direction(Direction)
    case attributes(Attributes)
    case allocation(AllocationFlags)
  }

  /// The way from a recorded number or word to what goes into a slot.
  ///
  /// A number is masked, shifted, multiplied, added to, made a mask of so many bits, rounded up to whole pages, and looked
  /// up, in this order; each step does nothing unless it was asked for. All arithmetic wraps at 64 bits.
  public struct Conversion: Sendable, Equatable {
    /// Text is a hexadecimal number, with `0x` or without.
    public var isHex = false
    public var mask = UInt64.max
    /// Bits to the left; negative to the right.
    public var shift = 0
    public var factor: UInt64 = 1
    public var addend: UInt64 = 0
    /// The number is one of bits: 32 becomes 0xffffffff.
    public var countsBits = false
    /// Bytes of a page; a size becomes that of the pages which the range at the event's bus address touches. 0: as it is.
    public var page: UInt64 = 0
    /// What numbers stand for. If there are any numbers or words, others leave the slot empty.
    public var numbers: [UInt64: Constant] = [:]
    /// What words stand for.
    public var words: [String: Constant] = [:]

    public init() {}

    private var isTable: Bool { !numbers.isEmpty || !words.isEmpty }

    /// The number as calculated, without tables.
    func number(_ recorded: UInt64, address: UInt64 = 0) -> UInt64 {
      var value = recorded & mask
      if shift > 0 { value <<= UInt64(shift) } else if shift < 0 { value >>= UInt64(-shift) }
      value = value &* factor &+ addend
      if countsBits { value = value >= 64 ? .max : (1 << value) &- 1 }
      if page > 0 {
        let (end, overflow) = (address & (page - 1)).addingReportingOverflow(value)
        if !overflow, end <= .max - page { value = (end &+ page &- 1) & ~(page - 1) }
      }
      return value
    }

    /// What a recorded number comes to; nil if a table has nothing for it.
    func result(_ recorded: UInt64, address: UInt64) -> Constant? {
      let value = number(recorded, address: address)
      return isTable ? numbers[value] : .number(value)
    }

    /// What a recorded word comes to; nil if it is neither a word of the table nor a number.
    func result(_ text: UnsafeBufferPointer<UInt8>, isName: Bool, address: UInt64) -> Constant? {
      if !words.isEmpty, let word = words[String(decoding: text, as: UTF8.self)] { return word }
      if isName, !isTable { return .text(String(decoding: text, as: UTF8.self)) }
      let number = isHex ? Conversion.hexadecimal(text) : TextWords.number(text)
      return number.flatMap { result($0, address: address) }
    }

    private static func hexadecimal(_ text: UnsafeBufferPointer<UInt8>) -> UInt64? {
      let hasPrefix = text.count > 2 && text[0] == 0x30 && text[1] | 0x20 == 0x78
      let digits = String(decoding: text.dropFirst(hasPrefix ? 2 : 0).prefix(17), as: UTF8.self)
      return digits.hasPrefix("+") || digits.hasPrefix("-") ? nil : UInt64(digits, radix: 16)
    }
  }
}

extension EventDictionary.Constant {
  /// Puts it where it belongs in an event.
  func store(in slot: EventDictionary.Slot, of event: inout Event, _ names: inout LocalNames) {
    switch (slot, self) {
    case (.device, _): event.device = named(&names)
    case (.name, _): event.name = named(&names)
    case (.direction, .direction(let direction)): event.direction = direction
    case (.direction, .number(let number)): event.direction = Direction(recorded: number)
    case (.attributes, .attributes(let attributes)): event.attributes = attributes
    case (.attributes, .number(let number)): event.attributes = TextWords.attributeBits.attributes(number)
    case (.allocation, .allocation(let flags)): event.allocation = flags
    case (.allocation, .number(let number)): event.allocation = AllocationMap([]).flags(number)
    case (_, .number(let number)): store(number, in: slot, of: &event)
    default: break
    }
  }

  private func store(_ number: UInt64, in slot: EventDictionary.Slot, of event: inout Event) {
    switch slot {
    case .address:
      event.address &+= number
      event.flags.insert(.hasAddress)
    case .offset: event.address &+= number
    case .physicalAddress:
      event.physicalAddress = number
      event.flags.insert(.hasPhysicalAddress)
    case .size: event.size = number
    case .value:
      event.value = number
      if event.call == .free { event.flags.insert(.hasCPUAddress) }
    case .nents: event.nents = Int32(truncatingIfNeeded: number)
    case .ents: event.ents = Int32(truncatingIfNeeded: number)
    case .forced: if number != 0 { event.flags.insert(.forced) }
    default: break
    }
  }

  /// The number of the name; a number becomes `0x…`.
  private func named(_ names: inout LocalNames) -> UInt32 {
    var text: String
    switch self {
    case .text(let name): text = name
    case .number(let number): text = "0x" + String(number, radix: 16)
    default: return 0
    }
    if text.isEmpty { return 0 }
    return text.withUTF8 { bytes in bytes.baseAddress.map { names.number($0, bytes.count) } ?? 0 }
  }
}

/// What the rows of converted events do with any form of record: everything but where the fields lie.
struct RowConversions: Sendable {
  let constants: [(slot: EventDictionary.Slot, constant: EventDictionary.Constant)]
  /// Of arrays.
  private let lists: [EventDictionary.Slot: EventDictionary.Conversion]
  private let isUntracked: Bool

  init(_ row: EventDictionary.Row) {
    constants = row.constants.map { ($0.key, $0.value) }
    lists = row.conversions.filter(\.key.isList)
    isUntracked = row.isUntracked
  }

  /// What is left when the fields are in: constants, the elements of arrays, and what is not to be followed.
  func finish(_ event: inout Event, _ names: inout LocalNames, _ batch: EventBatch) {
    for (slot, constant) in constants { constant.store(in: slot, of: &event, &names) }
    if !lists.isEmpty {
      let start = Int(event.segments)
      let (physical, bus) = (Int(event.physicalCount), Int(event.busCount))
      convert(.physicalAddresses, start, physical, batch)
      convert(.busAddresses, start + physical, bus, batch)
      convert(.lengths, start + physical + bus, bus, batch)
    }
    if isUntracked { event.flags.remove(.hasAddress) }
  }

  private func convert(_ slot: EventDictionary.Slot, _ start: Int, _ count: Int, _ batch: EventBatch) {
    guard let conversion = lists[slot], start + count <= batch.segmentCount else { return }
    for index in start..<start + count {
      let recorded = batch.segments[index]
      if case .number(let number)? = conversion.result(recorded, address: 0) {
        batch.segments[index] = number
      }
    }
  }

  /// The order in which converted fields are taken: a size may need the address before it.
  static func order(_ slot: EventDictionary.Slot) -> Int {
    slot == .address ? 0 : slot == .offset ? 1 : 2
  }
}

extension EventDictionary {
  /// The constant that a text names in a slot, for instance `TO_DEVICE`, `SKIP_CPU_SYNC`, `GFP_ATOMIC`, `0x1000` or a
  /// device's name; nil if it names none. To be used of what users write.
  public static func constant(_ text: String, for slot: Slot) -> Constant? {
    let number = Array(text.utf8).withUnsafeBufferPointer { TextWords.number($0) }
    switch slot {
    case .device, .name: return text.isEmpty ? nil : .text(text)
    case .direction:
      if let direction = TextWords.direction(text) { return .direction(direction) }
      return number.flatMap { $0 < 4 ? .direction(Direction(recorded: $0)) : nil }
    case .attributes:
      if let number { return .attributes(TextWords.attributeBits.attributes(number)) }
      return TextWords.attributes(text).map { .attributes($0) }
    case .allocation: return text.isEmpty || number != nil ? nil : .allocation(TextWords.allocation(text))
    case .physicalAddresses, .busAddresses, .lengths: return nil
    case .forced:
      return ["true", "yes", "1"].contains(text)
        ? .number(1) : ["false", "no", "0"].contains(text) ? .number(0) : nil
    default: return number.map { .number($0) }
    }
  }
}

extension EventDictionary.Row {
  /// Whether one of the events that this one is a part of was recorded.
  func isSuperseded(by recorded: Set<String>) -> Bool {
    !unless.isEmpty && unless.split(separator: " ").contains { recorded.contains(String($0)) }
  }
}
