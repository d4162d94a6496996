import Foundation
import Testing

@Suite("What is written")
struct OutputTests {
  static let trace = Fixture.path("nc-b.dat")

  @Test(
    "as text fits 100 columns and has no control characters",
    arguments: [
      "noncoherent.dat", "noncoherent-smmu.dat", "mask32-6g.dat", "lost-events.dat", "stacktrace.dat",
      "live.dat",
      "mixed-b.dat", "trunc-b.dat", "inst.dat", "tsc.dat",
    ])
  func columns(fixture: String) throws {
    for options in [[], ["-v", "--top", "50"]] {
      let outcome = try Program.run(["report", Fixture.path(fixture)] + options)
      #expect(outcome.status == 0)
      #expect(outcome.errors.isEmpty, "\(outcome.errors)")
      let wide = outcome.text.split(separator: "\n").filter { $0.count > 100 }
      #expect(wide == [])
      #expect(!outcome.text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
      #expect(outcome.text.split(separator: "\n").count > 10)
    }
  }

  @Test("as text leads with the answer")
  func answer() throws {
    let text = try Program.run(["report", Fixture.path("noncoherent.dat"), "--platform", "arm64"]).text
    let top = text.split(separator: "\n").prefix(12).joined(separator: "\n")
    // 9,343 and 9,466 calls of the kernel's own functions; the latter do nothing for the 4,193 of TO_DEVICE.
    #expect(top.contains("671,284"), "lines cleaned or invalidated\n\(top)")
    #expect(top.contains("18,809"), "calls\n\(top)")
    #expect(top.contains("none lost") || top.contains("no losses"), "\(top)")
  }

  @Test("with -v has more, with --top longer tables")
  func more() throws {
    let lines = { (options: [String]) throws -> Int in
      try Program.run(["report", Fixture.path("stacktrace.dat")] + options).text.split(separator: "\n").count
    }
    let plain = try lines([])
    let (verbose, long, short) = try (lines(["-v"]), lines(["--top", "40"]), lines(["--top", "2"]))
    #expect(verbose > plain)
    #expect(long > short)
  }

  /// A pseudo-terminal through script(1).
  @Test(
    "is coloured on a terminal, and not where NO_COLOR is set",
    .enabled(if: Tool.exists("script"), "skipped: script(1) is not installed"))
  func colour() throws {
    let command = #"script -qec "'$dmascope' report '$trace'" /dev/null < /dev/null"#
    let plain = try Program.shell(
      command, environment: ["trace": Self.trace, "NO_COLOR": "1", "TERM": "xterm-256color"])
    let coloured = try Program.shell(command, environment: ["trace": Self.trace, "TERM": "xterm-256color"])
    let sgr = /\x1b\[[0-9;]*m/
    #expect(coloured.text.contains(sgr), "no colour on a terminal")
    #expect(!plain.text.contains(sgr))
    #expect(plain.text.contains("0000:00:02.0"))
  }

  @Test("to files is the same as to standard output")
  func files() throws {
    try withTemporaryFolder { folder in
      let html = folder.appendingPathComponent("page.html")
      let json = folder.appendingPathComponent("report.json")
      let both = try Program.run(["report", Self.trace, "--html", html.path, "--json", json.path])
      #expect(both.status == 0, "\(both.errors)")
      #expect(both.text.contains("0000:00:02.0"))
      for (file, option) in [(html, "--html"), (json, "--json")] {
        let printed = try Program.run(["report", Self.trace, option, "-"]).output
        #expect(try Data(contentsOf: file) == printed)
      }
      #expect(
        Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) == ["page.html", "report.json"])
    }
  }

  @Test("is the same on every run")
  func deterministic() throws {
    for option in ["--json", "--html"] {
      let runs = try (0..<3).map { _ in try Program.run(["report", Self.trace, option, "-"]).output }
      #expect(runs[0] == runs[1])
      #expect(runs[0] == runs[2])
    }
  }

  @Test("where that cannot be is refused with status 73, and nothing is left")
  func unwritable() throws {
    try withTemporaryFolder { folder in
      let blocked = folder.appendingPathComponent("a-file")
      try Data("content".utf8).write(to: blocked)
      for target in ["/nonexistent/page.html", blocked.appendingPathComponent("page.html").path, folder.path]
      {
        let outcome = try Program.run(["report", Self.trace, "--html", target])
        #expect(outcome.status == 73, "\(target): \(outcome.errors)")
        #expect(outcome.errors.contains(target), "\(outcome.errors)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a-file"])
    }
  }

  /// `ulimit -f` stands for a full disk: writing fails in the middle of the file.
  @Test("is whole or not at all", arguments: ["--html", "--json"])
  func atomic(option: String) throws {
    try withTemporaryFolder { folder in
      let target = folder.appendingPathComponent("target")
      try Data("what was there before".utf8).write(to: target)
      let outcome = try Program.shell(
        #"trap '' XFSZ; ulimit -f 8; "$dmascope" report "$trace" "$option" "$target" > /dev/null"#,
        environment: ["trace": Self.trace, "option": option, "target": target.path])
      #expect(outcome.status == 74 || outcome.status == 73, "\(outcome)")
      #expect(outcome.errors.contains(target.path))
      #expect(try String(contentsOf: target, encoding: .utf8) == "what was there before")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["target"])
    }
  }

  /// What is no file cannot be replaced by one: `--json /dev/null` must not cost the machine its /dev/null.
  @Test("to a named pipe goes through it")
  func namedPipe() throws {
    try withTemporaryFolder { folder in
      let pipe = folder.appendingPathComponent("pipe").path
      try #require(mkfifo(pipe, 0o600) == 0)
      let outcome = try Program.shell(
        #"timeout 20 cat "$pipe" & "$dmascope" report "$trace" --json "$pipe" > /dev/null; status=$?; wait; exit $status"#,
        environment: ["trace": Self.trace, "pipe": pipe])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.text.contains("dmascope.report/1"))
      let type = try FileManager.default.attributesOfItem(atPath: pipe)[.type] as? FileAttributeType
      #expect(type != .typeRegular)
    }
  }

  @Test("is not touched if there is nothing to report")
  func nothing() throws {
    try withTemporaryFolder { folder in
      let target = folder.appendingPathComponent("page.html")
      let outcome = try Program.run(["report", "/nonexistent.dat", "--html", target.path])
      #expect(outcome.status == 66)
      #expect(!FileManager.default.fileExists(atPath: target.path))
    }
  }

  @Test("to a full device is an error")
  func fullDevice() throws {
    for options in [[], ["--json", "-"], ["--html", "-"]] {
      let outcome = try Program.run(["report", Self.trace] + options, output: "/dev/full")
      #expect(outcome.status == 74, "\(options): \(outcome.errors)")
      #expect(outcome.errors.contains("No space left"), "\(outcome.errors)")
    }
  }

  @Test("to a reader that has gone ends quietly")
  func closedPipe() throws {
    let outcome = try Program.shell(
      #""$dmascope" report "$trace" --json - | head -c 10"#, environment: ["trace": Self.trace])
    #expect(outcome.output.count == 10)
    #expect(!outcome.errors.contains("Fatal"), "\(outcome.errors)")
  }
}
