import DMAModel

/// What a row of the event dictionary makes of the members of one call's lines.
final class LineConversions: Sendable {
  private struct Field: Sendable {
    var slot: EventDictionary.Slot
    var keys: [JSONKeys.Key]
    var conversion: EventDictionary.Conversion
  }

  private let fields: [Field]
  private let row: RowConversions

  /// Nil for a row that takes members as they are.
  init?(_ row: EventDictionary.Row, _ keys: JSONKeys) {
    guard row.isConverted else { return nil }
    self.row = RowConversions(row)
    var fields: [Field] = []
    for (slot, names) in row.pairs where !slot.isList {
      guard let conversion = row.conversions[slot] else { continue }
      fields.append(Field(slot: slot, keys: names.map { keys.number($0) }, conversion: conversion))
    }
    self.fields = fields.sorted { RowConversions.order($0.slot) < RowConversions.order($1.slot) }
  }

  /// - Throws: a problem if a member holds neither a number nor a word of its table.
  func apply(
    _ line: borrowing JSONLine, _ event: inout Event, _ names: inout LocalNames, _ batch: EventBatch
  ) throws(JSONProblem) {
    for field in fields {
      var found: JSONValue?
      for key in field.keys where found == nil { found = line[key] }
      guard let value = found else { continue }
      let isName = field.slot == .device || field.slot == .name
      let result: EventDictionary.Constant?
      switch value.kind {
      case .integer: result = field.conversion.result(value.number, address: event.address)
      case .yes, .no: result = field.conversion.result(value.kind == .yes ? 1 : 0, address: event.address)
      case .string, .escapedString:
        let text = Array(line.unescaped(value).utf8)
        result = text.withUnsafeBufferPointer {
          field.conversion.result($0, isName: isName, address: event.address)
        }
      default: throw JSONProblem(Int(value.start), "an integer of 64 bits or a word")
      }
      if let result {
        result.store(in: field.slot, of: &event, &names)
      } else if field.conversion.numbers.isEmpty, field.conversion.words.isEmpty {
        throw JSONProblem(Int(value.start), "an integer of 64 bits")
      }
    }
    row.finish(&event, &names, batch)
  }
}
