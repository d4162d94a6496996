import DMAModel

/// The plans of a decoder in plain memory: what the reading of a line looks at, without counting references.
struct TextForms: ~Copyable {
  /// One field that means something, with its name as it stands in a line, `dma_addr=`.
  struct Field {
    let slot: EventDictionary.Slot
    let isBareHex: Bool
    let bit: UInt16
    /// What an event has that has the field.
    let flags: Event.Flags
    fileprivate let name: UnsafeMutableBufferPointer<UInt8>
    /// The name and its equals sign as two words, and which of their bits count; of a longer name none do.
    fileprivate let first: UInt64
    fileprivate let second: UInt64
    fileprivate let firstMask: UInt64
    fileprivate let secondMask: UInt64
    /// The field that came behind this one in the line before.
    var next: Int

    func isNamed(_ text: UnsafeBufferPointer<UInt8>) -> Bool { name.elementsEqual(text) }
  }

  struct Form {
    let call: Call
    let flags: Event.Flags
    let beginsWithDevice: Bool
    let isOfList: Bool
    let required: UInt16
    /// What is more than a field in its place; nil where nothing is.
    let conversions: TextConversions?
    /// At least one.
    let fields: UnsafeMutableBufferPointer<Field>
    /// The field that came first in the line before.
    var first = 0
  }

  /// What there is for one name of an event.
  struct Entry {
    let isStack: Bool
    let tracepoint: UnsafeMutablePointer<Form>?
    let probe: UnsafeMutablePointer<Form>?
    /// Lines.
    var count: UInt64 = 0

    @inline(__always)
    func form(isProbe: Bool) -> UnsafeMutablePointer<Form>? {
      isProbe ? probe ?? tracepoint : tracepoint ?? probe
    }
  }

  private var entries: UnsafeMutablePointer<Entry>
  private(set) var count = 0
  private var capacity = 16

  init() { entries = .allocate(capacity: capacity) }

  deinit {
    for index in 0..<count {
      TextForms.release(entries[index].tracepoint)
      TextForms.release(entries[index].probe)
    }
    entries.deallocate()
  }

  /// Holds until the next entry is added.
  @inline(__always)
  subscript(number: Int) -> UnsafeMutablePointer<Entry> {
    precondition(number >= 0 && number < count)
    return entries + number
  }

  mutating func append(_ plan: TextPlan) {
    if count == capacity {
      let larger = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * capacity)
      larger.moveInitialize(from: entries, count: count)
      entries.deallocate()
      (entries, capacity) = (larger, 2 * capacity)
    }
    let entry = Entry(
      isStack: plan.isStack, tracepoint: plan.tracepoint.map(TextForms.form),
      probe: plan.probe.map(TextForms.form))
    (entries + count).initialize(to: entry)
    count += 1
  }

  private static let nothing = TextPlan.Field(name: [], slot: .forced, isBareHex: false, bit: 0)

  private static func form(_ form: TextPlan.Form) -> UnsafeMutablePointer<Form> {
    // One that means nothing where all is converted: so the words without names are read there, too.
    let known = form.fields.isEmpty ? [TextForms.nothing] : form.fields
    let fields = UnsafeMutableBufferPointer<Field>.allocate(capacity: known.count)
    for (index, field) in known.enumerated() {
      let next = index + 1 == known.count ? 0 : index + 1
      fields.initializeElement(at: index, to: Field(field, of: form.call, next: next))
    }
    let result = UnsafeMutablePointer<Form>.allocate(capacity: 1)
    result.initialize(
      to: Form(
        call: form.call, flags: form.flags, beginsWithDevice: form.beginsWithDevice, isOfList: form.isOfList,
        required: form.required, conversions: form.conversions, fields: fields))
    return result
  }

  private static func release(_ form: UnsafeMutablePointer<Form>?) {
    guard let form else { return }
    for field in form.pointee.fields { field.name.deallocate() }
    form.pointee.fields.deallocate()
    form.deinitialize(count: 1)
    form.deallocate()
  }
}

extension TextForms.Field {
  fileprivate init(_ field: TextPlan.Field, of call: Call, next: Int) {
    (slot, isBareHex, bit, self.next) = (field.slot, field.isBareHex, field.bit, next)
    switch field.slot {
    case .address: flags = .hasAddress
    case .physicalAddress: flags = .hasPhysicalAddress
    case .value: flags = call == .free ? .hasCPUAddress : []
    default: flags = []
    }
    name = .allocate(capacity: field.name.count)
    _ = name.initialize(from: field.name)
    let text = field.name + [0x3d]
    var (words, masks) = ([UInt64](repeating: 0, count: 2), [UInt64](repeating: 0, count: 2))
    if text.count <= 16, field.name.allSatisfy({ $0 > 0x20 && $0 != 0x3d && $0 != 0x7b }) {
      for (index, byte) in text.enumerated() {
        words[index / 8] |= UInt64(byte) << UInt64(8 * (index % 8))
        masks[index / 8] |= 0xff << UInt64(8 * (index % 8))
      }
    }
    (first, second, firstMask, secondMask) = (words[0], words[1], masks[0], masks[1])
  }
}

extension UnsafeMutablePointer<TextForms.Field> {
  /// Where the field's value begins if its name stands at a position; nil if it does not, or is long. By pointer: a field is
  /// too large to be copied for each word of a line.
  @inline(__always)
  func value(in line: TextBytes, at position: Int) -> Int? {
    let mask = pointee.firstMask
    guard line.word(position) & mask == pointee.first, mask != 0 else { return nil }
    if pointee.secondMask != 0, line.word(position &+ 8) & pointee.secondMask != pointee.second { return nil }
    return position &+ pointee.name.count &+ 1
  }
}
