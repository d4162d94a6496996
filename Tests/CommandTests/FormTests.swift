import Foundation
import Testing

/// The same workload in each form that a trace comes in.
@Suite("A trace in another form")
struct FormTests {
  @Test(
    "of the same workload gives the same device",
    arguments: [
      ("ftrace.txt.zst", "ftrace text in zstd"), ("pipe.txt.zst", "ftrace text in zstd"),
      ("report.txt.zst", "trace-cmd report text in zstd"),
      ("perf-plain.script.txt.zst", "perf script text in zstd"),
      ("perf-z.script.txt.zst", "perf script text in zstd"),
      ("perf-g.script.txt.zst", "perf script text in zstd"), ("ftrace-noirq.txt.zst", "ftrace text in zstd"),
      ("perf-plain.data", "perf.data"), ("perf-z.data", "perf.data (zstd records)"),
      ("perf-g.data", "perf.data (zstd records)"), ("perf-pipe.data", "perf.data (zstd records) (pipe mode)"),
      ("perf-pipe-plain.data", "perf.data (pipe mode)"),
    ])
  func forms(name: String, format: String) throws {
    let report = try Report(on: "forms/\(name)")
    #expect(report.input.format == format && report.input.problems.isEmpty)
    let wanted: UInt64 = name.hasPrefix("ftrace-noirq") ? 64 : name == "perf-pipe-plain.data" ? 128 : 512
    let device = try #require(report.devices.first)
    #expect(report.devices.count == 1 && device.name == "0000:00:03.0")
    #expect(device.map.calls == wanted && device.unmap.calls == wanted && device.unmap.unknown == 0)
    #expect(report.input.eventsByName == ["dma_map_page": wanted, "dma_unmap_page": wanted])
  }

  /// over-b begins when much has been overwritten.
  static let whole = Facts.forms.keys.sorted().filter {
    Facts.forms[$0]?.maintenance.lost == 0
  }

  @Test("of the arm64 machine gives the kernel's own calls, bytes and lines", arguments: whole)
  func maintenance(name: String) throws {
    let facts = try #require(Facts.forms[name])
    let report = try Report(
      on: "forms/\(name)", "--platform", "arm64", "--cache-line", "\(facts.maintenance.line)")
    #expect(report.input.problems.isEmpty && report.input.eventsByName == facts.events)
    for (step, function) in MaintenanceTests.steps {
      for direction in MaintenanceTests.directions {
        let expected = facts.maintenance.truth[function]?[direction] ?? Facts.Sum()
        #expect(report.totals.maintenance[step]?.fact(direction) == expected, "\(function) \(direction)")
      }
    }
    #expect(!facts.maintenance.truth.isEmpty)
  }

  @Test("is what the recording is, where both are at hand")
  func same() throws {
    let (text, recording) = (try Report(on: "forms/text-b.trace.txt.zst"), try Report(on: "text-b.dat"))
    #expect(text.devices.map(\.name) == recording.devices.map(\.name))
    #expect(text.totals.maintenance == recording.totals.maintenance)
    #expect(text.totals.map == recording.totals.map && text.totals.unmap == recording.totals.unmap)
    #expect(text.totals.instructions == recording.totals.instructions)
  }

  @Test("with call chains names the callers")
  func stacks() throws {
    let outcome = try Program.run(["report", Fixture.path("forms/perf-g.script.txt.zst")])
    #expect(outcome.status == 0 && outcome.text.contains("nvme_prep_rq.part.0+0x585"))
  }

  @Test("that was overwritten or lost says so")
  func losses() throws {
    #expect(try Report(on: "forms/over-b.trace.txt.zst").input.overruns == 11_300 - 1723)
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("pipe.txt")
      let line =
        "  fio-280     [000] d.h1.    99.623936: dma_unmap_page: disk dir=FROM_DEVICE dma_addr=9fe4000 size=4096 attrs="
      try Data("\(line)\nCPU:0 [LOST 5686 EVENTS]\n\(line)\nCPU:1 [LOST EVENTS]\n".utf8).write(to: file)
      let input = try Report(try Program.run(["report", file.path, "--json", "-"])).input
      #expect(input.lostEvents == 5686 && input.lostWindows == 2 && input.lostWindowsWithoutCount == 1)
    }
  }

  @Test("among other lines is found, and what is no trace's is counted and shown")
  func noise() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("console.txt")
      let boot = (0..<300).map { "[    0.\($0)] Booting Linux on physical CPU 0x\($0)" }.joined(
        separator: "\n")
      let event = " my task-1 2-280 ( 280) [001] dN.2.    99.623936: dma_map_page: a b"
      let good =
        " my task-1 2-280     ( 280) [001] dN.2.    99.623936: dma_map_page: disk dir=TO_DEVICE dma_addr=1000 size=64 phys_addr=1000 attrs=SKIP_CPU_SYNC"
      try Data("\(boot)\n\(good)\n\(event)\n\(good.prefix(90))".utf8).write(to: file)
      let outcome = try Program.run(["report", file.path, "--json", "-"])
      #expect(outcome.status == 3 && outcome.errors.contains("TASK-PID [CPU] TIME: EVENT"))
      let report = try JSONDecoder().decode(Report.self, from: Data(outcome.text.utf8))
      #expect(report.totals.map.calls >= 1)
      #expect(report.input.problems.last?.contains("further lines like these") == true)
    }
  }

  @Test("by the recording script says which machine it is of")
  func machine() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("result.txt")
      let line =
        "  fio-280     [000] d.h1.    99.6: dma_map_page: disk dir=TO_DEVICE dma_addr=1000 size=64 phys_addr=1000 attrs="
      try Data("# dmascope: kernel=6.12.0 arch=riscv64\n# tracer: nop\n#\n\(line)\n".utf8).write(to: file)
      let report = try Report(try Program.run(["report", file.path, "--json", "-"]))
      #expect(report.input.kernel == "6.12.0" && report.platform.name == "riscv")
    }
  }

  @Test("of something else is refused with what was looked for")
  func refusal() throws {
    let outcome = try Program.run(["report", Fixture.path("README.md")])
    #expect(outcome.status == 65 && outcome.errors.contains("ftrace, trace-cmd or perf text"))
  }
}
