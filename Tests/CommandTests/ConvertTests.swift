import Foundation
import Testing

@Suite("Converting a recording")
struct ConvertTests {
  /// A report apart from what it says of its input.
  private static func report(_ path: String) throws -> String {
    let outcome = try Program.run(["report", path, "--json", "-", "--allow-incomplete"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    var object = try #require(try JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
    object["input"] = nil
    let rest = try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
    return String(decoding: rest, as: UTF8.self)
  }

  @Test(
    "gives an archive of which the report is that of the recording",
    arguments: [
      "nc-b.dat", "stack-b.dat", "misuse.dat", "forms/perf-nc-b.perf-script.txt.gz", "forms/perf-g.data",
    ])
  func archive(fixture: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("board.dmarc").path
      let outcome = try Program.run(["convert", Fixture.path(fixture), "-o", file, "--allow-incomplete"])
      #expect(outcome.status == 0 && outcome.text.isEmpty, "\(outcome.errors)")
      #expect(try Self.report(file) == Self.report(Fixture.path(fixture)))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["board.dmarc"])
      let streamed = try Program.run(["convert", Fixture.path(fixture), "-o", "-", "--allow-incomplete"])
      #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == streamed.output)
    }
  }

  @Test("gives JSON Lines by the file's name, and the listing's own")
  func lines() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("board.jsonl")
      #expect(try Program.run(["convert", Fixture.path("nc-b.dat"), "-o", file.path]).status == 0)
      let listing = try Program.run(["events", Fixture.path("nc-b.dat"), "--format", "jsonl"])
      #expect(try Data(contentsOf: file) == listing.output)
    }
  }

  @Test("leaves nothing behind where it fails, and says what a cut archive lacks")
  func failure() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("out.dmarc").path
      #expect(try Program.run(["convert", "/dev/null", "-o", file]).status == 65)
      #expect(
        try Program.run(["convert", Fixture.path("nc-b.dat"), "-o", folder.path + "/no/such"]).status == 73)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      let whole = try Program.run(["convert", Fixture.path("nc-b.dat"), "-o", "-"]).output
      try whole.prefix(whole.count - 100).write(to: URL(fileURLWithPath: file))
      let outcome = try Program.run(["info", file])
      #expect(outcome.status == 3 && outcome.errors.contains("at byte "), "\(outcome.errors)")
    }
  }
}
