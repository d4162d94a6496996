import Foundation
import Testing

@Suite("Calibration, on the command line")
struct CalibrateTests {
  @Test(
    "of a recording with durations makes a platform for others, and a page",
    arguments: ["kret-b.dat", "fgraph-b.dat"])
  func makes(fixture: String) throws {
    try withTemporaryFolder { folder in
      let (yaml, html) = (
        folder.appendingPathComponent("board.yaml").path, folder.appendingPathComponent("fit.html").path
      )
      let outcome = try Program.run(["calibrate", Fixture.path(fixture), "-o", yaml, "--html", html])
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.text.contains("clean") && outcome.text.contains("invalidate"))
      let page = try String(contentsOfFile: html, encoding: .utf8)
      #expect(page.components(separatedBy: "<svg").count == 3 && page.contains("fit-line"))
      let report = try Report(on: "nc-b.dat", "--platform", yaml)
      #expect(report.platform.name == fixture.dropLast(4))
      // Not all that nc-b did was timed: it copied bytes too.
      #expect(!report.platform.calibrated)
      #expect(try Report(on: "bidir-b.dat", "--platform", yaml).platform.calibrated)
    }
  }

  @Test("of a recording without durations is refused with the reason, and writes nothing")
  func refuses() throws {
    try withTemporaryFolder { folder in
      let yaml = folder.appendingPathComponent("board.yaml").path
      for (fixture, reason) in [("noncoherent.dat", "not their returns"), ("linux-7.3.dat", "no record")] {
        let outcome = try Program.run(["calibrate", Fixture.path(fixture), "-o", yaml])
        #expect(outcome.status == 65 && outcome.errors.contains(reason), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: yaml))
      }
    }
  }
}
