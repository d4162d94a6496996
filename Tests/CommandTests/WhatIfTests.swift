import Foundation
import Testing

@Suite("What if, on the command line")
struct WhatIfCommandTests {
  @Test("assumptions stand beside what was, in text, JSON and page, from a pipe too")
  func reports() throws {
    try withTemporaryFolder { folder in
      let (json, html) = (
        folder.appendingPathComponent("r.json").path, folder.appendingPathComponent("r.html").path
      )
      let outcome = try Program.run(
        [
          "report", "-", "--what-if", "mask=64", "--what-if", "device=<b>*,coherent", "--json", json,
          "--html", html,
        ],
        input: Fixture.path("mask32-6g.dat"))
      #expect(outcome.status == 0, "\(outcome.errors)")
      let lines = outcome.text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
      #expect(lines.contains { $0.hasPrefix("as recorded") && $0.contains("4,890 13.4 MiB") })
      #expect(lines.contains { $0.hasPrefix("mask=64") && !$0.contains("4,890") })
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: json))) as? [String: Any])
      let scenarios = try #require(object["whatIf"] as? [[String: Any]])
      #expect(scenarios.map { $0["assumption"] as? String } == ["mask=64", "device=<b>*,coherent"])
      let bounces = scenarios.map {
        (($0["totals"] as? [String: Any])?["bounce"] as? [String: Any])?["mappings"] as? Int
      }
      #expect(bounces == [0, 4890])
      let page = try String(contentsOfFile: html, encoding: .utf8)
      #expect(
        page.contains("id=\"what-if\"") && page.contains("device=&lt;b") && !page.contains("device=<b>"))
    }
  }

  @Test("what is no assumption is refused with status 64")
  func refusal() throws {
    let outcome = try Program.run(["report", Fixture.path("nc-b.dat"), "--what-if", "device=x"])
    #expect(outcome.status == 64 && outcome.errors.contains("assumes nothing"))
  }
}
