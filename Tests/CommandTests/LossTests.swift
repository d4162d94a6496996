import Testing

@Suite("Lost events")
struct LossTests {
  @Test("are counted as trace-cmd counts them", arguments: Facts.losses.keys.sorted())
  func counts(fixture: String) throws {
    let expected = try #require(Facts.losses[fixture])
    let input = try Report(on: fixture).input
    #expect(input.lostEvents == expected.events)
    #expect(input.lostWindows == expected.windows)
    #expect(input.lostWindowsWithoutCount == expected.windowsWithoutCount)
    #expect(input.overruns == expected.overruns)
  }

  @Test("stand above the tables", arguments: Facts.losses.keys.sorted())
  func told(fixture: String) throws {
    let outcome = try Program.run(["report", Fixture.path(fixture)])
    #expect(outcome.status == 0)
    let top = outcome.text.split(separator: "\n").prefix(12).joined(separator: "\n")
    #expect(top.contains("lost"), "\(top)")
    #expect(!top.contains("none lost"))
  }

  @Test("are none where none were lost")
  func none() throws {
    let input = try Report(on: "noncoherent.dat").input
    #expect(input.lostEvents == 0)
    #expect(input.lostWindows == 0)
  }
}
