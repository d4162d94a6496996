import Replay
import Testing

@testable import Report

@Suite struct HTMLChartTests {
  @Test func `an area leaves zeros out and joins neighbours of one height`() {
    #expect(StepPath.area([0, 5, 5, 10, 0, 1], height: 10) == "M1 10V5h2V0h1V10zM5 10V9h1V10z")
    #expect(StepPath.area([0, 0]).isEmpty)
    #expect(StepPath.bands([4, 2, 3, 9], height: 10) == "M2 0h3v10h-3zM9 0h1v10h-1z")
  }

  @Test func `an axis ends at a round number above the largest value`() {
    #expect(
      LinearScale(maximum: 17, unit: .count).ticks(Formatting.count).map(\.label) == [
        "0", "5", "10", "15", "20",
      ])
    #expect(
      LinearScale(maximum: 3000, unit: .bytes).ticks(Formatting.bytes).map(\.label)
        == ["0", "1.00 KiB", "2.00 KiB", "3.00 KiB"])
    #expect(LinearScale(maximum: 0, unit: .count).maximum == 1)
  }

  @Test func `times on an axis are round and share a unit`() {
    #expect(TimeScale(span: 2_000_000_000).ticks.map(\.label) == ["0 s", "0.5 s", "1 s", "1.5 s", "2 s"])
    #expect(TimeScale(span: 0).ticks.map(\.label) == ["0 ns", "1 ns"])
  }

  @Test func `more steps than are drawn are joined, sums added and heights kept`() throws {
    var profile = Profiles.board
    profile.timeline.buckets = 1024
    profile.timeline.bucketNs = 10
    profile.timeline.series[0].cleanedLines = [UInt64](repeating: 3, count: 1024)
    profile.timeline.series[0].liveBytes = (0..<1024).map { $0 % 2 == 0 ? 7 : 5 }
    profile.timeline.lossBuckets = [1, 1023]
    let series = try #require(TimeSeries(profile.timeline, DeviceRanking(profile)))
    #expect(series.buckets == 512 && series.bucketNs == 20)
    #expect(series.total(.sum, \.cleanedLines) == [UInt64](repeating: 6, count: 512))
    #expect(series.total(.maximum, \.liveBytes) == [UInt64](repeating: 7, count: 512))
    #expect(series.lossBuckets == [0, 511])
  }

  @Test func `frames with one function and module become one`() throws {
    var (first, second) = (CallSiteProfile(), CallSiteProfile())
    (first.frames, first.caller) = (["map_it+0x10 [disk]", "work+0x4"], "map_it+0x10 [disk]")
    (second.frames, second.caller) = (["map_it+0x20 [disk]", "work+0x8"], "map_it+0x20 [disk]")
    (first.work.cleanedLines, second.work.cleanedLines) = (30, 10)
    let tree = try #require(FlameTree([first, second]) { $0.work.lines })
    #expect(tree.nodes.map(\.frame.function) == ["all", "work", "map_it"])
    #expect(tree.nodes.map(\.weight) == [40, 40, 40])
    #expect(tree.nodes.map(\.isCaller) == [false, false, true])
    #expect(tree.nodes[2].frame.module == "[disk]")
  }

  @Test func `every inserted text is escaped and markup is not`() {
    let name = "<b>&\""
    let inner: Markup = "<i>\(name)</i>"
    let outer: Markup = "<p title=\"\(name)\">\(inner)\(2)</p>"
    #expect(outer.source == "<p title=\"&lt;b&gt;&amp;&quot;\"><i>&lt;b&gt;&amp;&quot;</i>2</p>")
  }

  @Test func `coordinates have two decimals at most and no exponent`() {
    #expect(
      [0.5, 1e-7, -1.256, 12, .nan, 1e12].map(Coordinate.text) == ["0.5", "0", "-1.26", "12", "0", "0"])
  }

  @Test(
    "a frame is a function and a module",
    arguments: [
      ("e1000_clean+0x1c [e1000]", "e1000_clean", "[e1000]"), ("do_syscall_64+0x87", "do_syscall_64", ""),
      ("[e1000]+0x15c4", "(no symbol)", "[e1000]"), ("0xffffffffc07f1574", "0xffffffffc07f1574", ""),
    ])
  func frame(frame: String, function: String, module: String) {
    #expect(FlameTree.split(frame) == FlameTree.Frame(function: function, module: module))
  }
}
