import DMAModel

/// What archives say of a recording beside its events: fields of a number, a length and that many bytes, in any order.
/// Unknown numbers are passed over.
enum ArchiveFacts {
  private enum Field: UInt16 {
    case format = 1
    case kernel, architecture, clock
    case cpus = 16
    case pageSize, firstTime, lastTime, lostEvents, lostWindows, lostWindowsWithoutCount, overruns, isComplete
    case event = 32
    case undecodedEvent, problem, skipped, task, buffer, frame
    case bufferName = 64
    case bufferClock, bufferCPU, bufferBytes, bufferEvents, bufferLostEvents, bufferLostWindows
    case profileMaker = 80
    case profileContent, profileLacksLive
  }

  // MARK: - Writing

  private struct Writer {
    var bytes = ArchiveBytes()

    mutating func put(_ field: Field, _ body: (inout ArchiveBytes) -> Void) {
      var content = ArchiveBytes()
      body(&content)
      bytes.put(field.rawValue)
      bytes.put(UInt32(truncatingIfNeeded: content.bytes.count))
      bytes.bytes += content.bytes
    }

    mutating func put(_ field: Field, _ text: String) {
      if !text.isEmpty { put(field) { $0.bytes += Array(text.utf8) } }
    }

    mutating func put(_ field: Field, _ number: UInt64) {
      if number > 0 { put(field) { $0.put(number) } }
    }

    mutating func put(_ field: Field, _ number: UInt64, _ text: String) {
      put(field) {
        $0.put(number)
        $0.bytes += Array(text.utf8)
      }
    }
  }

  /// - Parameters:
  ///   - known: task names that need not be written, since the reader has them already.
  ///   - frames: names of return addresses that blocks have without.
  static func bytes(
    _ recording: Recording, known: [Int32: String] = [:], frames: [(address: UInt64, name: String)] = []
  ) -> [UInt8] {
    var writer = Writer()
    writer.put(.format, recording.format)
    writer.put(.kernel, recording.kernel)
    writer.put(.architecture, recording.architecture)
    writer.put(.clock, recording.clock)
    writer.put(.cpus, UInt64(max(0, recording.cpus)))
    writer.put(.pageSize, UInt64(max(0, recording.pageSize)))
    writer.put(.firstTime, recording.firstTime)
    writer.put(.lastTime, recording.lastTime)
    writer.put(.lostEvents, recording.lostEvents)
    writer.put(.lostWindows, recording.lostWindows)
    writer.put(.lostWindowsWithoutCount, recording.lostWindowsWithoutCount)
    writer.put(.overruns, recording.overruns)
    writer.put(.isComplete, recording.isComplete ? 1 : 0)
    for (name, count) in recording.eventsByName.sorted(by: { $0.key < $1.key }) {
      writer.put(recording.undecodedEvents.contains(name) ? .undecodedEvent : .event, count, name)
    }
    for problem in recording.problems { writer.put(.problem, problem) }
    for (what, count) in recording.skipped.sorted(by: { $0.key < $1.key }) {
      writer.put(.skipped, count, what)
    }
    for (pid, name) in recording.taskNames.sorted(by: { $0.key < $1.key }) where known[pid] != name {
      writer.put(.task, UInt64(UInt32(bitPattern: pid)), name)
    }
    for frame in frames { writer.put(.frame, frame.address, frame.name) }
    for buffer in recording.buffers { writer.put(.buffer) { $0.bytes += bytes(buffer) } }
    return writer.bytes.bytes
  }

  private static func bytes(_ buffer: Recording.Buffer) -> [UInt8] {
    var writer = Writer()
    writer.put(.bufferName, buffer.name)
    writer.put(.bufferClock, buffer.clock)
    for cpu in buffer.cpus { writer.put(.bufferCPU) { $0.put(UInt64(max(0, cpu))) } }
    writer.put(.bufferBytes, buffer.storedBytes)
    writer.put(.bufferEvents, buffer.events)
    writer.put(.bufferLostEvents, buffer.lostEvents)
    writer.put(.bufferLostWindows, buffer.lostWindows)
    return writer.bytes.bytes
  }

  /// The fields of a profile.
  static func bytes(_ profile: ArchivedProfile) -> [UInt8] {
    var writer = Writer()
    writer.put(.profileMaker, profile.maker)
    writer.put(.profileContent) { $0.bytes += profile.content }
    writer.put(.profileLacksLive, profile.lacksLive ? 1 : 0)
    return writer.bytes.bytes
  }

  // MARK: - Reading

  /// What is kept of each kind: a field of some bytes may need a hundred in memory. No reader finds more in a recording.
  private static let (nameLimit, taskLimit) = (1 << 16, 1 << 17)
  private static let (cpuLimit, otherLimit) = (1 << 14, 1 << 12)

  /// One field: its number, and its bytes.
  private static func forEachField(
    _ bytes: ArraySlice<UInt8>, _ body: (Field, ArraySlice<UInt8>) -> Void
  ) {
    var rest = bytes
    while rest.count >= 6 {
      let number = UInt16(truncatingIfNeeded: word(rest.prefix(2)))
      let length = word(rest.dropFirst(2).prefix(4))
      rest = rest.dropFirst(6)
      guard length <= UInt64(rest.count) else { return }
      if let field = Field(rawValue: number) { body(field, rest.prefix(Int(length))) }
      rest = rest.dropFirst(Int(length))
    }
  }

  /// The number that the first bytes are, eight at most.
  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  /// Takes over what the fields say; what they do not say stays as it is.
  static func read(_ bytes: [UInt8], into recording: inout Recording) {
    forEachField(bytes[...]) { field, content in
      let number = word(content)
      let named = text(content.dropFirst(8))
      switch field {
      case .format: recording.format = text(content)
      case .kernel: recording.kernel = text(content)
      case .architecture: recording.architecture = text(content)
      case .clock: recording.clock = text(content)
      case .cpus: recording.cpus = Int(min(number, 1 << 20))
      case .pageSize:
        if number.nonzeroBitCount == 1, 512...(1 << 24) ~= number { recording.pageSize = Int(number) }
      case .firstTime: recording.firstTime = number
      case .lastTime: recording.lastTime = number
      case .lostEvents: recording.lostEvents = number
      case .lostWindows: recording.lostWindows = number
      case .lostWindowsWithoutCount: recording.lostWindowsWithoutCount = number
      case .overruns: recording.overruns = number
      case .isComplete: recording.isComplete = number == 1
      case .event where recording.eventsByName.count < nameLimit: recording.eventsByName[named] = number
      case .undecodedEvent where recording.eventsByName.count < nameLimit:
        recording.eventsByName[named] = number
        recording.undecodedEvents.insert(named)
      case .problem where recording.problems.count < otherLimit: recording.problems.append(text(content))
      case .skipped where recording.skipped.count < otherLimit: recording.skipped[named] = number
      case .task where recording.taskNames.count < taskLimit:
        recording.taskNames[Int32(truncatingIfNeeded: number)] = named
      case .buffer where recording.buffers.count < otherLimit: recording.buffers.append(buffer(content))
      default: break
      }
    }
  }

  /// Names of return addresses that blocks have without.
  static func readFrames(_ bytes: [UInt8], into symbols: ArchiveSymbols) {
    forEachField(bytes[...]) { field, content in
      if field == .frame, content.count > 8 { symbols.note(text(content.dropFirst(8)), at: word(content)) }
    }
  }

  /// The profile that the fields make up; nil if they lack its content.
  static func profile(_ bytes: [UInt8]) -> ArchivedProfile? {
    var profile = ArchivedProfile(maker: "", content: [], lacksLive: false)
    forEachField(bytes[...]) { field, content in
      switch field {
      case .profileMaker: profile.maker = text(content)
      case .profileContent: profile.content = Array(content)
      case .profileLacksLive: profile.lacksLive = word(content) == 1
      default: break
      }
    }
    return profile.content.isEmpty ? nil : profile
  }

  private static func buffer(_ bytes: ArraySlice<UInt8>) -> Recording.Buffer {
    var buffer = Recording.Buffer()
    forEachField(bytes) { field, content in
      let number = word(content)
      switch field {
      case .bufferName: buffer.name = text(content)
      case .bufferClock: buffer.clock = text(content)
      case .bufferCPU where buffer.cpus.count < cpuLimit: buffer.cpus.append(Int(min(number, 1 << 20)))
      case .bufferBytes: buffer.storedBytes = number
      case .bufferEvents: buffer.events = number
      case .bufferLostEvents: buffer.lostEvents = number
      case .bufferLostWindows: buffer.lostWindows = number
      default: break
      }
    }
    return buffer
  }
}
