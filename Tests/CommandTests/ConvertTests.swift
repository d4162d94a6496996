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
      let expected = try Self.report(Fixture.path(fixture))
      // From the profile that the archive carries, and from its events.
      #expect(try Self.report(file) == expected)
      let bare = folder.appendingPathComponent("bare.dmarc").path
      _ = try Program.run(
        ["convert", Fixture.path(fixture), "-o", bare, "--without-profile", "--allow-incomplete"])
      #expect(try Self.report(bare) == expected)
      try FileManager.default.removeItem(atPath: bare)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["board.dmarc"])
      let streamed = try Program.run(["convert", Fixture.path(fixture), "-o", "-", "--allow-incomplete"])
      #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == streamed.output)
    }
  }

  @Test("keeps a profile, which is that of a replay by the present rules, and says whose it is")
  func keptProfile() throws {
    try withTemporaryFolder { folder in
      func info(_ path: String) throws -> Substring? {
        try Program.run(["info", path]).text.split(separator: "\n").first { $0.contains("Profile") }
      }
      let file = folder.appendingPathComponent("now.dmarc").path
      _ = try Program.run(["convert", Fixture.path("misuse.dat"), "-o", file])
      let (now, kept) = (try info(file), try info(Fixture.path("misuse.dmarc")))
      #expect(now?.contains("kept, made by dmascope ") == true)
      #expect(
        kept == now,
        "the profile in misuse.dmarc is of older rules: make it anew with dmascope convert fixtures/misuse.dat"
      )
      #expect(
        try Self.report(Fixture.path("misuse.dmarc")) == Self.report(Fixture.path("misuse.dat")),
        "the rules have changed: raise Profile.revision, and make fixtures/misuse.dmarc anew")
    }
  }

  @Test("replays an archive's events where its profile is not what is asked for")
  func askedForMore() throws {
    let archive = Fixture.path("misuse.dmarc")
    for options in [
      ["--cpu", "0"], ["--platform", "arm64"], ["--noncoherent", "*"], ["--what-if", "noncoherent"],
    ] {
      func text(_ path: String) throws -> String {
        let outcome = try Program.run(["report", path, "--verbose"] + options)
        #expect(outcome.status == 0, "\(outcome.errors)")
        // The line before is laid out by the length of the input's name.
        let head = try #require(outcome.text.range(of: "events, none lost"))
        return String(outcome.text[head.upperBound...])
      }
      #expect(try text(archive) == text(Fixture.path("misuse.dat")))
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
