import Foundation
import Testing

@Suite("The command line")
struct CommandLineTests {
  static let trace = Fixture.path("nc-b.dat")

  @Test("says its version")
  func version() throws {
    let outcome = try Program.run(["--version"])
    #expect(outcome.status == 0)
    #expect(outcome.text == "0.1.0\n")
  }

  @Test(
    "explains itself",
    arguments: [
      ["--help"], ["report", "--help"], ["check", "--help"], ["info", "--help"], ["explain", "--help"],
    ])
  func help(arguments: [String]) throws {
    let outcome = try Program.run(arguments)
    #expect(outcome.status == 0)
    #expect(outcome.text.contains("USAGE: dmascope"))
    #expect(outcome.errors.isEmpty)
    let expected = arguments == ["--help"] ? ["report", "check", "info", "explain"] : []
    for word in expected { #expect(outcome.text.contains("\n  \(word)"), "\(word)") }
  }

  @Test(
    "is wrong use with status 64 and a hint",
    arguments: [
      ["nonsense"], ["report"], ["report", trace, "--nonsense"], ["report", trace, "--platform", "vax"],
      ["report", trace, "--cache-line", "63"], ["report", trace, "--cache-line", "0"],
      ["report", trace, "--cache-line", "-64"], ["report", trace, "--top", "many"],
      ["report", trace, "--from", "yesterday"], ["report", trace, "--cpu", "a-b"],
      ["report", trace, "--json"],
      ["info"], ["explain", "no such term"],
    ])
  func wrongUse(arguments: [String]) throws {
    let outcome = try Program.run(arguments)
    #expect(outcome.status == 64, "\(outcome.errors)")
    #expect(!outcome.errors.isEmpty)
    #expect(outcome.output.isEmpty)
  }

  @Test("completes itself", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let outcome = try Program.run(["--generate-completion-script", shell])
    #expect(outcome.status == 0)
    for word in ["dmascope", "report", "cache-line", "allow-incomplete"] {
      #expect(outcome.text.contains(word), "\(word)")
    }
  }

  @Test(
    "completes itself in a script that bash accepts",
    .enabled(if: Tool.exists("bash"), "skipped: bash is not installed"))
  func bashCompletion() throws {
    let outcome = try Program.shell(#""$dmascope" --generate-completion-script bash | bash -n"#)
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
  }

  @Test("says damaged input with status 3, and 0 where that is allowed")
  func incomplete() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("cut.dat")
      try Data(try Fixture.bytes("nc-b.dat").dropLast(5_000)).write(to: file)
      let outcome = try Program.run(["report", file.path])
      #expect(outcome.status == 3)
      #expect(outcome.errors.contains(file.path))
      #expect(outcome.text.contains("0000:00:02.0"))
      let allowed = try Program.run(["report", file.path, "--allow-incomplete"])
      #expect(allowed.status == 0)
      #expect(allowed.text == outcome.text)
    }
  }

  @Test("tells of a recording without a report on it")
  func info() throws {
    let outcome = try Program.run(["info", Fixture.path("lossy-b.dat")])
    #expect(outcome.status == 0)
    for word in [
      "6.12.117", "zstd", "local", "dma_map_page", "720", "arch_sync_dma_for_cpu", "3,076", "2,253",
    ] {
      #expect(outcome.text.contains(word), "\(word)\n\(outcome.text)")
    }
  }

  @Test("tells of several recordings")
  func infoOfSeveral() throws {
    let names = ["nc-b.dat", "v6-b.dat"]
    let outcome = try Program.run(["info"] + names.map(Fixture.path) + ["/nonexistent.dat"])
    #expect(outcome.status == 66)
    #expect(outcome.errors.contains("/nonexistent.dat"))
    for name in names { #expect(outcome.text.contains(name)) }
  }

  @Test("defines its figures")
  func explain() throws {
    let all = try Program.run(["explain"])
    #expect(all.status == 0)
    #expect(all.text.lowercased().contains("maintenance"))
    let one = try Program.run(["explain", "maintenance"])
    #expect(one.status == 0)
    #expect(one.text.lowercased().contains("cache"))
    #expect(one.text != all.text)
  }

  @Test("explains its rules, by id and by name")
  func explainRule() throws {
    let rule = try Program.run(["explain", "DMA203"])
    #expect(rule.status == 0)
    #expect(rule.text.hasPrefix("DMA203 unmap-size-mismatch (error)\n\n"))
    #expect(try Program.run(["explain", "Unmap-Size-Mismatch"]).output == rule.output)
    #expect(try Program.run(["explain"]).text.contains("\n  DMA203 unmap-size-mismatch "))
  }

  @Test("has a page of all rules that is up to date")
  func rulesPage() throws {
    let page = try String(contentsOf: Fixture.root.appendingPathComponent("docs/rules.md"), encoding: .utf8)
    #expect(try Program.run(["explain", "--rules-markdown"]).text == page, "make docs")
  }
}
