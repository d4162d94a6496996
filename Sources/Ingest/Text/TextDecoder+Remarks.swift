import DMAModel

/// Lines that are no events.
extension TextDecoder {
  mutating func remark(_ bytes: TextBytes, _ batch: EventBatch) -> Outcome {
    let line = bytes.text(0, bytes.count)
    guard let first = line.firstIndex(where: { $0 > 0x20 }) else { return .other }
    let text = UnsafeBufferPointer(rebasing: line[first...])
    if text.count > 2, text[0] == 0x3d, text[1] == 0x3e {
      addFrame(TextDecoder.namedFrame(UnsafeBufferPointer(rebasing: text[2...]), frames), bytes)
      return .other
    }
    if line[0] == 0x09 {
      addFrame(TextDecoder.addressedFrame(text, frames), bytes)
      return .other
    }
    if text[0] == 0x23 {
      takeHeader(text)
      return .other
    }
    if TextDecoder.isGraph(text) {
      graphLines &+= 1
      return .other
    }
    let words = String(decoding: text.prefix(80), as: UTF8.self)
    if words.hasPrefix("cpus="), let count = Int(words.dropFirst(5).prefix { $0.isNumber }) {
      (header.cpus, header.printer) = (min(count, 1 << 16), .traceCmd)
      return .other
    }
    if words.hasPrefix("version = ") || words.hasPrefix("CPU ") && words.hasSuffix(" is empty") {
      header.printer = .traceCmd
      return .other
    }
    guard let event = TextDecoder.loss(words) else { return .unknown }
    take(event, batch)
    return .other
  }

  /// `CPU:1 [LOST 5686 EVENTS]` of the kernel, `CPU:0 [1297 EVENTS DROPPED]` of trace-cmd: the event, without its time.
  static func loss(_ words: String) -> Event? {
    guard words.hasPrefix("CPU"), words.contains("EVENTS"),
      words.contains("LOST") || words.contains("DROPPED")
    else { return nil }
    let numbers = words.split { !$0.isNumber }.compactMap { UInt64($0) }
    var event = Event()
    event.call = .lost
    event.cpu = UInt16(truncatingIfNeeded: numbers.first ?? 0)
    event.value = numbers.count > 1 ? numbers[1] : Event.unknownCount
    return event
  }

  private mutating func take(_ loss: Event, _ batch: EventBatch) {
    var event = loss
    event.time = time
    batch.lostWindows &+= 1
    if event.value != Event.unknownCount {
      batch.lostEvents &+= event.value
    } else {
      batch.lostWindowsWithoutCount &+= 1
    }
    endStack(batch)
    stackOwner = .nobody
    if firstTime == nil { untimed += 1 }
    batch.append(event)
  }

  /// `# entries-in-buffer/entries-written: 1723/11300   #P:2`, and `# dmascope: kernel=6.12.0 arch=aarch64`, which
  /// `dmascope capture`'s script puts before the kernel's text.
  private mutating func takeHeader(_ text: UnsafeBufferPointer<UInt8>) {
    let words = String(decoding: text.prefix(200), as: UTF8.self)
    if words.hasPrefix("# dmascope: ") {
      for word in words.split(separator: " ") {
        if word.hasPrefix("kernel=") { header.kernel = String(word.dropFirst(7)) }
        if word.hasPrefix("arch=") { header.architecture = String(word.dropFirst(5)) }
      }
    }
    guard words.hasPrefix("# entries-in-buffer") else { return }
    let numbers = words.split { !$0.isNumber }.compactMap { UInt64($0) }
    if numbers.count >= 2, numbers[1] > numbers[0] { header.overwritten = numbers[1] - numbers[0] }
    if numbers.count >= 3 { header.cpus = Int(min(numbers[2], 1 << 16)) }
  }

  /// ` 0)   1.234 us    |  arch_sync_dma_for_cpu();` and the lines between: the function graph has no times of day.
  private static func isGraph(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var position = 0
    while position < text.count, text[position] &- 0x30 < 10 { position += 1 }
    if position > 0, position < text.count, text[position] == 0x29 { return true }
    return text.count > 8 && text.prefix(8).allSatisfy { $0 == 0x2d }
  }

  /// Whether a line needs nothing of those before it: it is an event's, or tells of a loss.
  static func beginsAnew(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let line = TextBytes(text) else { return false }
    if TextLine(line) != nil { return true }
    guard let first = text.firstIndex(where: { $0 > 0x20 }), text[first] == UInt8(ascii: "C") else {
      return false
    }
    return loss(String(decoding: text[first...].prefix(80), as: UTF8.self)) != nil
  }
}
