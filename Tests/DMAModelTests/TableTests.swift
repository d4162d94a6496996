import Testing

@testable import DMAModel

@Suite struct TableTests {
  @Test("The same name has the same number, and number 0 is the empty name")
  func names() {
    let table = NameTable()
    #expect(table.intern("") == 0)
    let usb = table.intern("usb")
    #expect(usb != 0 && table.intern("usb") == usb && table.intern("nvme") != usb)
    #expect(table[usb] == "usb" && table[0] == "" && table[999] == "")
    #expect(table.count == 3)
  }

  @Test("Names past the limit share one number; those before it keep theirs")
  func nameLimit() {
    let table = NameTable()
    let early = table.intern("early")
    for number in 0..<NameTable.limit { _ = table.intern("name \(number)") }
    let late = table.intern("late")
    #expect(table.count == NameTable.limit)
    #expect(table[late] == "(further names)" && table.intern("later") == late)
    #expect(table.intern("early") == early && table[early] == "early")
  }

  @Test("Long names take their room from the same budget: past it names share one number")
  func nameBytes() {
    let table = NameTable()
    let long = String(repeating: "x", count: 60_000)
    for number in 0..<1_000 { _ = table.intern(long + String(number)) }
    let bytes = (0..<UInt32(table.count)).reduce(0) { $0 + table[$1].utf8.count }
    #expect(bytes <= NameTable.byteLimit + 60_000)
    #expect(table[table.intern("late")] == "(further names)")
  }

  @Test("A stack is kept once, whatever its hash")
  func stacks() {
    let table = StackTable()
    let first = table.intern([1, 2, 3], hash: 7)
    #expect(first == 1 && table.intern([1, 2, 3], hash: 7) == first)
    // Another stack of the same hash is another stack.
    let second = table.intern([1, 2], hash: 7)
    #expect(second == 2 && table[second] == [1, 2] && table[first] == [1, 2, 3])
    #expect(table[0] == [] && table[99] == [] && table.count == 3)
  }

  @Test("Stacks past the limit of frames are not kept, and get 0")
  func frameLimit() {
    let table = StackTable()
    let frames = [UInt64](repeating: 1, count: 1 << 16)
    var kept = 0
    for hash in 0..<UInt64(StackTable.frameLimit / frames.count + 2) {
      if table.intern(frames + [hash], hash: hash) != 0 { kept += 1 }
    }
    // Each has 65,537 frames: one fewer fits than of 65,536.
    #expect(kept == StackTable.frameLimit / frames.count - 1)
    #expect(table.count == kept + 1)
  }

  @Test("Stacks past the limit of stacks are not kept, and get 0")
  func stackLimit() {
    let table = StackTable()
    for hash in 0..<UInt64(StackTable.limit + 5) { _ = table.intern([hash], hash: hash) }
    #expect(table.count == StackTable.limit)
    #expect(table.intern([1 << 40], hash: 1 << 40) == 0)
    #expect(table.intern([0], hash: 0) == 1)
  }
}

@Suite struct EnumerationTests {
  @Test("Directions are those of enum dma_data_direction, anything else is none")
  func directions() {
    #expect([0, 1, 2, 3].map { Direction(recorded: $0) } == [.bidirectional, .toDevice, .fromDevice, .none])
    #expect(
      Direction(recorded: 4) == .none && Direction(recorded: 256) == .none
        && Direction(recorded: .max) == .none)
    #expect(Direction.fromDevice.name == "FROM_DEVICE")
  }

  @Test("Attributes print as the kernel names them, unknown bits in the kernel's numbering")
  func attributes() {
    #expect(Attributes(rawValue: 0).description == "0")
    #expect(Attributes([.skipCPUSync, .noWarn]).description == "SKIP_CPU_SYNC|NO_WARN")
    // Bit 12 of the kernel is kept as bit 28.
    #expect(Attributes(rawValue: 1 << 28).description == "0x1000")
    #expect(Attributes(rawValue: 1 << 28 | 1 << 3).unknown == Attributes(rawValue: 1 << 28))
  }

  @Test("A recording's span does not run backwards, and a task without a name goes by its number")
  func recording() {
    var recording = Recording()
    recording.firstTime = 10
    recording.lastTime = 4
    recording.eventsByName = ["a": .max, "b": 2]
    recording.taskNames = [5: "iperf3"]
    #expect(recording.span == 0 && recording.events == 1)
    #expect(
      recording.taskName(0) == "<idle>" && recording.taskName(5) == "iperf3"
        && recording.taskName(6) == "pid 6")
  }
}
