import Ingest
import YAMLFiles
import Yams

// The kinds of values in a file of events.
extension EventFile {
  /// The place of a parameter.
  func slot(
    _ key: Node, _ function: EventDictionary.Function, isTaken: (EventDictionary.Slot) -> Bool
  ) throws(YAMLFileError) -> EventDictionary.Slot {
    guard let slot = key.scalar.flatMap({ function.parameters[$0.string] }) else {
      let known = function.parameters.keys.sorted().joined(separator: ", ")
      throw misfit(key, "a parameter of \(function.name): \(known)")
    }
    guard !isTaken(slot) else { throw misfit(key, "each parameter once, under one of its names") }
    return slot
  }

  /// `dma_addr`, `[iova, dma_addr]`, or `{field: pages, times: 4096}`.
  func field(
    _ node: Node, _ slot: EventDictionary.Slot
  ) throws(YAMLFileError) -> ([String], EventDictionary.Conversion?) {
    guard case .mapping(let mapping) = node else { return (try names(node), nil) }
    guard let field = mapping["field"] else { throw misfit(node, "a field's name under the key field") }
    var conversion = EventDictionary.Conversion()
    for (key, value) in mapping where key.scalar?.string != "field" {
      guard let step = Self.steps.first(where: { $0.name == key.scalar?.string }) else {
        throw misfit(key, "one of field, \(Self.steps.map(\.name).joined(separator: ", "))")
      }
      do {
        try step.take(self, value, slot, &conversion)
      } catch let error as YAMLFileError {
        throw error
      } catch {
        throw YAMLFileError("\(place(value)): \(error)")
      }
    }
    return (try names(field), conversion)
  }

  private typealias Taking =
    @Sendable (EventFile, Node, EventDictionary.Slot, inout EventDictionary.Conversion) throws -> Void
  /// What can be made of a field.
  private static let steps: [(name: String, take: Taking)] = [
    ("hex", { file, node, _, conversion in conversion.isHex = try file.truth(node) }),
    ("and", { file, node, _, conversion in conversion.mask = try file.number(node) }),
    ("shift", { file, node, _, conversion in conversion.shift = Int(try file.integer(node, -63...63)) }),
    ("times", { file, node, _, conversion in conversion.factor = try file.number(node) }),
    (
      "plus",
      { file, node, _, conversion in
        conversion.addend = UInt64(bitPattern: try file.integer(node, Int64.min...Int64.max))
      }
    ),
    ("bits", { file, node, _, conversion in conversion.countsBits = try file.truth(node) }),
    ("wholePages", { file, node, _, conversion in conversion.page = try file.page(node) }),
    ("values", { try $0.takeValues($1, $2, &$3) }),
  ]

  private func takeValues(
    _ node: Node, _ slot: EventDictionary.Slot, _ conversion: inout EventDictionary.Conversion
  ) throws(YAMLFileError) {
    for (key, value) in try mapping(node, "a mapping of recorded values to what they mean") {
      guard let text = key.scalar?.string, !text.isEmpty else { throw misfit(key, "a number or a word") }
      let meaning = try constant(value, slot)
      if let number = EventFile.number(text) {
        conversion.numbers[number] = meaning
      } else {
        conversion.words[text] = meaning
      }
    }
  }

  func constant(_ node: Node, _ slot: EventDictionary.Slot) throws(YAMLFileError) -> EventDictionary.Constant
  {
    guard let text = node.scalar?.string, let constant = EventDictionary.constant(text, for: slot) else {
      let expected =
        switch slot {
        case .direction: "TO_DEVICE, FROM_DEVICE, BIDIRECTIONAL or NONE"
        case .attributes: "attributes such as SKIP_CPU_SYNC|NO_WARN"
        case .allocation: "flags such as GFP_ATOMIC"
        case .device, .name: "a name"
        case .forced: "true or false"
        case .physicalAddresses, .busAddresses, .lengths: "a field: lists have no constants"
        default: "a number, such as 4096 or 0x1000"
        }
      throw misfit(node, expected)
    }
    return constant
  }

  private func names(_ node: Node) throws(YAMLFileError) -> [String] {
    let nodes: [Node] = node.sequence.map { Array($0) } ?? [node]
    guard !nodes.isEmpty else { throw misfit(node, "the name of a field") }
    var names: [String] = []
    for node in nodes {
      guard let name = node.scalar?.string, isName(name) else {
        throw misfit(node, "the name of a field, of letters, digits and _")
      }
      names.append(name)
    }
    return names
  }

  /// Whether the kernel would take a name for an event or a field.
  func isName(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x5f
        || $0 == 0x2d || $0 == 0x2e
    }
    return isPlain && !text.isEmpty && text.utf8.count <= 128
  }

  private func number(_ node: Node) throws(YAMLFileError) -> UInt64 {
    guard let number = node.scalar.flatMap({ EventFile.number($0.string) }) else {
      throw misfit(node, "a number, such as 4096 or 0x1000")
    }
    return number
  }

  /// With a sign, too; hexadecimal up to 64 bits.
  private func integer(_ node: Node, _ range: ClosedRange<Int64>) throws(YAMLFileError) -> Int64 {
    if let text = node.scalar?.string {
      let isNegative = text.hasPrefix("-")
      let digits = isNegative || text.hasPrefix("+") ? String(text.dropFirst()) : text
      if let magnitude = EventFile.number(digits) {
        let isWide = range == Int64.min...Int64.max
        let value = Int64(bitPattern: isNegative ? 0 &- magnitude : magnitude)
        if isWide || magnitude <= UInt64(Int64.max), range.contains(value) { return value }
      }
    }
    throw misfit(
      node, range.lowerBound == .min ? "a number" : "a number from \(range.lowerBound) to \(range.upperBound)"
    )
  }

  private func page(_ node: Node) throws(YAMLFileError) -> UInt64 {
    guard let size = node.scalar.flatMap({ EventFile.number($0.string) }), size.nonzeroBitCount == 1,
      (512...(1 << 30)).contains(size)
    else { throw misfit(node, "the size of a page, a power of two from 512 to 1073741824") }
    return size
  }
}
