import Foundation
import Testing

@Suite("dmascope check")
struct CheckTests {
  static let trace = Fixture.path("nc-b.dat")

  @Test(
    "runs on recordings of any kind, and findings alone do not change its status",
    arguments: ["nc-b.dat", "v6.dat.zst", "lossy-b.dat", "stack-b.dat", "smmu-nc-b.dat"])
  func status(fixture: String) throws {
    let outcome = try Program.run(["check", Fixture.path(fixture)])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty)
    #expect(outcome.text.hasPrefix(Fixture.path(fixture)))
    #expect(
      outcome.text.contains("findings") || outcome.text.contains("No findings")
        || outcome.text.contains("hint"))
  }

  @Test("has a section for each of several recordings")
  func several() throws {
    let paths = ["nc-b.dat", "v6-b.dat"].map(Fixture.path)
    let outcome = try Program.run(["check"] + paths)
    #expect(outcome.status == 0)
    for path in paths { #expect(outcome.text.split(separator: "\n").contains { $0.hasPrefix(path) }) }
  }

  @Test(
    "refuses what it does not know with status 64, and writes nothing",
    arguments: [
      (["--fail-on", "DMA999"], "there is no rule 'DMA999'"),
      (["--fail-on", "error,"], "there is no rule ''"),
      (["--rule", "unmap-size"], "did you mean DMA203 unmap-size-mismatch?"),
      (["--ignore", "x"], "there is no rule 'x'"), (["--severity", "fatal"], "'error', 'warning' or 'hint'"),
      (["--examples", "0"], "--examples must be at least 1"), (["--width", "10"], "--width must be from 40"),
      (["--sarif", "-", "--junit", "-"], "only one file can be \"-\""),
      (["--json", "-", "--github"], "both want standard output"),
    ])
  func usage(options: [String], hint: String) throws {
    let outcome = try Program.run(["check", Self.trace] + options)
    #expect(outcome.status == 64)
    #expect(outcome.errors.contains(hint), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test("refuses a suppression without a reason with status 64, and names the line")
  func suppressionWithoutReason() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("known.txt")
      try Data("# known\nDMA401 device=*\n".utf8).write(to: file)
      let outcome = try Program.run(["check", Self.trace, "--suppressions", file.path])
      #expect(outcome.status == 64)
      #expect(
        outcome.errors
          == "dmascope: \(file.path): line 2: expected a reason behind \" -- \", found none\n")
      #expect(outcome.output.isEmpty)
      #expect(try Program.run(["check", Self.trace, "--suppressions", "/nonexistent"]).status == 66)
    }
  }

  @Test("points out suppressions that did nothing")
  func unusedSuppressions() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("known.txt")
      try Data("DMA701 device=no-such -- one\n\nDMA702 until=2001-01-01 -- two\n".utf8).write(to: file)
      let outcome = try Program.run(["check", Self.trace, "--suppressions", file.path])
      #expect(outcome.status == 0)
      #expect(
        outcome.errors == """
          dmascope: \(file.path): unused suppressions: line 1
          dmascope: \(file.path): expired suppressions: line 3

          """)
    }
  }

  @Test("tells damaged input with status 3 where no gate is hit")
  func damaged() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("cut.dat")
      try Data(try Fixture.bytes("nc-b.dat").dropLast(5_000)).write(to: file)
      let arguments = ["check", file.path, "--rule", "DMA701", "--fail-on", "hint"]
      let outcome = try Program.run(arguments)
      #expect(outcome.status == 3)
      #expect(outcome.errors.contains(file.path))
      #expect(try Program.run(arguments + ["--allow-incomplete"]).status == 0)
    }
    #expect(try Program.run(["check", "/nonexistent.dat"]).status == 66)
    #expect(try Program.run(["check", #filePath]).status == 65)
    #expect(try Program.run(["check", Self.trace, "--sarif", "/nonexistent/x"]).status == 73)
    #expect(try Program.run(["check", Self.trace, "--junit", "-"], output: "/dev/full").status == 74)
  }

  @Test("writes what it is asked for, the same to a file and to standard output")
  func outputs() throws {
    try withTemporaryFolder { folder in
      let options = ["--sarif", "--junit", "--json", "--markdown"]
      let files = options.map { folder.appendingPathComponent($0).path }
      let all = try Program.run(["check", Self.trace] + zip(options, files).flatMap { [$0, $1] })
      #expect(all.status == 0 && !all.text.isEmpty)
      for (option, file) in zip(options, files) {
        let printed = try Program.run(
          ["check", Self.trace, option, "-"], environment: ["GITHUB_ACTIONS": "true"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == printed.output, "\(option)")
      }
      let sarif = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: files[0])))
      #expect((sarif as? [String: Any])?["version"] as? String == "2.1.0")
      let check = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: files[2])))
      #expect((check as? [String: Any])?["schema"] as? String == "dmascope.check/1")
      #expect(try String(contentsOfFile: files[1], encoding: .utf8).hasSuffix("</testsuites>\n"))
      #expect(try String(contentsOfFile: files[3], encoding: .utf8).hasPrefix("### dmascope check: `"))
    }
  }

  @Test("keeps names in a recording from becoming commands in a workflow's log")
  func workflow() throws {
    let outcome = try Program.run(["check", Self.trace], environment: ["GITHUB_ACTIONS": "true"])
    let lines = outcome.text.split(separator: "\n")
    let first = try #require(lines.first)
    #expect(first.hasPrefix("::stop-commands::") && first.count > 24)
    #expect(lines.contains("::\(first.dropFirst("::stop-commands::".count))::"))
    #expect(try Program.run(["check", Self.trace], environment: ["GITHUB_ACTIONS": ""]).text.hasPrefix("/"))
  }

  @Test("leaves hostile names inert in every form", arguments: HostileNameTests.hostile.indices)
  func hostile(index: Int) throws {
    try withTemporaryFolder { folder in
      let path = try HostileNameTests.recording(
        device: HostileNameTests.hostile[index], task: "\u{1b}[m", in: folder)
      for option in [["-v"], ["--sarif", "-"], ["--junit", "-"], ["--markdown", "-"], ["--github"]] {
        let outcome = try Program.run(["check", path] + option)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let raw = outcome.text.unicodeScalars.filter {
          ($0.value < 0x20 && $0 != "\n") || (0x7f...0x9f).contains($0.value)
            || (0x202a...0x202e).contains($0.value)
            || (0x2066...0x2069).contains($0.value)
        }
        #expect(raw.map(\.value) == [], "\(option)")
      }
    }
  }
}

@Suite("Symbols from elsewhere")
struct SymbolOptionTests {
  @Test("name the callers that the recording's own do not", arguments: ["report", "check"])
  func modules(command: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("modules")
      try Data("virtio_net 90112 0 - Live 0xffffffffc07ef000\n".utf8).write(to: file)
      let outcome = try Program.run([command, Fixture.path("stacktrace.dat"), "--modules", file.path])
      #expect(outcome.status == 0, "\(outcome.errors)")
      guard command == "report" else { return }
      #expect(outcome.text.contains("[virtio_net]+0x2574"))
      #expect(!outcome.text.contains("0xffffffffc07f1574"))
    }
  }

  @Test("replace the recording's own")
  func kallsyms() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("kallsyms")
      try Data("ffffffffc07f1000 t mine\t[net]\nffffffffc07f2000 t end\t[net]\n".utf8).write(to: file)
      let outcome = try Program.run(
        ["report", Fixture.path("stacktrace.dat"), "--json", "-", "--kallsyms", file.path])
      #expect(outcome.text.contains("mine+0x574 [net]"))
      #expect(!outcome.text.contains("nvme_core"))
    }
  }

  @Test("are refused where they are none, before the trace is read")
  func wrong() throws {
    for option in ["--kallsyms", "--modules"] {
      #expect(try Program.run(["report", CheckTests.trace, option, "/nonexistent"]).status == 66)
      let outcome = try Program.run(["report", CheckTests.trace, option, Fixture.path("README.md")])
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("on line 1") && outcome.errors.contains("README.md"))
      #expect(outcome.output.isEmpty)
    }
  }
}
