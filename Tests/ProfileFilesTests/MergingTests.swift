import DMAModel
import ProfileFiles
import Replay
import Testing

@Suite struct MergingTests {
  /// Merges in an order and a shape that chance decides.
  private static func merged(_ profiles: [Profile], _ generator: inout Numbers) throws -> Profile {
    var parts = profiles.shuffled(using: &generator)
    while parts.count > 1 {
      let first = parts.remove(at: Int.random(in: parts.indices, using: &generator))
      let place = Int.random(in: parts.indices, using: &generator)
      var sum = first
      try sum.merge(parts[place])
      // Some of the sums take the way through a file.
      if Bool.random(using: &generator) { sum = try ProfileFile.read(ProfileFile.json(sum), name: "") }
      parts[place] = sum
    }
    return parts[0]
  }

  @Test func `Any order and any split of a set of profiles gives the same bytes`() throws {
    #expect(FixtureProfiles.all.count == FixtureProfiles.names.count)
    let profiles = FixtureProfiles.all.filter { $0.platform.iommu == nil }
    var generator = Numbers(state: 1)
    let expected = try ProfileFile.json(Self.merged(profiles, &generator))
    for _ in 0..<12 {
      #expect(try ProfileFile.json(Self.merged(profiles, &generator)) == expected)
    }
  }

  @Test func `A sum holds the sums, the peaks and the spans of its parts`() throws {
    let parts = FixtureProfiles.all
    var sum = parts[0]
    for part in parts.dropFirst() { try sum.merge(part) }
    func total(_ value: (Profile) -> UInt64) -> UInt64 { parts.reduce(0) { $0 + value($1) } }
    #expect(sum.totals.map.calls == total { $0.totals.map.calls })
    #expect(sum.totals.work.cleanedLines == total { $0.totals.work.cleanedLines })
    #expect(sum.totals.work.invalidatedLines == total { $0.totals.work.invalidatedLines })
    #expect(sum.totals.bounce.bytesIn == total { $0.totals.bounce.bytesIn })
    #expect(sum.totals.peak.bytes == parts.map(\.totals.peak.bytes).max())
    #expect(sum.recording.span == total { $0.recording.span })
    #expect(sum.recording.events == total { $0.recording.events })
    #expect(sum.recording.lostEvents == total { $0.recording.lostEvents })
    #expect(sum.findings.reduce(0) { $0 + $1.count } == total { $0.findings.reduce(0) { $0 + $1.count } })
    #expect(
      sum.timeline.series.flatMap(\.maps).reduce(0, +)
        == total { $0.timeline.series.flatMap(\.maps).reduce(0, +) })
    #expect(
      sum.timeline.series.flatMap(\.liveBytes).max()
        == parts.flatMap { $0.timeline.series.flatMap(\.liveBytes) }.max())
    #expect(sum.merged?.count == UInt64(parts.count))
    #expect(sum.merged?.paths == parts.map(\.recording.path).sorted())
    #expect(
      sum.operations.reduce(0) { $0 + $1.apiCalls } == total { $0.operations.reduce(0) { $0 + $1.apiCalls } })
  }

  @Test func `A profile twice costs twice what it costs once`() throws {
    for profile in FixtureProfiles.all {
      var twice = profile
      try twice.merge(profile)
      #expect(twice.totals.estimate.mid == 2 * profile.totals.estimate.mid)
      #expect(twice.platform.priceShares.isEmpty)
      #expect(twice.estimatedShare?.mid == profile.estimatedShare?.mid)
    }
  }

  @Test func `Where prices differ, each part counts with its own in the sum`() throws {
    func part(_ nanoseconds: Double) throws -> Profile {
      try FixtureProfiles.profile("nc-b.dat") { options in
        for work in Work.allCases {
          options.adjustments.prices[work] = Price(
            Estimate(low: nanoseconds, mid: nanoseconds, high: nanoseconds), source: "test", isMeasured: true)
        }
      }
    }
    let (cheap, dear) = (try part(1), try part(3))
    var sum = cheap
    try sum.merge(dear)
    let call = try #require(sum.platform.prices.first { $0.work == .call })
    #expect((call.price.range.low, call.price.range.mid, call.price.range.high) == (1, 2, 3))
    #expect(sum.totals.estimate.mid == cheap.totals.estimate.mid + dear.totals.estimate.mid)
    #expect(sum.platform.calibrated)
  }

  @Test func `Prices can be changed in a saved profile as in a replay`() throws {
    var options = ReplayOptions()
    options.adjustments.prices[.cleanLine] = Price(
      Estimate(low: 2, mid: 3, high: 4), source: "test", isMeasured: false)
    let replayed = try FixtureProfiles.profile("nc-b.dat") { $0.adjustments = options.adjustments }
    var saved = try ProfileFile.read(ProfileFile.json(FixtureProfiles.profile("nc-b.dat")), name: "")
    try saved.applyPrices(of: options)
    #expect(try ProfileFile.json(saved) == ProfileFile.json(replayed))
    #expect(saved.totals.estimate == replayed.totals.estimate)
    options.adjustments.cacheLine = 128
    #expect(throws: PlatformMismatch.self) { try saved.applyPrices(of: options) }
    options = ReplayOptions()
    options.platform = PlatformProfile.named("imx6")
    #expect(throws: PlatformMismatch.self) { try saved.applyPrices(of: options) }
  }

  @Test func `Lines of different machines do not add up`() throws {
    var arm = try FixtureProfiles.profile("nc-b.dat")
    let wide = try FixtureProfiles.profile("nc-b.dat") { $0.adjustments.cacheLine = 128 }
    let error = #expect(throws: ProfileMismatch.self) { try arm.merge(wide) }
    #expect(error?.description == "nc-b.dat and nc-b.dat do not add up: cache lines of 64 and of 128 bytes")
  }
}
