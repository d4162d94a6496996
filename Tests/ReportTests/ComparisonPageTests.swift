import Comparison
import DMAModel
import Replay
import Testing

@testable import Report

/// Pages of comparisons, from profiles made by hand.
@Suite struct ComparisonPageTests {
  static func page(_ base: [Profile], _ new: [Profile], gates: [String] = []) throws -> String {
    let comparison = RunComparison(base: base, new: new)
    let results = comparison.judge(try gates.map { try Gate($0, because: "they are dear") })
    return ComparisonHTML(comparison, base: base, new: new, gates: results, toolVersion: "1.2.3").render()
  }

  static let cases: [(base: [Profile], new: [Profile])] = [
    ([Profile()], [Profile()]), ([Profiles.board], [Profiles.board]),
    ([Profiles.board], [Profiles.crowded(devices: 64)]),
    ([Profiles.crowded(devices: 12), Profiles.crowded(devices: 12)], [Profiles.crowded(devices: 13)]),
    ([Profiles.attack], [Profiles.attack]), ([Profiles.board], [Profiles.attack]),
  ]

  @Test(arguments: cases.indices)
  func `every tag is closed, every attribute quoted, every reference met, and nothing is fetched`(
    _ index: Int
  ) throws {
    let (base, new) = Self.cases[index]
    let page = try Self.page(base, new, gates: ["peak.bytes < +1%", "findings.new == 0"])
    let outline = HTMLOutline(page)
    #expect(outline.problems.isEmpty, "\(outline.problems.prefix(5))")
    let ids = outline.values(of: "id")
    #expect(Set(ids).count == ids.count)
    for reference in outline.values(of: "href").map({ String($0.dropFirst()) })
      + outline.values(of: "aria-labelledby")
    {
      #expect(ids.contains(reference), "\(reference)")
    }
    for element in ["link", "img", "iframe", "object", "embed", "use", "base", "form"] {
      #expect(!outline.elements.contains { $0.name == element }, "\(element)")
    }
    for word in ["http:", "https:", "url(", "@import", "fetch(", "innerHTML", "eval(", "nan%", "inf%"] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.utf8.count < 2 << 20, "\(page.utf8.count)")
  }

  @Test func `what is broken and why stands at the top, before what it rests on`() throws {
    let text = HTMLReportTests.text(
      try Self.page(
        [Profiles.board], [Self.doubled(Profiles.board)],
        gates: ["peak.bytes <= 1", "failed.per_mapping == 0"]))
    let verdict = try #require(text.firstRange(of: "✗ 1 gate broken."))
    let reason = try #require(text.firstRange(of: "the new run is beyond the limit they are dear"))
    let metrics = try #require(text.firstRange(of: "Block bootstrap over windows of time."))
    #expect(verdict.upperBound < reason.lowerBound && reason.upperBound < metrics.lowerBound)
    #expect(text.contains("✗ broken peak.bytes &lt;= 1"))
  }

  @Test func `a page against itself says that nothing changed, and has no evidence to tell`() throws {
    let text = HTMLReportTests.text(try Self.page([Profiles.board], [Profiles.board]))
    #expect(text.contains("Nothing changed.") && !text.contains("No evidence"))
    #expect(text.contains("No stack differs."))
  }

  /// The same with twice the lines of everything.
  static func doubled(_ profile: Profile) -> Profile {
    var profile = profile
    profile.totals.work += profile.totals.work
    for index in profile.devices.indices { profile.devices[index].work += profile.devices[index].work }
    for index in profile.operations.indices {
      profile.operations[index].work += profile.operations[index].work
    }
    for index in profile.timeline.series.indices {
      profile.timeline.series[index].cleanedLines = profile.timeline.series[index].cleanedLines.map { $0 * 2 }
    }
    return profile
  }

  @Test func `runs are laid over each other on one axis, a shorter one ends where it ends`() throws {
    let long = Profiles.crowded(devices: 2)
    var short = long
    short.timeline.buckets = 256
    for index in short.timeline.series.indices {
      for row in DeviceSeries.all {
        let values = short.timeline.series[index][keyPath: row.path]
        short.timeline.series[index][keyPath: row.path] = Array(values.prefix(256))
      }
    }
    let outline = HTMLOutline(try Self.page([long], [short]))
    let paths = outline.elements.filter { $0.name == "path" }
    func values(_ style: String) -> [Int] {
      paths.filter { $0.attributes.contains { $0 == ("class", style) } }.map { path in
        let text = path.attributes.first { $0.name == "data-values" }?.value ?? ""
        return text.split(separator: " ").reduce(0) { count, part in
          count + (part.split(separator: "*").dropFirst().first.flatMap { Int($0) } ?? 1)
        }
      }
    }
    #expect(Set(values("base line")) == [512] && Set(values("new line")) == [256])
    #expect(paths.contains { $0.attributes.contains { $0 == ("d", "M256 0h256v1000h-256z") } })
  }

  @Test func `of several runs a side one is drawn strongly, the others thin, and it is said which`() throws {
    var dear = Profiles.crowded(devices: 2)
    dear.totals.estimate.mid *= 100
    let cheap = Profiles.crowded(devices: 2)
    let page = try Self.page([cheap, dear, dear], [cheap, cheap])
    let text = HTMLReportTests.text(page)
    #expect(
      text.contains("is of the base side run 2 of 3, and of the new side run 1 of 2: what is in the middle"))
    let styles = HTMLOutline(page).values(of: "class")
    #expect(styles.contains("base other") && styles.contains("new other"))
    #expect(styles.count { $0 == "base other" } == 2 * styles.count { $0 == "base line" })
  }

  @Test func `steps of time are whole numbers of each run's own, and no more than are drawn`() throws {
    var (fine, coarse) = (Timeline(), Timeline())
    (fine.bucketNs, fine.buckets) = (4, 400)
    (coarse.bucketNs, coarse.buckets) = (16, 500)
    var series = DeviceSeries()
    series.maps = [UInt64](repeating: 1, count: 400)
    fine.series = [series]
    series.maps = [UInt64](repeating: 1, count: 500)
    coarse.series = [series]
    let grid = try #require(TimeGrid([fine, coarse]))
    #expect(grid == TimeGrid(buckets: 500, bucketNs: 16))
    let joined = TimeSeries(fine, DeviceRanking([]), on: grid)
    #expect(joined.lasts == 100 && joined.total(.sum, \.maps).prefix(100).allSatisfy { $0 == 4 })
    #expect(TimeGrid([Timeline()]) == nil)
  }
}

@Suite struct DifferenceTests {
  static func site(_ frames: [String], _ lines: UInt64, device: String = "dev") -> CallSiteProfile {
    var site = CallSiteProfile()
    (site.frames, site.caller, site.device) = (frames, frames.first ?? "", device)
    site.work.cleanedLines = lines
    return site
  }

  static func profile(_ sites: [CallSiteProfile], mebibytes: UInt64) -> Profile {
    var profile = Profile()
    profile.callSites = sites
    profile.totals.map.bytes = mebibytes << 20
    return profile
  }

  /// Twice as long a run with the same work a MiB, but for `b`, which is gone, and `c`, which is new.
  static let stacks = DifferenceStacks(
    .lines,
    base: [profile([site(["a+0x1", "root+0x8"], 100), site(["b+0x2", "root+0x8"], 50)], mebibytes: 1)],
    new: [
      profile(
        [site(["a.isra.0+0x9", "root+0x10"], 200), site(["c+0x2", "root+0x8"], 20)], mebibytes: 2)
    ], withStacks: true)

  @Test func `weights are those of a MiB mapped, whatever the length of the runs`() {
    #expect(Self.stacks.base == 150 && Self.stacks.new == 110)
    let rows = Self.stacks.ranked.map { ($0.frames.map(\.name).joined(separator: ";"), $0.base, $0.new) }
    #expect(rows.map(\.0) == ["dev;root;b;map", "dev;root;c;map"])
    #expect(rows.map(\.1) == [50, 0] && rows.map(\.2) == [0, 10])
  }

  @Test func `several runs of a side are added up over what they all mapped`() {
    let pooled = DifferenceStacks(
      .lines,
      base: [
        Self.profile([Self.site(["a"], 100)], mebibytes: 1),
        Self.profile([Self.site(["a"], 500)], mebibytes: 3),
      ], new: [Self.profile([Self.site(["a"], 150)], mebibytes: 1)], withStacks: true)
    #expect(pooled.base == 150 && pooled.new == 150 && pooled.ranked.isEmpty)
  }

  @Test func `what is gone has its width in the base's graph and none in the new side's`() throws {
    let (new, base) = (
      try #require(Self.stacks.tree(widths: \.new)), try #require(Self.stacks.tree(widths: \.base))
    )
    #expect(new.nodes.map(\.frame.function) == ["all", "dev", "root", "a", "c", "map", "map"])
    #expect(base.nodes.map(\.frame.function) == ["all", "dev", "root", "a", "b", "map", "map"])
    let gone = try #require(base.nodes.first { $0.frame.function == "b" })
    #expect(gone.weight == 50 && gone.other == 0 && abs(gone.share - 1.0 / 3) < 1e-12)
  }

  @Test(
    "a difference has a step of colour and a sign",
    arguments: [
      (0, 0, "same", ""), (0, 5, "more3", "new: "), (5, 0, "less3", "gone: "), (100, 100.5, "same", ""),
      (100, 105, "more1", "△ "), (100, 112, "more2", "▲ "), (100, 200, "more3", "▲▲ "),
      (100, 95, "less1", "▽ "), (100, 60, "less2", "▼ "), (100, 50, "less3", "▼▼ "),
    ] as [(Double, Double, String, String)])
  func scale(base: Double, new: Double, step: String, sign: String) {
    #expect(DifferenceScale.step(base, new).rawValue == step && DifferenceScale.sign(base, new) == sign)
  }

  @Test
  func `without call stacks on both sides device, call and direction stand for them, and the page says so`()
    throws
  {
    var withStacks = Profiles.board
    withStacks.callSites = [Self.site(["a"], 100)]
    let some = HTMLReportTests.text(try ComparisonPageTests.page([Profiles.board], [withStacks]))
    #expect(some.contains("Only 1 of 2 runs have call stacks"))
    #expect(some.contains("0000:00:03.0, map, TO_DEVICE") || some.contains("No stack differs."))
    let none = HTMLReportTests.text(try ComparisonPageTests.page([Profiles.board], [Profiles.board]))
    #expect(none.contains("No run has call stacks"))
  }
}
