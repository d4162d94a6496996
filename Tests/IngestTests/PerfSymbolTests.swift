import DMAModel
import Testing

@testable import Ingest

/// Records laid out after include/uapi/linux/perf_event.h; names as the kernel gives them (kernel/bpf/core.c,
/// kernel/trace/ftrace.c, kernel/kprobes.c).
@Suite("Kernel addresses in a perf.data") struct PerfSymbolTests {
  /// Addresses of a machine: the kernel, code that comes and goes, a module.
  struct Machine: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var kernel: UInt64
    var code: UInt64
    var module: UInt64
    var elsewhere: UInt64
  }

  static let machines = [
    Machine(
      testDescription: "64 bits", kernel: 0xffff_ffff_a000_0000, code: 0xffff_ffff_c010_0000,
      module: 0xffff_ffff_c040_0000, elsewhere: 0xffff_c900_0000_1234),
    // Modules lie below the kernel.
    Machine(
      testDescription: "32 bits", kernel: 0xc000_8000, code: 0xbf10_0000, module: 0xbf40_0000,
      elsewhere: 0xf000_1234),
  ]

  private static func bare(_ address: UInt64) -> String { "0x" + String(address, radix: 16) }

  /// The names of each event's frames, as the trace gives them in the end.
  private static func names(_ builder: PerfBuilder) throws -> [[String]] {
    try withFile(builder.build()) { path in
      let trace = try Trace(path: path)
      let reading = Reading(trace)
      #expect(reading.recording.problems.isEmpty)
      let symbols = try #require(trace.symbols())
      return reading.events.map { event in trace.stacks[event.stack].map { symbols.symbol(at: $0) } }
    }
  }

  @Test(
    "are named by the code that was there at the time, by their module, or by their place in the kernel",
    arguments: PerfDataTests.forms, machines)
  func names(form: PerfDataTests.Form, machine: Machine) throws {
    var builder = PerfBuilder()
    (builder.bigEndian, builder.isPipe, builder.packing) = (form.bigEndian, form.isPipe, form.packing)
    let chain = [
      UInt64(bitPattern: -128), machine.kernel + 0x19_c7a9, machine.code + 0x10, machine.module + 0x28d5,
      machine.elsewhere,
    ]
    func sample(_ time: UInt64) {
      builder.sample(
        time: time, cpu: 0, chain: chain, mapRecord(address: time << 12, bigEndian: form.bigEndian))
    }
    // To the end of memory, as perf has it on some machines.
    builder.kernelMap(
      machine.kernel, 0 &- machine.kernel, page: machine.kernel, "[kernel.kallsyms]_text")
    builder.kernelMap(
      machine.module, 0x8000, "/lib/modules/6.12.0/kernel/drivers/nvme/host/nvme-core.ko.xz")
    builder.kernelSymbol(machine.code, 0x80, "bpf_prog_6deef7357e7b4530_first")
    // Out of order, as records of two CPUs are.
    builder.kernelSymbol(
      machine.code, 0x80, "bpf_prog_6deef7357e7b4530_first", isGone: true, time: 200, cpu: 1)
    builder.kernelSymbol(machine.code, 0x1000, "ftrace_trampoline", kind: 2, time: 300, cpu: 1)
    for time in [100, 250, 350] as [UInt64] { sample(time) }
    builder.record(68, [])
    builder.kernelSymbol(
      machine.code, 0x1000, "ftrace_trampoline", kind: 2, isGone: true, time: 400, cpu: 1)
    // Begins before the address.
    builder.kernelSymbol(machine.code - 0x1000, 0x2000, "kprobe_insn_page", kind: 2, time: 450, cpu: 1)
    for time in [399, 401, 500] as [UInt64] { sample(time) }
    builder.record(68, [])
    let (first, second) = ("bpf_prog_6deef7357e7b4530_first+0x10", "ftrace_trampoline+0x10")
    let nobody = Self.bare(machine.code + 0x10)
    let expected = [first, nobody, second, second, nobody, "kprobe_insn_page+0x1010"].map {
      ["[kernel]+0x19c7a9", $0, "[nvme_core]+0x28d5", Self.bare(machine.elsewhere)]
    }
    #expect(try Self.names(builder) == expected)
  }

  @Test("of code that perf tells of as well as the kernel are that code's from the beginning")
  func twice() throws {
    var builder = PerfBuilder()
    builder.kernelSymbol(0xffff_ffff_c010_0000, 0x80, "bpf_prog_1")
    builder.kernelSymbol(0xffff_ffff_c010_0000, 0x80, "bpf_prog_1", time: 200)
    builder.sample(time: 100, cpu: 0, chain: [0xffff_ffff_c010_007f], mapRecord(address: 0x1000))
    builder.sample(time: 300, cpu: 0, chain: [0xffff_ffff_c010_0080], mapRecord(address: 0x2000))
    #expect(try Self.names(builder) == [["bpf_prog_1+0x7f"], ["0xffffffffc0100080"]])
  }

  @Test("are named by a saved /proc/kallsyms first, and by the recording's modules where it is silent")
  func files() throws {
    var maps = KernelMaps()
    var builder = PerfBuilder()
    builder.kernelMap(0xffff_ffff_8100_0000, 0x100_0000, "[kernel.kallsyms]_text")
    builder.kernelMap(0xffff_ffff_c0a0_0000, 0x1000, "/lib/modules/6.12.0/kernel/drivers/net/e1000.ko")
    try withFile(builder.build()) { path in
      let source = try openInput(path).randomAccess()
      let header = try PerfHeader(source)
      var records = PerfRecords(
        ByteStream(source, from: header.records.lowerBound), header.records, bigEndian: false)
      while let record = try records.nextWaiting() { maps.note(record.body, isSecond: false) }
    }
    let recorded = maps.symbolizer
    #expect(recorded != nil)
    let symbolizer = try #require(
      try SymbolFilesTests.symbolizer(kallsyms: SymbolFilesTests.kallsyms, recorded: recorded))
    #expect(symbolizer.symbol(at: 0xffff_ffff_8100_0110) == "dma_direct_map_sg+0x10")
    #expect(symbolizer.symbol(at: 0xffff_ffff_81f0_0000) == "[kernel]+0xf00000")
    #expect(symbolizer.symbol(at: 0xffff_ffff_c050_0010) == "nvme_setup+0x10 [nvme_core]")
    #expect(symbolizer.symbol(at: 0xffff_ffff_c0a0_0020) == "[e1000]+0x20")
  }

  /// The body of a `PERF_RECORD_KSYMBOL`.
  private static func note(
    _ code: inout KernelCode, _ start: UInt64, _ length: UInt32, _ name: [UInt8], isGone: Bool = false,
    time: UInt64
  ) {
    var out = ByteWriter()
    out.put(start)
    out.put(length)
    out.put(1 as UInt16)
    out.put(isGone ? 1 : 0 as UInt16)
    out.put(name)
    out.bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      code.note(PerfBytes(base: base, count: bytes.count, bigEndian: false), time: time)
    }
  }

  @Test("in code that comes and goes without end are named, and what is gone takes no room")
  func turnover() {
    var code = KernelCode()
    let name = Array("bpf_prog_x".utf8)
    for turn in 0..<UInt64(3 * KernelCode.limit) {
      let (start, time) = (0xc000_0000 + turn * 64, turn * 10 + 1)
      Self.note(&code, start, 64, name, time: time)
      Self.note(&code, start, 64, name, isGone: true, time: time + 5)
      code.settle(upTo: time + 4)
      guard turn % 1000 == 999 else { continue }
      #expect(code.name(of: start + 4, at: time + 2) == "bpf_prog_x+0x4")
      #expect(code.name(of: start + 64, at: time + 2) == nil)
    }
    #expect(code.omitted == 0)
  }

  @Test("are bounded in number, and odd records do no harm")
  func odd() {
    var code = KernelCode()
    Self.note(&code, .max - 10, .max, Array("end".utf8), time: 1)
    Self.note(&code, 0x1000, 0, Array("empty".utf8), time: 1)
    Self.note(&code, 0x2000, 16, [0, 0], time: 1)
    Self.note(&code, 0x3000, 16, Array("never there".utf8), isGone: true, time: 1)
    Self.note(&code, 0x4000, 16, [UInt8](repeating: 0x61, count: 4000), time: 1)
    code.settle(upTo: 2)
    #expect(code.name(of: .max - 1, at: 2) == "end+0x9")
    #expect([0x1000, 0x2000, 0x3000, 0].allSatisfy { code.name(of: $0, at: 2) == nil })
    #expect(code.name(of: 0x4001, at: 2)?.utf8.count == 512 + 4)
    for turn in 0..<UInt64(KernelCode.limit) {
      Self.note(&code, 0x10_0000 + turn * 64, 64, Array("a".utf8), time: 3)
    }
    code.settle(upTo: 4)
    #expect(code.omitted == 2)
    #expect(code.name(of: 0x10_0000, at: 4) == "a+0x0")
  }
}
