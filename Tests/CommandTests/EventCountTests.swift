import Testing

@Suite("Events by name")
struct EventCountTests {
  @Test("are those that trace-cmd report counts", arguments: Facts.events.keys.sorted())
  func counts(fixture: String) throws {
    var expected = try #require(Facts.events[fixture])
    if fixture == "fgraph-b.dat" {
      // trace-cmd prints the entry and the exit of a function that calls no other as one line, `funcgraph_entry`:
      // 3,985 of its lines end in `();`. The file holds their exit records too.
      expected["funcgraph_exit", default: 0] += 3985
      #expect(expected["funcgraph_exit"] == expected["funcgraph_entry"])
    }
    let input = try Report(on: fixture).input
    #expect(input.eventsByName.filter { $0.value > 0 } == expected)
    #expect(input.events == expected.values.reduce(0, +))
    #expect(!input.incomplete)
  }

  @Test("cover every fixture")
  func coverage() throws {
    let recordings = try fixtureNames().filter { $0.hasSuffix(".dat") || $0.hasSuffix(".dat.zst") }
    #expect(Set(recordings) == Set(Facts.events.keys))
  }
}
