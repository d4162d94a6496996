import Foundation
import Testing

@Suite("compare, as a user runs it")
struct CompareTests {
  private func lines(_ outcome: Program.Outcome) -> [String] {
    outcome.text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
  }

  @Test("a recording against itself: nothing changed, every gate holds, in every form")
  func same() throws {
    try withTemporaryFolder { folder in
      let (json, junit, html) = (
        folder.appendingPathComponent("c.json").path, folder.appendingPathComponent("c.xml").path,
        folder.appendingPathComponent("c.html").path
      )
      let trace = Fixture.path("mask32-6g.dat")
      let outcome = try Program.run([
        "compare", trace, "--", trace, "--gate", "bounces.per_mapping < +0.1%", "--gate", "findings.new == 0",
        "--json", json, "--junit", junit, "--html", html,
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(lines(outcome).contains("Changed nothing") && lines(outcome).contains("Gates all 2 held"))
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: json))) as? [String: Any])
      #expect(object["schema"] as? String == "dmascope.compare/1")
      let verdicts = Set(
        (object["changes"] as? [[String: Any]] ?? []).compactMap { $0["verdict"] as? String })
      #expect(verdicts == ["same"])
      let suite = try String(contentsOfFile: junit, encoding: .utf8)
      #expect(suite.components(separatedBy: "<testcase ").count == 3)
      let page = try String(contentsOfFile: html, encoding: .utf8)
      #expect(page.contains("Nothing changed.") && page.hasSuffix("</html>\n"))
    }
  }

  @Test("a recording, its archive and its saved profile give the same page on either side")
  func forms() throws {
    try withTemporaryFolder { folder in
      let trace = folder.appendingPathComponent("t.dat").path
      try FileManager.default.copyItem(atPath: Fixture.path("nc-b.dat"), toPath: trace)
      let (archive, profile) = (
        folder.appendingPathComponent("t.dmarc").path, folder.appendingPathComponent("t.dmaprof").path
      )
      try #require(try Program.run(["convert", trace, "-o", archive]).status == 0)
      try #require(try Program.run(["report", trace, "--save", profile]).status == 0)
      let pages = try [[trace, archive], [archive, profile], [profile, trace]].map { runs in
        let outcome = try Program.run(["compare"] + runs + ["--html", "-"])
        #expect(outcome.status == 0 && outcome.text.contains("Nothing changed."), "\(outcome.errors)")
        return outcome.text.replacing("t.dmarc", with: "t.dat").replacing("t.dmaprof", with: "t.dat")
      }
      #expect(Set(pages).count == 1)
    }
  }

  @Test("maintenance that is gone is said first; a gate that its absence breaks ends with status 1")
  func maintenanceGone() throws {
    try withTemporaryFolder { folder in
      let summary = folder.appendingPathComponent("summary.md").path
      try "before\n".write(toFile: summary, atomically: true, encoding: .utf8)
      let gates = folder.appendingPathComponent("gates.yaml").path
      try """
      baseline: \(Fixture.path("noncoherent.dat"))
      gates:
        - gate: maintenance.lines_per_mib > -5%
          because: someone has turned the caches off
        - maintenance.lines_per_mib < +5%
      """.write(toFile: gates, atomically: true, encoding: .utf8)
      let outcome = try Program.run(
        ["compare", "--gates", gates, Fixture.path("coherent.dat"), "--new-coherent", "*"],
        environment: ["GITHUB_STEP_SUMMARY": summary])
      #expect(outcome.status == 1)
      let first = lines(outcome).first { $0.hasPrefix("Changed") }
      #expect(first?.contains("cache maintenance") == true && first?.contains("gone") == true)
      #expect(outcome.errors.contains("gate broken: maintenance.lines_per_mib > -5%"))
      #expect(
        outcome.errors.contains("someone has turned the caches off") && !outcome.errors.contains("< +5%"))
      let markdown = try String(contentsOfFile: summary, encoding: .utf8)
      #expect(
        markdown.hasPrefix("before\n### ") && markdown.contains("**broken**") && markdown.utf8.count < 65_536)
    }
  }

  @Test(
    "sides that cannot be told apart are refused with status 64",
    arguments: [
      ["a"], ["a", "b", "c"], ["a", "--"], ["a", "--", "b", "--", "c"], ["--gate", "x < 1", "a", "b"],
    ])
  func misuse(arguments: [String]) throws {
    #expect(try Program.run(["compare"] + arguments).status == 64)
  }
}
