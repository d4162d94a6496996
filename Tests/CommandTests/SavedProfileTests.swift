import Foundation
import Testing

@Suite struct SavedProfileTests {
  /// A recording, and a profile that was saved from it, in a folder of their own.
  private static func withProfile(_ body: (_ trace: String, _ profile: String, URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let profile = folder.appendingPathComponent("run.dmaprof").path
      let trace = Fixture.path("mixed-b.dat")
      let saved = try Program.run(["report", trace, "--save", profile])
      #expect(saved.status == 0)
      #expect(saved.text.contains("mixed-b.dat"))
      try body(trace, profile, folder)
    }
  }

  @Test func `A saved profile takes the place of its trace`() throws {
    try Self.withProfile { trace, profile, _ in
      for arguments in [
        ["report", "--live", "--verbose", "--json", "-"], ["report", "--verbose", "--live"],
        ["report", "--html", "-"],
        ["check", "--verbose", "--fail-on", "hint"], ["check", "--sarif", "-"], ["info"],
        ["report", "--set", "cleanLine=[2, 3, 4]"],
      ] {
        let (of, from) = (try Program.run(arguments + [trace]), try Program.run(arguments + [profile]))
        #expect(of.output == from.output, "\(arguments)")
        #expect(of.status == from.status)
      }
      let piped = try Program.run(["report", "-"], input: profile)
      let plain = try Program.run(["report", trace])
      #expect(piped.output == plain.output)
    }
  }

  @Test func `What would need the events again is refused, and why is said`() throws {
    try Self.withProfile { _, profile, _ in
      for arguments in [
        ["report", "--what-if", "coherent"], ["report", "--device", "*"], ["check", "--from", "+1"],
        ["report", "--noncoherent", "*"], ["report", "--cache-line", "32"],
        ["report", "--set", "cacheLine=32"],
        ["report", "--platform", "mips"], ["events"], ["calibrate", "-o", "-"],
      ] {
        let run = try Program.run(arguments + [profile])
        #expect(run.status == 64, "\(arguments)")
        #expect(run.errors.contains("holds sums, not events"), "\(arguments)")
      }
    }
  }

  @Test func `Profiles and traces merge, and one alone stays what it is`() throws {
    try Self.withProfile { trace, profile, folder in
      let (one, both) = (
        folder.appendingPathComponent("one").path, folder.appendingPathComponent("both").path
      )
      let alone = try Program.run(["merge", profile, "-o", one])
      #expect(alone.status == 0)
      let bytes = try [one, profile].map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
      #expect(bytes[0] == bytes[1])
      let merged = try Program.run(["merge", trace, profile, "-o", both])
      #expect(merged.status == 0)
      let report = try Program.run(["report", both])
      #expect(report.text.contains("sums over 2 profiles"))
    }
  }

  @Test func `A damaged profile is no profile`() throws {
    try Self.withProfile { _, profile, folder in
      let bytes = try Data(contentsOf: URL(fileURLWithPath: profile))
      let cut = folder.appendingPathComponent("cut.dmaprof")
      try bytes.prefix(bytes.count / 2).write(to: cut)
      let damaged = try Program.run(["report", cut.path])
      #expect(damaged.status == 65)
      try Data("{\"schema\":\"dmascope.profile/2\",\"profile\":{}}".utf8).write(to: cut)
      let newer = try Program.run(["report", cut.path])
      #expect(newer.status == 65)
      #expect(newer.errors.contains("expected schema dmascope.profile/1, found dmascope.profile/2"))
    }
  }
}
