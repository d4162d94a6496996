import DMAModel

/// What a row of the event dictionary makes of the words of one event's lines.
///
/// Only events whose row converts something have one, and their lines are searched a second time for it.
final class TextConversions: Sendable {
  private struct Field: Sendable {
    var slot: EventDictionary.Slot
    var names: [[UInt8]]
    var conversion: EventDictionary.Conversion
  }

  private let fields: [Field]
  private let row: RowConversions

  /// Nil for a row that takes fields as they are.
  init?(_ row: EventDictionary.Row) {
    guard row.isConverted else { return nil }
    self.row = RowConversions(row)
    var fields: [Field] = []
    for (slot, names) in row.pairs where !slot.isList {
      guard let conversion = row.conversions[slot] else { continue }
      fields.append(Field(slot: slot, names: names.map { Array($0.utf8) }, conversion: conversion))
    }
    self.fields = fields.sorted { RowConversions.order($0.slot) < RowConversions.order($1.slot) }
  }

  /// - Returns: false if a field holds neither a number nor a word of its table.
  func apply(
    _ body: UnsafeBufferPointer<UInt8>, _ event: inout Event, _ names: inout LocalNames, _ batch: EventBatch
  ) -> Bool {
    for field in fields {
      guard let value = TextConversions.value(of: field.names, in: body) else { continue }
      let isName = field.slot == .device || field.slot == .name
      if let result = field.conversion.result(value, isName: isName, address: event.address) {
        result.store(in: field.slot, of: &event, &names)
      } else if field.conversion.numbers.isEmpty, field.conversion.words.isEmpty {
        return false
      }
    }
    row.finish(&event, &names, batch)
    return true
  }

  /// What stands behind `NAME=` or `NAME:`, up to the next blank, without a comma at its end.
  private static func value(
    of names: [[UInt8]], in body: UnsafeBufferPointer<UInt8>
  ) -> UnsafeBufferPointer<UInt8>? {
    for name in names {
      var position = 0
      while position + name.count < body.count {
        let isStart = position == 0 || body[position - 1] <= 0x20 || body[position - 1] == 0x2c
        let end = position + name.count
        guard isStart, body[end] == 0x3d || body[end] == 0x3a, body[position..<end].elementsEqual(name) else {
          position += 1
          continue
        }
        var start = end + 1
        if body[end] == 0x3a {
          while start < body.count, body[start] == 0x20 { start += 1 }
        }
        var stop = start
        let isQuoted = start < body.count && body[start] == 0x22
        if isQuoted {
          start += 1
          stop = start
          while stop < body.count, body[stop] != 0x22 { stop += 1 }
        } else {
          while stop < body.count, body[stop] > 0x20 { stop += 1 }
          while stop > start, body[stop - 1] == 0x2c { stop -= 1 }
        }
        return UnsafeBufferPointer(rebasing: body[start..<stop])
      }
    }
    return nil
  }
}
