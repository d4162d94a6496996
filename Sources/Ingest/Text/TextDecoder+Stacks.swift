import DMAModel

/// Call stacks: their frames follow the line that they belong to, one a line.
extension TextDecoder {
  private static let frameLimit = 128
  /// Stands for a line that has no frame: no name has this number.
  private static let noFrame = UInt64(1) << 63

  /// Whether a line begins as those of frames do, those that are remembered.
  @inline(__always)
  static func mayBeFrame(_ line: TextBytes) -> Bool {
    let start = line.word(0)
    return start & 0xff == 0x09 || start & 0xffff == 0x3e3d || start & 0xff_ffff == 0x3e3d20
  }

  mutating func endStack(_ batch: EventBatch) {
    if frameBuffer.isEmpty { return }
    switch stackOwner {
    case .nobody: break
    case .event(let index):
      if index < batch.count { batch.events[index].stack = stackNumber() }
    case .before(let cpu): leadingStacks.append((cpu, stackNumber()))
    }
    frameBuffer.removeAll(keepingCapacity: true)
  }

  private mutating func stackNumber() -> StackID { frameBuffer.withUnsafeBufferPointer { stacks.number($0) } }

  /// Adds the frame of a line that has been met before; false if it has not.
  mutating func addKnownFrame(_ line: TextBytes) -> Bool {
    guard let frame = frameLines.value(of: line) else { return false }
    append(frame)
    return true
  }

  /// Adds the frame of a line that has not been met before.
  mutating func addFrame(_ frame: UInt64?, _ line: TextBytes) {
    let frame = frame ?? TextDecoder.noFrame
    if TextDecoder.mayBeFrame(line) { frameLines.keep(frame, for: line) }
    append(frame)
  }

  private mutating func append(_ frame: UInt64) {
    if case .nobody = stackOwner { return }
    if frame != TextDecoder.noFrame, frameBuffer.count < TextDecoder.frameLimit { frameBuffer.append(frame) }
  }

  /// ` => dma_map_page_attrs+0x1c/0x30 [nvme]`, or trace-cmd's `=> dma_set_mask (ffffffffa679a4e9)`.
  static func namedFrame(_ text: UnsafeBufferPointer<UInt8>, _ frames: FrameNames) -> UInt64? {
    var words = String(decoding: text, as: UTF8.self).split(separator: " ")
    if let last = words.last, words.count > 1, last.hasPrefix("("), last.hasSuffix(")") { words.removeLast() }
    return frame(words.prefix(2).map(String.init), frames)
  }

  /// perf's `ffffffffa019c7a9 dma_map_page_attrs+0x189 ([kernel.kallsyms])`.
  static func addressedFrame(_ text: UnsafeBufferPointer<UInt8>, _ frames: FrameNames) -> UInt64? {
    var words = String(decoding: text, as: UTF8.self).split(separator: " ").map(String.init)
    guard words.count >= 2, let address = UInt64(words[0], radix: 16) else { return nil }
    words.removeFirst()
    if words[0] == "[unknown]" { return address }
    let module = words.count > 1 ? words[1].dropFirst().dropLast() : ""
    return frame(
      [words[0]] + (module.hasPrefix("[") && module != "[kernel.kallsyms]" ? [String(module)] : []), frames)
  }

  /// A function, with its offset and size if they are known, and its module in brackets.
  private static func frame(_ words: [String], _ frames: FrameNames) -> UInt64? {
    guard let function = words.first, let place = function.split(separator: "/", maxSplits: 1).first else {
      return nil
    }
    if place.hasPrefix("0x"), let address = UInt64(place.dropFirst(2), radix: 16),
      !FrameNames.isTaken(address)
    {
      return address
    }
    return frames.address(([String(place)] + words.dropFirst()).joined(separator: " "))
  }
}
