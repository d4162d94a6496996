import DMAModel

/// What a row of the event dictionary makes of the records of one event, compiled from the recording's format.
///
/// Only events whose row converts something have one; the others are decoded as fast as before.
struct RecordConversions: Sendable {
  private enum Place: Sendable {
    case number(EventPlan.Number)
    /// An array or string somewhere in the record.
    case text(EventPlan.Location)
    /// Characters within the fixed part.
    case characters(offset: Int, count: Int)
  }

  private struct Field: Sendable {
    var slot: EventDictionary.Slot
    var place: Place
    var conversion: EventDictionary.Conversion
  }

  private var fields: [Field] = []
  private let row: RowConversions

  init(_ row: EventDictionary.Row) { self.row = RowConversions(row) }

  /// Takes over a field that is more than a number in its place.
  mutating func add(
    _ slot: EventDictionary.Slot, _ field: EventFormat.Field, _ conversion: EventDictionary.Conversion,
    number: EventPlan.Number, location: EventPlan.Location, _ format: EventFormat
  ) {
    var conversion = conversion
    if !conversion.words.isEmpty {
      // What text shows as a word is a number in the record.
      for row in PrintTable.rows(for: field.name, in: format.printFormat) {
        if let meaning = conversion.words[row.name] { conversion.numbers[row.value] = meaning }
      }
    }
    let place: Place =
      number.offset >= 0
      ? .number(number)
      : location.offset >= 0 ? .text(location) : .characters(offset: field.offset, count: field.size)
    fields.append(Field(slot: slot, place: place, conversion: conversion))
    fields.sort { RowConversions.order($0.slot) < RowConversions.order($1.slot) }
  }

  /// Fills in what the plan alone cannot.
  ///
  /// - Parameter base: the record, whose fixed part was found whole: `length` bytes from there are readable.
  func apply(
    _ base: UnsafeRawPointer, _ length: Int, bigEndian: Bool, _ event: inout Event,
    _ names: inout LocalNames, _ batch: EventBatch
  ) {
    for field in fields {
      let isName = field.slot == .device || field.slot == .name
      let result: EventDictionary.Constant?
      switch field.place {
      case .number(let place):
        guard let number = load(place, base, length, bigEndian) else { continue }
        result = field.conversion.result(number, address: event.address)
      case .text(let place):
        let word = EventPlan.Number(offset: place.offset, width: 4)
        guard let number = load(word, base, length, bigEndian) else { continue }
        let (start, count) = (Int(number & 0xffff) + Int(place.base), Int(number >> 16))
        guard start + count <= length else { continue }
        result = field.conversion.result(
          text(base, start, count), isName: isName, address: event.address)
      case .characters(let offset, let count):
        guard offset + count <= length else { continue }
        result = field.conversion.result(text(base, offset, count), isName: isName, address: event.address)
      }
      result?.store(in: field.slot, of: &event, &names)
    }
    row.finish(&event, &names, batch)
  }

  /// The bytes up to the first zero.
  private func text(_ base: UnsafeRawPointer, _ start: Int, _ count: Int) -> UnsafeBufferPointer<UInt8> {
    let bytes = UnsafeBufferPointer(
      start: (base + start).assumingMemoryBound(to: UInt8.self), count: count)
    return UnsafeBufferPointer(rebasing: bytes[..<(bytes.firstIndex(of: 0) ?? count)])
  }

  private func load(
    _ place: EventPlan.Number, _ base: UnsafeRawPointer, _ length: Int, _ bigEndian: Bool
  ) -> UInt64? {
    let (offset, width) = (Int(place.offset), Int(place.width))
    guard offset >= 0, offset + width <= length else { return nil }
    var value: UInt64 = 0
    for index in 0..<width {
      let byte = base.load(fromByteOffset: offset + index, as: UInt8.self)
      value |= UInt64(byte) << UInt64(8 * (bigEndian ? width - 1 - index : index))
    }
    guard place.isSigned, width < 8, value >> UInt64(8 * width - 1) != 0 else { return value }
    return value | UInt64.max << UInt64(8 * width)
  }
}
