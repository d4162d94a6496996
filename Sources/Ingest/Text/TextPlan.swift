import DMAModel

/// How to turn the fields of one event's lines into an `Event`, compiled once from the event dictionary.
struct TextPlan {
  /// One field that means something.
  struct Field {
    var name: [UInt8]
    var slot: EventDictionary.Slot
    /// Whether the kernel prints the number in hexadecimal without saying so.
    var isBareHex: Bool
    /// Stands for the slot among those that a line must have.
    var bit: UInt16
  }

  /// The lines of tracepoints, or of dynamic events, which have the probed address in parentheses first.
  struct Form {
    var call: Call
    var flags: Event.Flags
    var fields: [Field] = []
    /// The first word has no name and is the device's.
    var beginsWithDevice = false
    var isOfList = false
    /// What the kernel always prints of a tracepoint.
    var required: UInt16 = 0
    /// What is more than a field in its place; nil where nothing is.
    var conversions: TextConversions?
  }

  /// The bit of attributes.
  static let attributes: UInt16 = 8
  private static let bits: [EventDictionary.Slot: UInt16] = [
    .address: 1, .physicalAddress: 2, .size: 4, .attributes: attributes, .physicalAddresses: 16,
    .busAddresses: 32,
    .lengths: 64,
  ]

  let name: String
  /// Nil where the dictionary does not know the event.
  let tracepoint: Form?
  let probe: Form?
  let isStack: Bool
  /// Another event of the recording says what this one does.
  let isSuperseded: Bool

  /// - Parameter text: the name as it is printed, with its system or without.
  init(_ text: String, _ dictionary: EventDictionary, recorded: Set<String> = []) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let system = parts.count == 2 ? String(parts[0]) : nil
    let name = parts.count == 2 ? String(parts[1]) : text
    self.name = name
    // trace-cmd's name of it, and what stands in its place in tracefs: `<stack trace>`.
    isStack = name == "kernel_stack" || text == "<stack"
    let systems = system.map { [$0] } ?? dictionary.tracepointSystems
    let exact = systems.lazy.compactMap { system in
      dictionary.row(system: system, name: name).map { (system, $0) }
    }.first { $0.1.system == $0.0 }
    let usual = dictionary.row(system: system ?? "*", name: name)
    isSuperseded = (exact?.1 ?? usual)?.isSuperseded(by: recorded) ?? false
    guard !isSuperseded else {
      (tracepoint, probe) = (nil, nil)
      return
    }
    tracepoint = exact.map { TextPlan.form($0.1, system: $0.0) }
    let isOther = system.map(dictionary.tracepointSystems.contains) ?? false
    probe = isOther ? nil : usual.map { TextPlan.form($0, system: nil) }
  }

  private static func form(_ row: EventDictionary.Row, system: String?) -> Form {
    var form = Form(call: row.call, flags: row.flags)
    if system == nil { form.flags.insert(.isProbe) }
    form.beginsWithDevice = system == "dma"
    form.conversions = TextConversions(row)
    // Rows that people write, and those of vendors, do not say what the kernel always prints.
    let isStrict = ["dma", "swiotlb", "iommu"].contains(system) && form.conversions == nil
    for (slot, fieldNames) in row.pairs where slot.isList || row.conversions[slot] == nil {
      // include/trace/events/{dma,swiotlb}.h print addresses and masks with a bare %llx.
      let isAddress = slot == .address || slot == .physicalAddress || slot == .value
      let isBareHex = isAddress && (system == "dma" || system == "swiotlb")
      var names = fieldNames
      if slot == .lengths { names.append("sizes") }
      if slot == .physicalAddresses { names.append("phys_addrs") }
      let bit = TextPlan.bits[slot] ?? 0
      if isStrict { form.required |= bit & ~TextPlan.attributes }
      for name in names where !form.fields.contains(where: { $0.name == Array(name.utf8) }) {
        form.fields.append(Field(name: Array(name.utf8), slot: slot, isBareHex: isBareHex, bit: bit))
      }
      if slot == .physicalAddresses || slot == .busAddresses || slot == .nents { form.isOfList = true }
    }
    return form
  }
}
