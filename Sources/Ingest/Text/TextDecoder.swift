import DMAModel

/// Turns lines of trace text into events.
struct TextDecoder: ~Copyable {
  /// What a line came to.
  enum Outcome {
    case event, undecoded
    /// A frame of a call stack, a remark of the tracer: nothing that is counted.
    case other
    /// Nothing that is known.
    case unknown
  }

  /// Who printed the lines, as far as they have shown.
  enum Printer {
    case ftrace, traceCmd, perf
  }

  private let dictionary: EventDictionary
  /// Names of events that the recording is known to have.
  private let recorded: Set<String>
  private let frames: FrameNames
  private var names: LocalNames
  private var stacks: LocalStacks
  private var frameBuffer: [UInt64] = []
  /// The event in the batch to which the frames that follow belong.
  private var stackOwner: Int?
  private var hasStacks = false
  /// The last event of each CPU in the batch, −1 where there is none.
  private var lastEvents: [Int] = []

  private let eventNames = NameTable()
  private var eventNumbers: LocalNames
  private(set) var plans: [TextPlan] = []
  private(set) var counts: [UInt64] = []

  private(set) var tasks = TaskNames()
  private(set) var highestCPU = 0
  private(set) var printer = Printer.ftrace
  /// What the header says, if there is one.
  private(set) var cpus = 0
  private(set) var kernel = ""
  private(set) var architecture = ""
  private(set) var overwritten: UInt64 = 0
  private(set) var graphLines: UInt64 = 0
  private(set) var backwards: UInt64 = 0
  private var time: UInt64 = 0

  /// - Parameter recorded: names of events that the recording is known to have: those behind them are not counted twice.
  init(
    _ shared: SharedTables, _ frames: FrameNames, dictionary: EventDictionary = EventDictionary(),
    recorded: Set<String> = []
  ) {
    self.frames = frames
    (self.dictionary, self.recorded) = (dictionary, recorded)
    names = LocalNames(shared.names)
    stacks = LocalStacks(shared.stacks)
    eventNumbers = LocalNames(eventNames)
  }

  /// Reads one line and puts its event, if it is one, into the batch.
  ///
  /// - Parameter isCut: whether the input ends before the line does. What looks whole may lack digits then.
  mutating func decode(
    _ line: UnsafeBufferPointer<UInt8>, isCut: Bool = false, into batch: EventBatch
  ) -> Outcome {
    guard let text = TextLine(line) else { return remark(line, batch) }
    endStack(batch)
    if text.isPerf { printer = .perf }
    let number = Int(plan(text.name))
    if plans[number].isStack {
      // Frames follow, one a line.
      hasStacks = true
      let cpu = Int(text.cpu)
      let last = cpu < lastEvents.count ? lastEvents[cpu] : -1
      stackOwner = last >= 0 ? last : nil
      if cpu < lastEvents.count { lastEvents[cpu] = -1 }
      return .other
    }
    if !text.task.isEmpty { tasks.note(text.pid, .bytes(text.task)) }
    highestCPU = max(highestCPU, Int(text.cpu))
    if text.time < time { backwards &+= 1 } else { time = text.time }
    let isProbe = text.body.first == 0x28
    let plan = plans[number]
    guard let form = isProbe ? plan.probe ?? plan.tracepoint : plan.tracepoint ?? plan.probe else {
      stackOwner = nil
      note(number, batch)
      return .undecoded
    }
    var event = Event()
    (event.time, event.pid, event.cpu, event.context) = (time, text.pid, text.cpu, text.context)
    (event.call, event.flags) = (form.call, form.flags)
    let segments = batch.segmentCount
    guard take(text.body, form, isCut, &event, batch),
      form.conversions?.apply(text.body, &event, &names, batch) ?? true
    else {
      batch.dropSegments(from: segments)
      stackOwner = nil
      return .unknown
    }
    note(number, batch)
    batch.append(event)
    stackOwner = text.isPerf ? batch.count - 1 : nil
    while lastEvents.count <= Int(text.cpu) { lastEvents.append(-1) }
    lastEvents[Int(text.cpu)] = batch.count - 1
    return .event
  }

  private mutating func note(_ number: Int, _ batch: EventBatch) {
    counts[number] &+= 1
    batch.records &+= 1
    batch.firstTime = min(batch.firstTime, time)
    batch.lastTime = max(batch.lastTime, time)
  }

  /// The events that follow are in another batch.
  mutating func leave(_ batch: EventBatch) {
    endStack(batch)
    stackOwner = nil
    for index in lastEvents.indices { lastEvents[index] = -1 }
  }

  private mutating func plan(_ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
    guard let base = name.baseAddress else { return 0 }
    let number = eventNumbers.number(base, name.count)
    while plans.count <= Int(number) {
      plans.append(TextPlan(eventNames[UInt32(plans.count)], dictionary, recorded: recorded))
      counts.append(0)
    }
    return number
  }

  // MARK: - Lines that are no events

  private mutating func remark(_ line: UnsafeBufferPointer<UInt8>, _ batch: EventBatch) -> Outcome {
    guard let first = line.firstIndex(where: { $0 > 0x20 }) else { return .other }
    let text = UnsafeBufferPointer(rebasing: line[first...])
    if text.count > 2, text[0] == 0x3d, text[1] == 0x3e {
      addFrame(UnsafeBufferPointer(rebasing: text[2...]))
      return .other
    }
    if line[0] == 0x09 {
      addAddressedFrame(text)
      return .other
    }
    if text[0] == 0x23 {
      header(text)
      return .other
    }
    if isGraph(text) {
      graphLines &+= 1
      return .other
    }
    let words = String(decoding: text.prefix(80), as: UTF8.self)
    if words.hasPrefix("cpus="), let count = Int(words.dropFirst(5).prefix { $0.isNumber }) {
      (cpus, printer) = (min(count, 1 << 16), .traceCmd)
      return .other
    }
    if words.hasPrefix("version = ") || words.hasPrefix("CPU ") && words.hasSuffix(" is empty") {
      printer = .traceCmd
      return .other
    }
    return loss(words, batch) ? .other : .unknown
  }

  /// `CPU:1 [LOST 5686 EVENTS]` of the kernel, `CPU:0 [1297 EVENTS DROPPED]` of trace-cmd.
  private mutating func loss(_ words: String, _ batch: EventBatch) -> Bool {
    guard words.hasPrefix("CPU"), words.contains("EVENTS"),
      words.contains("LOST") || words.contains("DROPPED")
    else { return false }
    let numbers = words.split { !$0.isNumber }.compactMap { UInt64($0) }
    var event = Event()
    (event.call, event.time) = (.lost, time)
    event.cpu = UInt16(truncatingIfNeeded: numbers.first ?? 0)
    batch.lostWindows &+= 1
    if numbers.count > 1 {
      event.value = numbers[1]
      batch.lostEvents &+= numbers[1]
    } else {
      event.value = Event.unknownCount
      batch.lostWindowsWithoutCount &+= 1
    }
    endStack(batch)
    stackOwner = nil
    batch.append(event)
    return true
  }

  /// `# entries-in-buffer/entries-written: 1723/11300   #P:2`, and `# dmascope: kernel=6.12.0 arch=aarch64`, which
  /// `dmascope capture`'s script puts before the kernel's text.
  private mutating func header(_ text: UnsafeBufferPointer<UInt8>) {
    let words = String(decoding: text.prefix(200), as: UTF8.self)
    if words.hasPrefix("# dmascope: ") {
      for word in words.split(separator: " ") {
        if word.hasPrefix("kernel=") { kernel = String(word.dropFirst(7)) }
        if word.hasPrefix("arch=") { architecture = String(word.dropFirst(5)) }
      }
    }
    guard words.hasPrefix("# entries-in-buffer") else { return }
    let numbers = words.split { !$0.isNumber }.compactMap { UInt64($0) }
    if numbers.count >= 2, numbers[1] > numbers[0] { overwritten = numbers[1] - numbers[0] }
    if numbers.count >= 3 { cpus = Int(min(numbers[2], 1 << 16)) }
  }

  /// ` 0)   1.234 us    |  arch_sync_dma_for_cpu();` and the lines between: the function graph has no times of day.
  private func isGraph(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var position = 0
    while position < text.count, text[position] &- 0x30 < 10 { position += 1 }
    if position > 0, position < text.count, text[position] == 0x29 { return true }
    return text.count > 8 && text.prefix(8).allSatisfy { $0 == 0x2d }
  }

  // MARK: - Call stacks

  private mutating func endStack(_ batch: EventBatch) {
    if let owner = stackOwner, owner < batch.count, !frameBuffer.isEmpty {
      batch.events[owner].stack = frameBuffer.withUnsafeBufferPointer { stacks.number($0) }
    }
    frameBuffer.removeAll(keepingCapacity: true)
  }

  /// ` => dma_map_page_attrs+0x1c/0x30 [nvme]`, or trace-cmd's `=> dma_set_mask (ffffffffa679a4e9)`.
  private mutating func addFrame(_ text: UnsafeBufferPointer<UInt8>) {
    guard stackOwner != nil, frameBuffer.count < 128 else { return }
    var words = String(decoding: text, as: UTF8.self).split(separator: " ")
    if let last = words.last, words.count > 1, last.hasPrefix("("), last.hasSuffix(")") { words.removeLast() }
    addFrame(words.prefix(2).map(String.init))
  }

  /// perf's `ffffffffa019c7a9 dma_map_page_attrs+0x189 ([kernel.kallsyms])`.
  private mutating func addAddressedFrame(_ text: UnsafeBufferPointer<UInt8>) {
    guard stackOwner != nil, frameBuffer.count < 128 else { return }
    var words = String(decoding: text, as: UTF8.self).split(separator: " ").map(String.init)
    guard words.count >= 2, let address = UInt64(words[0], radix: 16) else { return }
    words.removeFirst()
    if words[0] == "[unknown]" {
      frameBuffer.append(address)
      return
    }
    let module = words.count > 1 ? words[1].dropFirst().dropLast() : ""
    addFrame([words[0]] + (module.hasPrefix("[") && module != "[kernel.kallsyms]" ? [String(module)] : []))
  }

  /// A function, with its offset and size if they are known, and its module in brackets.
  private mutating func addFrame(_ words: [String]) {
    guard let function = words.first else { return }
    let place = function.split(separator: "/", maxSplits: 1)[0]
    if place.hasPrefix("0x"), let address = UInt64(place.dropFirst(2), radix: 16),
      !FrameNames.isTaken(address)
    {
      frameBuffer.append(address)
    } else {
      frameBuffer.append(frames.address(([String(place)] + words.dropFirst()).joined(separator: " ")))
    }
  }

  // MARK: - Fields

  private typealias Text = UnsafeBufferPointer<UInt8>

  private struct Arrays {
    var physical: Text?
    var bus: Text?
    var lengths: Text?
    var hasNents = false
    var hasEnts = false
  }

  /// - Returns: false if a field that is known holds what it cannot, or one is missing that the kernel always prints.
  private mutating func take(
    _ body: Text, _ form: TextPlan.Form, _ isCut: Bool, _ event: inout Event, _ batch: EventBatch
  ) -> Bool {
    guard let base = body.baseAddress else { return form.required == 0 }
    var met: UInt16 = 0
    let count = body.count
    var position = 0
    var expected = 0
    var arrays = Arrays()
    var isFirst = true
    if count > 0, base[0] == 0x28 {
      // The probed address.
      while position < count, base[position] != 0x29 { position += 1 }
      position += 1
    }
    while position < count {
      while position < count, base[position] <= 0x20 { position += 1 }
      let start = position
      while position < count, base[position] > 0x20, base[position] != 0x3d, base[position] != 0x7b {
        position += 1
      }
      guard position < count, base[position] == 0x3d || base[position - 1] == 0x3a else {
        // A word without a name.
        if form.beginsWithDevice, isFirst, position > start {
          event.device = names.number(base + start, position - start)
        } else if event.call == .swiotlbBounced, position - start == 5, base[start] == 0x46 {
          // FORCE, or else NORMAL.
          event.flags.insert(.forced)
        } else if position == start {
          position += 1
        }
        isFirst = false
        continue
      }
      isFirst = false
      let isColon = base[position] != 0x3d
      let nameEnd = isColon ? position - 1 : position
      position += 1
      let value = TextDecoder.value(base, &position, count)
      guard let index = TextDecoder.field(base + start, nameEnd - start, form, &expected) else {
        // `IOMMU:` stands before a field that has a name of its own.
        if isColon { position = nameEnd + 1 }
        continue
      }
      guard assign(form.fields[index], value, &event, &arrays) else { return false }
      met |= form.fields[index].bit
    }
    if met & form.required != form.required { return false }
    // The attributes come last: with them the rest is whole.
    if isCut, met & TextPlan.attributes == 0 { return false }
    if form.isOfList { take(arrays, &event, batch) }
    return true
  }

  /// The place of a field in the form; fields come in about the same order in each line.
  @inline(__always)
  private static func field(
    _ name: UnsafePointer<UInt8>, _ count: Int, _ form: TextPlan.Form, _ expected: inout Int
  ) -> Int? {
    let all = form.fields.count
    for step in 0..<all {
      var index = expected + step
      if index >= all { index -= all }
      let known = form.fields[index].name
      guard known.count == count else { continue }
      var position = 0
      while position < count, known[position] == name[position] { position += 1 }
      if position == count {
        expected = index + 1 == all ? 0 : index + 1
        return index
      }
    }
    return nil
  }

  /// The text of a value: in quotes, in braces or brackets, or up to the next blank.
  @inline(__always)
  private static func value(_ base: UnsafePointer<UInt8>, _ position: inout Int, _ count: Int) -> Text {
    while position < count, base[position] == 0x20, base[position - 1] == 0x3a { position += 1 }
    guard position < count, base[position] > 0x20 else { return Text(start: base + position, count: 0) }
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
      return Text(start: base + start + 1, count: position - start - 1)
    }
    if first == 0x7b || (first == 0x41 && position + 5 < count && base[position + 5] == 0x5b) {
      let close: UInt8 = first == 0x7b ? 0x7d : 0x5d
      while position < count, base[position] != close { position += 1 }
      position = min(position + 1, count)
      return Text(start: base + start, count: position - start)
    }
    while position < count, base[position] > 0x20 { position += 1 }
    return Text(start: base + start, count: position - start)
  }

  private mutating func assign(
    _ field: TextPlan.Field, _ value: Text, _ event: inout Event, _ arrays: inout Arrays
  ) -> Bool {
    switch field.slot {
    case .device, .name:
      guard let base = value.baseAddress else { return true }
      let number = names.number(base, value.count)
      if field.slot == .device { event.device = number } else { event.name = number }
    case .address, .physicalAddress, .size, .value, .offset:
      guard let number = TextDecoder.number(value, bareHex: field.isBareHex) else { return false }
      switch field.slot {
      case .address:
        event.address &+= number
        event.flags.insert(.hasAddress)
      case .offset: event.address &+= number
      case .physicalAddress:
        event.physicalAddress = number
        event.flags.insert(.hasPhysicalAddress)
      case .size: event.size = number
      default:
        event.value = number
        if event.call == .free { event.flags.insert(.hasCPUAddress) }
      }
    case .direction:
      if let direction = TextWords.direction(value) {
        event.direction = direction
      } else {
        guard let number = TextDecoder.number(value, bareHex: false) else { return false }
        event.direction = Direction(recorded: number)
      }
    case .attributes:
      if value.isEmpty { break }
      if value[0] &- 0x30 < 10 {
        guard let number = TextDecoder.number(value, bareHex: false) else { return false }
        event.attributes = TextWords.attributeBits.attributes(number)
      } else {
        event.attributes = TextWords.anyAttributes(String(decoding: value, as: UTF8.self))
      }
    case .allocation:
      guard let first = value.first else { break }
      if first &- 0x30 < 10 {
        guard let number = TextDecoder.number(value, bareHex: false) else { return false }
        event.allocation = TextDecoder.gfp.flags(number)
      } else {
        event.allocation = TextWords.allocation(String(decoding: value, as: UTF8.self))
      }
    case .forced: break
    case .nents:
      event.nents = TextDecoder.full(value)
      arrays.hasNents = true
    case .ents:
      event.ents = TextDecoder.full(value)
      arrays.hasEnts = true
    case .physicalAddresses: arrays.physical = value
    case .busAddresses: arrays.bus = value
    case .lengths: arrays.lengths = value
    }
    return true
  }

  private static let gfp = AllocationMap([])

  /// `4/4`: as many as the event holds, and as many as there were.
  private static func full(_ value: Text) -> Int32 {
    let slash = value.firstIndex(of: 0x2f).map { $0 + 1 } ?? 0
    return Int32(truncatingIfNeeded: number(Text(rebasing: value[slash...]), bareHex: false) ?? 0)
  }

  /// `4096`, `0x1000`, `-22`, with `bareHex` `44ac0000` too; a null pointer is 0. Nil for anything else.
  @inline(__always)
  static func number(_ text: UnsafeBufferPointer<UInt8>, bareHex: Bool) -> UInt64? {
    if text.first == 0x28 {
      // The kernel's and the C library's word for a null pointer.
      return text.elementsEqual("(null)".utf8) || text.elementsEqual("(nil)".utf8) ? 0 : nil
    }
    guard bareHex, text.count < 2 || text[1] | 0x20 != 0x78 else { return TextWords.number(text) }
    guard !text.isEmpty, text.count <= 16 else { return nil }
    var value: UInt64 = 0
    for byte in text {
      var digit = byte &- 0x30
      if digit >= 10 {
        digit = (byte | 0x20) &- 0x57
        guard digit >= 10, digit < 16 else { return nil }
      }
      value = value << 4 | UInt64(digit)
    }
    return value
  }

  // MARK: - Scatterlists

  private func take(_ arrays: Arrays, _ event: inout Event, _ batch: EventBatch) {
    event.segments = UInt32(batch.segmentCount)
    let limit = { (isRecorded: Bool, count: Int32) in isRecorded ? max(0, Int(count)) : Int(UInt16.max) }
    let physical = append(arrays.physical, 8, limit(arrays.hasNents, event.nents), batch)
    let busStart = batch.segmentCount
    let bus = append(arrays.bus, 8, limit(arrays.hasEnts, event.ents), batch)
    let lengths = append(arrays.lengths, 4, bus, batch)
    event.physicalCount = UInt16(physical)
    // Addresses without their lengths, or the other way round, cannot be placed.
    if lengths == bus { event.busCount = UInt16(bus) } else { batch.dropSegments(from: busStart) }
    if !arrays.hasNents { event.nents = Int32(physical) }
    if !arrays.hasEnts { event.ents = Int32(event.busCount) }
  }

  /// The numbers of `{0x1000,0x2000}`, or of `ARRAY[00, 10, …]`, which is bytes as they lay in a little-endian machine's memory.
  ///
  /// - Returns: how many there are, at most `limit`.
  private func append(_ text: Text?, _ width: Int, _ limit: Int, _ batch: EventBatch) -> Int {
    guard let text, text.count > 1 else { return 0 }
    let isRaw = text[0] == 0x41
    var (count, value, digits, bytes) = (0, UInt64(0), 0, 0)
    for byte in text.dropFirst(isRaw ? 6 : 1) {
      var digit = byte &- 0x30
      if digit >= 10 { digit = (byte | 0x20) &- 0x57 }
      if digit < 16, byte != 0x78 {
        value =
          isRaw
          ? value | UInt64(digit) << UInt64((8 * bytes + (digits == 0 ? 4 : 0)) & 63)
          : value << 4 | UInt64(digit)
        digits += 1
        continue
      }
      guard byte == 0x2c || byte == 0x7d || byte == 0x5d, digits > 0 else { continue }
      digits = 0
      bytes += 1
      if isRaw, bytes < width { continue }
      guard count < limit, count < Int(UInt16.max) else { return count }
      batch.reserveSegments(1).pointee = value
      count += 1
      (value, bytes) = (0, 0)
    }
    return count
  }
}

// MARK: - Events that are not whole yet

extension TextDecoder {
  /// The first event in the batch that may yet get its stack; nil if all are whole. The stack of an event comes right
  /// behind it, but other CPUs' events may come between.
  var firstUnfinished: Int? {
    var first = stackOwner
    guard hasStacks else { return first }
    for last in lastEvents where last >= 0 { first = min(first ?? last, last) }
    return first
  }

  /// So many events have left the batch at its beginning; those behind them have moved up.
  mutating func leave(first count: Int) {
    stackOwner = stackOwner.flatMap { $0 >= count ? $0 - count : nil }
    for index in lastEvents.indices { lastEvents[index] = max(-1, lastEvents[index] - count) }
  }
}
