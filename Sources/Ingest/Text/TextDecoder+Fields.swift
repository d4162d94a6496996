import DMAModel

/// The fields of an event's line.
extension TextDecoder {
  typealias Text = UnsafeBufferPointer<UInt8>

  /// What a line has told so far.
  struct Progress {
    var position: Int
    /// Bits of the fields that were met.
    var met: UInt16 = 0
    var isFirst = true
    /// The field before; −1 at the first.
    var last = -1
    /// The field that came next in the line before.
    var expected: Int
  }

  /// - Returns: false if a field that is known holds what it cannot, or one is missing that the kernel always prints.
  @inline(__always)
  mutating func takeFields(
    _ line: TextBytes, _ start: Int, _ form: UnsafeMutablePointer<TextForms.Form>, _ isCut: Bool,
    _ event: UnsafeMutablePointer<Event>, _ batch: EventBatch
  ) -> Bool {
    guard let base = form.pointee.fields.baseAddress else { return false }
    if form.pointee.isOfList { lists = TextLists() }
    var at = Progress(position: start, expected: form.pointee.first)
    if line[start] == 0x28 {
      // The probed address.
      while at.position < line.count, line.base[at.position] != 0x29 { at.position += 1 }
      at.position += 1
    }
    while true {
      while at.position < line.count, line.base[at.position] <= 0x20 { at.position += 1 }
      guard at.position < line.count else { break }
      let field = base + at.expected
      if let value = field.value(in: line, at: at.position) {
        at.position = value
        at.last = at.expected
        if !takeQuickly(line, field, &at, event) {
          guard assign(field, TextDecoder.value(line, &at.position), event) else { return false }
        }
        at.isFirst = false
        at.met |= field.pointee.bit
        at.expected = field.pointee.next
      } else if !takeNext(line, form, &at, event) {
        return false
      }
    }
    if at.met & form.pointee.required != form.pointee.required { return false }
    // The attributes come last: with them the rest is whole.
    if isCut, at.met & TextPlan.attributes == 0 { return false }
    if form.pointee.isOfList { lists.append(to: batch, &event.pointee) }
    return true
  }

  /// Takes the value at a position, up to its end, if it is of the usual form; false without a change if not.
  @inline(__always)
  private func takeQuickly(
    _ line: TextBytes, _ field: UnsafeMutablePointer<TextForms.Field>, _ at: inout Progress,
    _ event: UnsafeMutablePointer<Event>
  ) -> Bool {
    switch field.pointee.slot {
    case .address, .physicalAddress, .size, .value, .offset:
      guard let (number, end) = TextDecoder.usualNumber(line, at.position, field.pointee.isBareHex),
        line[end] <= 0x20
      else { return false }
      TextDecoder.set(field, number, event)
      at.position = end
    case .direction:
      guard let (direction, end) = TextDecoder.usualDirection(line, at.position) else { return false }
      event.pointee.direction = direction
      at.position = end
    case .attributes: return line[at.position] <= 0x20
    default: return false
    }
    return true
  }

  @inline(__always)
  private static func usualNumber(_ line: TextBytes, _ position: Int, _ isBareHex: Bool) -> (UInt64, Int)? {
    if isBareHex { return line.hexadecimal(position) }
    if line.word(position) & 0xdfff == 0x5830 { return line.hexadecimal(position &+ 2) }
    return line.decimal(position)
  }

  @inline(__always)
  private static func usualDirection(_ line: TextBytes, _ position: Int) -> (Direction, Int)? {
    let rest = line.word(position &+ 8)
    switch line.word(position) {
    case 0x4349_5645_445f_4f54:  // TO_DEVIC
      return rest & 0xff == 0x45 && rest &>> 8 & 0xff <= 0x20 ? (.toDevice, position &+ 9) : nil
    case 0x5645_445f_4d4f_5246:  // FROM_DEV
      return rest & 0xff_ffff == 0x45_4349 && rest &>> 24 & 0xff <= 0x20 ? (.fromDevice, position &+ 11) : nil
    case 0x5443_4552_4944_4942:  // BIDIRECT
      return rest & 0xff_ffff_ffff == 0x4c_414e_4f49 && rest &>> 40 & 0xff <= 0x20
        ? (.bidirectional, position &+ 13) : nil
    default: return nil
    }
  }

  @inline(__always)
  private static func set(
    _ field: UnsafeMutablePointer<TextForms.Field>, _ number: UInt64, _ event: UnsafeMutablePointer<Event>
  ) {
    event.pointee.flags.formUnion(field.pointee.flags)
    switch field.pointee.slot {
    case .address, .offset: event.pointee.address &+= number
    case .physicalAddress: event.pointee.physicalAddress = number
    case .size: event.pointee.size = number
    default: event.pointee.value = number
    }
  }

  /// Takes the next word, which is not the field that was expected.
  @inline(__always)
  private mutating func takeNext(
    _ line: TextBytes, _ form: UnsafeMutablePointer<TextForms.Form>, _ at: inout Progress,
    _ event: UnsafeMutablePointer<Event>
  ) -> Bool {
    let (base, count) = (line.base, line.count)
    let start = at.position
    if at.isFirst, form.pointee.beginsWithDevice {
      let end = line.endOfWord(start)
      if isPlainWord(line, start, end) {
        event.pointee.device = name(TextBytes(line, start..<end))
        (at.position, at.isFirst) = (end, false)
        return true
      }
    }
    var position = start
    while position < count, base[position] > 0x20, base[position] != 0x3d, base[position] != 0x7b {
      position += 1
    }
    guard position < count, base[position] == 0x3d || base[position - 1] == 0x3a else {
      takeWord(TextBytes(line, start..<position), form, at.isFirst, event)
      (at.position, at.isFirst) = (position > start ? position : start + 1, false)
      return true
    }
    at.isFirst = false
    let isColon = base[position] != 0x3d
    let nameEnd = isColon ? position - 1 : position
    let index = TextDecoder.field(line.text(start, nameEnd), form, &at)
    if isColon, index == nil {
      // `IOMMU:` stands before a field that has a name of its own. What follows is not looked at twice.
      at.position = nameEnd + 1
      return true
    }
    at.position = position + 1
    let value = TextDecoder.value(line, &at.position)
    guard let index else { return true }
    let field = form.pointee.fields.baseAddress.map { $0 + index }
    guard let field, assign(field, value, event) else { return false }
    at.met |= field.pointee.bit
    return true
  }

  /// Whether a word has no name, and does not end in a colon.
  @inline(__always)
  private func isPlainWord(_ line: TextBytes, _ start: Int, _ end: Int) -> Bool {
    for position in start..<end where line.base[position] == 0x3d || line.base[position] == 0x7b {
      return false
    }
    return end > start && line.base[end - 1] != 0x3a
  }

  /// A word without a name.
  private mutating func takeWord(
    _ word: TextBytes, _ form: UnsafeMutablePointer<TextForms.Form>, _ isFirst: Bool,
    _ event: UnsafeMutablePointer<Event>
  ) {
    guard word.count > 0 else { return }
    if form.pointee.beginsWithDevice, isFirst {
      event.pointee.device = name(word)
    } else if event.pointee.call == .swiotlbBounced, word.count == 5, word[0] == 0x46 {
      // FORCE, or else NORMAL.
      event.pointee.flags.insert(.forced)
    }
  }

  /// The place of a field in the form. What followed what is remembered for the next line.
  private static func field(
    _ name: Text, _ form: UnsafeMutablePointer<TextForms.Form>, _ at: inout Progress
  ) -> Int? {
    let fields = form.pointee.fields
    for index in fields.indices where fields[index].isNamed(name) {
      if at.last >= 0 { fields[at.last].next = index } else { form.pointee.first = index }
      (at.last, at.expected) = (index, fields[index].next)
      return index
    }
    return nil
  }

  /// The text of a value: in quotes, in braces or brackets, or up to the next blank.
  private static func value(_ line: TextBytes, _ position: inout Int) -> Text {
    let (base, count) = (line.base, line.count)
    while position < count, base[position] == 0x20, base[position - 1] == 0x3a { position += 1 }
    guard position < count, base[position] > 0x20 else { return line.text(position, position) }
    let start = position
    let first = base[position]
    if first == 0x22 {
      // Quotes within are not escaped: the last one counts that a blank or the end follows.
      position += 1
      while position < count {
        if base[position] == 0x22, position + 1 == count || base[position + 1] == 0x20 { break }
        position += 1
      }
      defer { position += 1 }
      return line.text(start + 1, position)
    }
    if first == 0x7b || (first == 0x41 && line[position + 5] == 0x5b) {
      let close: UInt8 = first == 0x7b ? 0x7d : 0x5d
      while position < count, base[position] != close { position += 1 }
      position = min(position + 1, count)
      return line.text(start, position)
    }
    position = line.endOfWord(position)
    return line.text(start, position)
  }

  /// The number of a device's or pool's name.
  @inline(__always)
  private mutating func name(_ text: TextBytes) -> UInt32 {
    if let known = nameNumbers.value(of: text) { return UInt32(truncatingIfNeeded: known) }
    let number = names.number(text.base, text.count)
    nameNumbers.keep(UInt64(number), for: text)
    return number
  }

  private mutating func assign(
    _ field: UnsafeMutablePointer<TextForms.Field>, _ value: Text, _ event: UnsafeMutablePointer<Event>
  ) -> Bool {
    switch field.pointee.slot {
    case .device: event.pointee.device = TextBytes(value).map { name($0) } ?? 0
    case .name: event.pointee.name = TextBytes(value).map { name($0) } ?? 0
    case .address, .physicalAddress, .size, .value, .offset:
      guard let number = TextDecoder.number(value, bareHex: field.pointee.isBareHex) else { return false }
      TextDecoder.set(field, number, event)
    case .direction:
      if let direction = TextWords.direction(value) {
        event.pointee.direction = direction
      } else {
        guard let number = TextDecoder.number(value, bareHex: false) else { return false }
        event.pointee.direction = Direction(recorded: number)
      }
    case .attributes:
      if value.isEmpty { break }
      if value[0] &- 0x30 < 10 {
        guard let number = TextDecoder.number(value, bareHex: false) else { return false }
        event.pointee.attributes = TextWords.attributeBits.attributes(number)
      } else {
        event.pointee.attributes = attributes(value)
      }
    case .allocation:
      guard let first = value.first else { break }
      if first &- 0x30 < 10 {
        guard let number = TextDecoder.number(value, bareHex: false) else { return false }
        event.pointee.allocation = TextDecoder.gfp.flags(number)
      } else {
        event.pointee.allocation = allocation(value)
      }
    case .forced: break
    case .nents:
      event.pointee.nents = TextDecoder.full(value)
      lists.hasNents = true
    case .ents:
      event.pointee.ents = TextDecoder.full(value)
      lists.hasEnts = true
    case .physicalAddresses: lists.physical = value
    case .busAddresses: lists.bus = value
    case .lengths: lists.lengths = value
    }
    return true
  }

  private mutating func attributes(_ text: Text) -> Attributes {
    guard let bytes = TextBytes(text) else { return [] }
    if let known = attributeWords.value(of: bytes) {
      return Attributes(rawValue: Attributes.RawValue(truncatingIfNeeded: known))
    }
    let attributes = TextWords.anyAttributes(String(decoding: text, as: UTF8.self))
    attributeWords.keep(UInt64(attributes.rawValue), for: bytes)
    return attributes
  }

  private mutating func allocation(_ text: Text) -> AllocationFlags {
    guard let bytes = TextBytes(text) else { return [] }
    if let known = allocationWords.value(of: bytes) {
      return AllocationFlags(rawValue: AllocationFlags.RawValue(truncatingIfNeeded: known))
    }
    let flags = TextWords.allocation(String(decoding: text, as: UTF8.self))
    allocationWords.keep(UInt64(flags.rawValue), for: bytes)
    return flags
  }

  private static let gfp = AllocationMap([])

  /// `4/4`: as many as the event holds, and as many as there were.
  private static func full(_ value: Text) -> Int32 {
    let slash = value.firstIndex(of: 0x2f).map { $0 + 1 } ?? 0
    return Int32(truncatingIfNeeded: number(Text(rebasing: value[slash...]), bareHex: false) ?? 0)
  }

  /// `4096`, `0x1000`, `-22`, with `bareHex` `44ac0000` too; a null pointer is 0. Nil for anything else.
  private static func number(_ text: Text, bareHex: Bool) -> UInt64? {
    if text.first == 0x28 {
      // The kernel's and the C library's word for a null pointer.
      return text.elementsEqual("(null)".utf8) || text.elementsEqual("(nil)".utf8) ? 0 : nil
    }
    guard bareHex, text.count < 2 || text[1] | 0x20 != 0x78 else { return TextWords.number(text) }
    guard let line = TextBytes(text), let (value, end) = line.hexadecimal(0), end == text.count else {
      return nil
    }
    return value
  }
}
