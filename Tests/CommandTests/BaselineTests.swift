import Foundation
import Testing

@Suite("compare --update-baseline")
struct BaselineTests {
  /// A folder with a gate file that names `base` as its baseline.
  private static func gates(_ folder: URL, baseline: String, _ gates: [String]) throws -> String {
    let path = folder.appendingPathComponent("gates.yaml").path
    let lines = ["baseline: \(baseline)", "gates:"] + gates.map { "  - \($0)" }
    try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private static func save(_ fixture: String, _ path: String, _ more: [String] = []) throws {
    let outcome = try Program.run(["report", Fixture.path(fixture), "--save", path] + more)
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  private static func files(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test("an accepted change becomes the baseline, and the gate that it broke holds from then on")
  func accept() throws {
    try withTemporaryFolder { folder in
      let (base, new) = (
        folder.appendingPathComponent("base.dmaprof").path, folder.appendingPathComponent("new.dmaprof").path
      )
      try Self.save("nc-b.dat", base)
      try Self.save("coh-b.dat", new, ["--coherent", "*"])
      let gates = try Self.gates(folder, baseline: "base.dmaprof", ["maintenance.lines_per_mib > -5%"])
      let command = ["compare", "--gates", gates, new]
      #expect(try Program.run(command).status == 1)
      let update = try Program.run(command + ["--update-baseline"])
      #expect(update.status == 0, "\(update.errors)")
      #expect(update.errors.contains("base.dmaprof: wrote the baseline, "))
      #expect(update.text.contains("broken"), "the comparison that was accepted is told")
      #expect(try Data(contentsOf: URL(filePath: base)) == Data(contentsOf: URL(filePath: new)))
      #expect(try Program.run(command).status == 0)
      #expect(try Self.files(folder) == ["base.dmaprof", "gates.yaml", "new.dmaprof"])
    }
  }

  @Test("a baseline that is not there yet is made; a limit on a value that is broken is told all the same")
  func first() throws {
    try withTemporaryFolder { folder in
      let gates = try Self.gates(
        folder, baseline: "base.dmaprof", ["peak.bytes <= 1", "maintenance.lines_per_mib < +5%"])
      let outcome = try Program.run([
        "compare", "--gates", gates, Fixture.path("nc-b.dat"), "--update-baseline",
      ])
      #expect(outcome.status == 1 && outcome.errors.contains("gate broken: peak.bytes <= 1"))
      #expect(outcome.errors.contains("wrote a new baseline") && !outcome.errors.contains("< +5%"))
      #expect(try Self.files(folder) == ["base.dmaprof", "gates.yaml"])
    }
  }

  @Test("a link to the baseline stays a link")
  func link() throws {
    try withTemporaryFolder { folder in
      let (base, link) = (
        folder.appendingPathComponent("base.dmaprof").path, folder.appendingPathComponent("link.dmaprof").path
      )
      try Self.save("nc-b.dat", base)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "base.dmaprof")
      let before = try Data(contentsOf: URL(filePath: base))
      let outcome = try Program.run([
        "compare", link, Fixture.path("coh-b.dat"), "--new-coherent", "*", "--update-baseline",
      ])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "base.dmaprof")
      #expect(try Data(contentsOf: URL(filePath: base)) != before)
    }
  }

  @Test("what cannot be a baseline is refused before anything is written")
  func refusals() throws {
    try withTemporaryFolder { folder in
      let (base, trace, cut) = (
        folder.appendingPathComponent("base.dmaprof").path, folder.appendingPathComponent("base.dat").path,
        folder.appendingPathComponent("cut.dat").path
      )
      try Self.save("nc-b.dat", base)
      let bytes = try Data(contentsOf: URL(filePath: Fixture.path("nc-b.dat")))
      try bytes.write(to: URL(filePath: trace))
      try bytes.prefix(bytes.count * 2 / 3).write(to: URL(filePath: cut))
      let before = try Data(contentsOf: URL(filePath: base))
      let cases: [(arguments: [String], status: Int32, words: String)] = [
        ([trace, trace], 64, "is a recording, not a saved profile"),
        ([base, "--", trace, trace], 64, "has 1 file, and there are 2 new runs"),
        ([base, base, "--", trace, trace], 64, "names one file twice"),
        (["-", trace], 64, "standard input cannot be replaced"), ([folder.path, trace], 64, "is no file"),
        ([base, cut], 3, "nothing is written"),
        (
          [base, folder.appendingPathComponent("no/b.dmaprof").path, "--", trace, trace], 73, "cannot create"
        ),
        ([base, trace, "--html", folder.appendingPathComponent("no/page.html").path], 73, "cannot create"),
      ]
      for (arguments, status, words) in cases {
        let outcome = try Program.run(["compare"] + arguments + ["--update-baseline"])
        #expect(outcome.status == status && outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
      }
      #expect(try Data(contentsOf: URL(filePath: base)) == before)
      #expect(try Data(contentsOf: URL(filePath: trace)) == bytes)
      #expect(try Self.files(folder) == ["base.dat", "base.dmaprof", "cut.dat"])
    }
  }
}
