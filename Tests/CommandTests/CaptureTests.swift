import Capture
import Foundation
import Testing

@testable import Ingest

@Suite("The recording script")
struct CaptureTests {
  static let tracepoints = [
    "dma/dma_map_page", "dma/dma_unmap_page", "swiotlb/swiotlb_bounced", "iommu/map", "iommu/unmap",
  ]
  static let functions = [
    "dma_set_mask", "dma_set_coherent_mask", "dma_get_required_mask", "dma_max_mapping_size",
    "dma_pool_create",
    "dma_pool_alloc", "dma_pool_free", "dma_pool_destroy", "dma_pool_destroy_all [some_module]",
    "arch_sync_dma_for_device", "arch_sync_dma_for_cpu", "arch_dma_prep_coherent",
  ]

  /// The shells on this machine that a target may have.
  static let shells = [["dash"], ["busybox", "sh"], ["bash", "--posix"], ["sh"]].filter { Tool.exists($0[0]) }

  /// Runs a script that `dmascope capture` printed.
  static func record(
    _ folder: TracingFolder, options: String = "", arguments: String = "", shell: [String] = ["sh"],
    environment: [String: String] = [:]
  ) throws -> Program.Outcome {
    try Program.shell(
      #""$dmascope" capture \#(options) > "$TRACEFS.sh" && cd "$TRACEFS/.." && "#
        + #"exec \#(shell.joined(separator: " ")) "$TRACEFS.sh" \#(arguments)"#,
      environment: folder.environment().merging(environment) { $1 })
  }

  /// What a dry run says after a label, in order.
  static func said(_ label: String, _ outcome: Program.Outcome) -> [String] {
    outcome.text.split(separator: "\n").filter { $0.hasPrefix(label + " ") }
      .map { $0.dropFirst(label.count).trimmingCharacters(in: .whitespaces) }
  }

  @Test("defines nothing but what the event dictionary knows, fields included")
  func dictionary() throws {
    let dictionary = EventDictionary()
    for set in DynamicEventSet.calls + DynamicEventSet.truth {
      for event in set.events {
        let row = try #require(dictionary.row(system: set.group.rawValue, name: event.name), "\(event.name)")
        #expect(names(row).isSuperset(of: event.fields.map(\.name)), "\(event.name)")
        if case .unused = event.result { continue }
        let name = event.name + "__return"
        let end = try #require(dictionary.row(system: set.group.rawValue, name: name), "\(name)")
        if case .value(let field, _) = event.result { #expect(names(end).contains(field), "\(name)") }
      }
    }
  }

  /// The names of fields that a row reads.
  private func names(_ row: EventDictionary.Row) -> Set<String> {
    Set(
      row.fields.split(separator: " ").flatMap { $0.split(separator: "=")[1].split(separator: "|") }
        .map(String.init))
  }

  @Test(
    "is one that every shell reads, whatever is asked for", arguments: shells,
    [
      "", "--with masks --with stacks --with truth", "--with durations --tool tracefs --seconds 5",
      "--without iommu --without swiotlb --tool trace-cmd",
    ])
  func syntax(shell: [String], options: String) throws {
    let outcome = try Program.shell(
      #""$dmascope" capture \#(options) | \#(shell.joined(separator: " ")) -n"#)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
  }

  @Test(
    "is one in which shellcheck finds nothing",
    .enabled(if: Tool.exists("shellcheck"), "skipped: shellcheck is not installed"),
    arguments: [
      "", "--with masks --with stacks --with durations", "--with masks --without iommu --seconds 9",
    ])
  func shellcheck(options: String) throws {
    let outcome = try Program.shell(#""$dmascope" capture \#(options) | shellcheck -"#)
    #expect(outcome.status == 0, "\(outcome.text)")
  }

  @Test("goes to a file whole")
  func file() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("record.sh")
      let outcome = try Program.run(["capture", "--output", file.path, "--with", "masks"])
      #expect(outcome.status == 0 && outcome.output.isEmpty)
      let printed = try Program.run(["capture", "--with", "masks"])
      #expect(try Data(contentsOf: file) == printed.output)
    }
  }

  @Test(
    "is refused with status 64",
    arguments: [
      ["--with", "luck"], ["--without", "dma"], ["--buffer", "0"], ["--seconds", "0"], ["--tool", "perf"],
      ["--buffer", "1; reboot"],
    ])
  func wrongUse(arguments: [String]) throws {
    let outcome = try Program.run(["capture"] + arguments)
    #expect(outcome.status == 64 && outcome.output.isEmpty)
  }

  @Test("names arguments where the kernel has fprobe events and BTF", arguments: shells)
  func byName(shell: [String]) throws {
    try withTemporaryFolder { folder in
      let tracing = try TracingFolder(
        in: folder, events: Self.tracepoints, readme: TracingFolder.README.names, functions: Self.functions)
      let before = try tracing.state()
      let outcome = try Self.record(
        tracing, options: "--with masks --with truth --tool tracefs", arguments: "-n modprobe e1000",
        shell: shell
      )
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      let defined = Self.said("define", outcome)
      #expect(
        defined == [
          "f:dmaapi/dma_set_mask dma_set_mask device=dev->kobj.name:string mask=mask:x64",
          "f:dmaapi/dma_set_mask__return dma_set_mask%return ret=$retval:s32",
          "f:dmaapi/dma_set_coherent_mask dma_set_coherent_mask device=dev->kobj.name:string mask=mask:x64",
          "f:dmaapi/dma_set_coherent_mask__return dma_set_coherent_mask%return ret=$retval:s32",
          "f:dmaapi/dma_get_required_mask dma_get_required_mask device=dev->kobj.name:string",
          "f:dmaapi/dma_get_required_mask__return dma_get_required_mask%return mask=$retval:x64",
          "f:dmaapi/dma_max_mapping_size dma_max_mapping_size device=dev->kobj.name:string",
          "f:dmaapi/dma_max_mapping_size__return dma_max_mapping_size%return size=$retval:u64",
          "f:dmaapi/dma_pool_create dma_pool_create name=name:string device=dev->kobj.name:string size=size:u64"
            + " align=align:u64 boundary=boundary:u64",
          "f:dmaapi/dma_pool_create__return dma_pool_create%return pool=$retval:x64",
          "f:dmaapi/dma_pool_alloc dma_pool_alloc pool=pool:x64 flags=mem_flags:x32",
          "f:dmaapi/dma_pool_alloc__return dma_pool_alloc%return vaddr=$retval:x64",
          "f:dmaapi/dma_pool_free dma_pool_free pool=pool:x64 vaddr=vaddr:x64 dma=dma:x64",
          "f:dmaapi/dma_pool_destroy dma_pool_destroy pool=pool:x64",
          "f:dmatruth/arch_sync_dma_for_device arch_sync_dma_for_device paddr=paddr:x64 size=size:u64 dir=dir:s32",
          "f:dmatruth/arch_sync_dma_for_cpu arch_sync_dma_for_cpu paddr=paddr:x64 size=size:u64 dir=dir:s32",
          "f:dmatruth/arch_dma_prep_coherent arch_dma_prep_coherent size=size:u64",
        ])
      #expect(Self.said("remove", outcome) == defined.reversed().map { "-:" + ($0.firstName ?? "") })
      #expect(Self.said("run", outcome) == ["modprobe e1000"])
      // declared memory, checked results, unbinding
      let missing = Self.said("not set up", outcome)
      #expect(
        missing.count == 3 && missing.allSatisfy { $0.contains("this kernel has no function") }, "\(missing)")
      #expect(try tracing.state() == before, "a dry run writes")
      #expect(try tracing.lines("dynamic_events") == [])
    }
  }

  @Test(
    "numbers arguments where the kernel knows no names, and asks for registers where it cannot count either")
  func byNumber() throws {
    try withTemporaryFolder { folder in
      let dry = { (readme: String, machine: String) throws -> [String] in
        let tracing = try TracingFolder(
          in: folder.appendingPathComponent(machine), events: Self.tracepoints, readme: readme,
          functions: Self.functions)
        let outcome = try Self.record(
          tracing, options: "--with masks --with truth --tool tracefs", arguments: "-n",
          environment: ["MACHINE": machine])
        #expect(outcome.status == 0)
        // What it took back before it began belonged to a set that could not be had as a whole.
        let enabled = Self.said("write", outcome).filter { $0.hasPrefix("1 > events/") }
        return Self.said("define", outcome).filter { line in
          enabled.contains { $0.hasSuffix("/" + (line.firstName ?? "?") + "/enable") }
        }
      }
      let pool = { (words: String) in "p:dmaapi/dma_pool_create dma_pool_create \(words)" }
      let numbers = try dry(TracingFolder.README.numbers, "mips64")
      #expect(
        numbers.contains("p:dmaapi/dma_set_mask dma_set_mask device=+0(+0($arg1)):string mask=$arg2:x64"))
      #expect(numbers.contains("r:dmaapi/dma_set_mask__return dma_set_mask ret=$retval:s32"))
      #expect(
        numbers.contains(
          pool(
            "name=+0($arg1):string device=+0(+0($arg2)):string size=$arg3:u64 align=$arg4:u64 boundary=$arg5:u64"
          )))
      // Calling conventions: AAPCS64, System V x86-64, RISC-V.
      let registers = [
        "aarch64": ["%x0", "%x1", "%x2", "%x3", "%x4"], "x86_64": ["%di", "%si", "%dx", "%cx", "%r8"],
        "riscv64": ["%a0", "%a1", "%a2", "%a3", "%a4"],
      ]
      for (machine, places) in registers {
        #expect(
          try dry(TracingFolder.README.registers, machine).contains(
            pool(
              "name=+0(\(places[0])):string device=+0(+0(\(places[1]))):string size=\(places[2]):u64"
                + " align=\(places[3]):u64 boundary=\(places[4]):u64")), "\(machine)")
      }
      // Masks and addresses may take two registers, and half a set is none.
      #expect(
        try dry(TracingFolder.README.registers, "armv7l") == [
          "p:dmaapi/dma_get_required_mask dma_get_required_mask device=+0(+0(%r0)):string",
          "r:dmaapi/dma_get_required_mask__return dma_get_required_mask mask=$retval:x64",
          "p:dmaapi/dma_max_mapping_size dma_max_mapping_size device=+0(+0(%r0)):string",
          "r:dmaapi/dma_max_mapping_size__return dma_max_mapping_size size=$retval:u64",
          "p:dmatruth/arch_dma_prep_coherent arch_dma_prep_coherent size=%r1:u64",
        ])
    }
  }

  @Test("says what a kernel without dynamic events, and without other tracepoints, leaves out")
  func tracepointsOnly() throws {
    try withTemporaryFolder { folder in
      let tracing = try TracingFolder(in: folder, events: ["dma/dma_map_page", "dma/dma_unmap_page"])
      let outcome = try Self.record(
        tracing, options: "--with masks --tool tracefs", arguments: "-n true")
      #expect(outcome.status == 0)
      #expect(Self.said("events", outcome) == ["dma: 2"])
      #expect(Self.said("define", outcome) == [])
      let missing = Self.said("not set up", outcome)
      #expect(missing.count == 9, "\(missing)")
      #expect(missing.contains { $0.hasPrefix("swiotlb events: this kernel has none; bounces") })
      #expect(missing.contains { $0.hasPrefix("masks: this kernel has no dynamic events") })
    }
  }

  @Test("ends at once where there are no dma:* events, no tracing folder, no trace-cmd")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let tracing = try TracingFolder(in: folder, events: ["swiotlb/swiotlb_bounced"])
      let before = try tracing.state()
      for arguments in ["", "-n"] {
        let outcome = try Self.record(tracing, options: "--tool tracefs", arguments: "\(arguments) true")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("no dma:* events in this kernel: they came with Linux 6.11"))
      }
      #expect(try tracing.state() == before)
      let nowhere = try Self.record(
        tracing, arguments: "-n",
        environment: ["TRACEFS": folder.appendingPathComponent("tracing/events").path])
      #expect(nowhere.status == 1 && nowhere.errors.contains("is no tracing folder"))
      let wrong = try Self.record(tracing, arguments: "-x")
      #expect(wrong.status == 64)
    }
  }

  @Test("records with tracefs and takes back all that it set up", arguments: shells)
  func tracefs(shell: [String]) throws {
    try withTemporaryFolder { folder in
      let tracing = try TracingFolder(
        in: folder, events: Self.tracepoints, readme: TracingFolder.README.numbers, functions: Self.functions)
      // Set by somebody else before: these stay.
      try tracing.make("events/iommu/map/enable", "1")
      try tracing.make("dynamic_events", "p:dmaapi/dma_set_mask dma_set_mask dev=$arg1")
      for name in ["dma_set_mask", "dma_set_mask__return"] {
        try tracing.make("events/dmaapi/\(name)/enable", "0")
      }
      var before = try tracing.state()
      let look =
        #"cat events/dma/*/enable events/sched/*/enable tracing_on buffer_size_kb options/stacktrace"#
        + #" events/dmaapi/*/enable | tr "\n" " "; echo what was recorded > trace; exit 7"#
      let outcome = try Self.record(
        tracing, options: "--with masks --with stacks --tool tracefs --buffer 512",
        arguments: "-o result.txt sh -c 'cd tracing; \(look)'", shell: shell)
      #expect(outcome.status == 7, "the command's own\n\(outcome.errors)")
      #expect(outcome.text == "1 1 0 1 512 1 1 1 ")
      let result = folder.appendingPathComponent("result.txt")
      let text = try String(contentsOf: result, encoding: .utf8)
      #expect(text.hasPrefix("# dmascope: kernel=") && text.hasSuffix("\nwhat was recorded\n"))
      // The size of buffers that were not used yet is what it would have become.
      before["buffer_size_kb"] = "1408\n"
      before["trace"] = ""
      #expect(try tracing.state() == before)
      let lines = try tracing.lines("dynamic_events")
      let defined = lines.dropFirst().filter { !$0.hasPrefix("-:") }.compactMap(\.firstName)
      let removed = lines.filter { $0.hasPrefix("-:") }.map { String($0.dropFirst(2)) }
      #expect(defined.count == 13)
      #expect(removed == defined.reversed())
      #expect(outcome.errors.contains("dmaapi/dma_set_mask: it is used and left as it is"))
      #expect(outcome.errors.contains("next: dmascope report"))
    }
  }

  @Test(
    "takes back all when it is interrupted, and keeps what was recorded", arguments: ["INT", "TERM", "HUP"])
  func interruption(signal: String) throws {
    try withTemporaryFolder { folder in
      let tracing = try TracingFolder(
        in: folder, events: Self.tracepoints, readme: TracingFolder.README.numbers, functions: Self.functions)
      var before = try tracing.state()
      // bash has job control without a terminal; a background job of a shell without it could not be interrupted.
      let script = """
        "$dmascope" capture --with masks --tool tracefs > "$TRACEFS.sh" && cd "$TRACEFS/.."
        exec bash -c '
          set -m
          sh "$TRACEFS.sh" < /dev/null & job=$!
          for turn in 1 2 3 4 5 6 7 8 9 10; do
            sleep 1
            grep -q 1 tracing/events/dma/dma_map_page/enable && break
          done
          sleep 1
          echo seen > tracing/trace
          kill -s \(signal) -- -$job
          wait $job
        '
        """
      let outcome = try Program.shell(script, environment: tracing.environment())
      #expect(outcome.status == 0, "\(outcome.errors)")
      before["buffer_size_kb"] = "1408\n"
      before["trace"] = ""
      #expect(try tracing.state() == before)
      let lines = try tracing.lines("dynamic_events")
      #expect(lines.count == 28 && lines.filter { $0.hasPrefix("-:") }.count == 14)
      #expect(
        try String(contentsOf: folder.appendingPathComponent("trace.txt"), encoding: .utf8).hasSuffix(
          "\nseen\n"))
    }
  }

  @Test("has trace-cmd record where that is installed, and removes its dynamic events after it")
  func traceCmd() throws {
    try withTemporaryFolder { folder in
      let tracing = try TracingFolder(
        in: folder, events: Self.tracepoints, readme: TracingFolder.README.names, functions: Self.functions)
      // Somebody traces already.
      try tracing.make("current_tracer", "function")
      try tracing.make("set_event", "sched:sched_switch")
      try tracing.make("events/sched/sched_switch/enable", "1")
      let before = try tracing.state()
      // A stand-in for trace-cmd, which sets up the top buffer as it likes.
      let program = folder.appendingPathComponent("trace-cmd")
      try """
      #!/bin/sh
      printf '%s\\n' "$*"
      echo 0 > "$TRACEFS/tracing_on"; echo nop > "$TRACEFS/current_tracer"; echo 9 > "$TRACEFS/buffer_size_kb"
      echo 0 > "$TRACEFS/events/sched/sched_switch/enable"
      echo recorded > board.dat
      """.write(to: program, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
      let path = folder.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
      let outcome = try Self.record(
        tracing, options: "--with masks --with stacks --without iommu",
        arguments: "-o board.dat modprobe 'two words'", environment: ["PATH": path])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(
        outcome.text
          == "record -b 40000 -T -e dma -e swiotlb -e dmaapi -o board.dat modprobe two words\n")
      #expect(outcome.errors.contains("next: dmascope report board.dat"))
      var expected = before
      expected["buffer_size_kb"] = "1408\n"
      #expect(try tracing.state() == expected)
      #expect(try tracing.lines("dynamic_events").filter { $0.hasPrefix("-:") }.count == 14)
      let seconds = try Self.record(
        tracing, options: "--seconds 3", arguments: "-n", environment: ["PATH": path])
      #expect(
        Self.said("run", seconds) == [
          "trace-cmd record -b 40000 -e dma -e swiotlb -e iommu -o trace.dat sleep 3"
        ])
    }
  }
}

extension String {
  /// `GROUP/NAME` of a dynamic event's definition.
  fileprivate var firstName: String? {
    split(separator: " ").first?.split(separator: ":").last.map(String.init)
  }
}
