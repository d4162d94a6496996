import DMAModel
import Replay
import Testing

@testable import Comparison

@Suite("Comparing profiles")
struct RunComparisonTests {
  @Test("equal runs differ in nothing, and no gate breaks, single or several")
  func equalRuns() throws {
    for count in [1, 5] {
      let runs = (0..<count).map {
        MadeUp.profile(devices: [MadeUp.device("0000:00:05.0", bounced: 40, seed: $0)])
      }
      let comparison = RunComparison(base: runs, new: runs)
      #expect(comparison.isEqual && comparison.answer.isEmpty)
      let gates = try [
        "maintenance.lines_per_mib < +1%", "bounces.per_mapping <= 0.5", "peak.bytes < +1%",
        "findings.new == 0", "0000*: cost.ns_per_mapping < +1%",
      ].map { try Gate($0) }
      #expect(comparison.judge(gates).map(\.verdict) == Array(repeating: .held, count: 5))
    }
  }

  @Test("bounces that appear are named first, on their device, and break a gate")
  func bounces() throws {
    let quiet = MadeUp.device("0000:00:04.0", bounced: 0, seed: 1)
    let before = MadeUp.profile(devices: [quiet, MadeUp.device("0000:00:05.0", bounced: 0, seed: 2)])
    let after = MadeUp.profile(devices: [quiet, MadeUp.device("0000:00:05.0", bounced: 900, seed: 2)])
    let comparison = RunComparison(base: [before], new: [after])
    let first = try #require(comparison.answer.first)
    #expect(first.family == .bounces && first.devices == ["0000:00:05.0"])
    #expect(first.change.base == 0 && first.change.new == 0.9 && first.change.isChange)
    let gates = try [
      "bounces.per_mapping <= 0.01", "0000:00:05.0: bounces.per_mapping < +10%",
      "0000:00:04.0: bounces.per_mapping == 0", "nothing*: bounces.per_mapping == 0",
    ].map { try Gate($0) }
    #expect(comparison.judge(gates).map(\.verdict) == [.broken, .broken, .held, .unmeasured])
  }

  @Test("where the runs of a side agree among themselves a change is exact, however small")
  func exact() throws {
    let before = MadeUp.profile(devices: [MadeUp.device("a", bounced: 100, seed: 1)])
    let after = MadeUp.profile(devices: [MadeUp.device("a", bounced: 101, seed: 1)])
    let comparison = RunComparison(base: [before, before], new: [after, after])
    let change = try #require(comparison.whole.first { $0.metric.name == "bounces.per_mapping" })
    #expect(change.evidence == .exact && change.isChange)
    #expect(comparison.judge([try Gate("bounces.per_mapping < +0.5%")]).map(\.verdict) == [.broken])
    #expect(comparison.judge([try Gate("bounces.per_mapping < +1.5%")]).map(\.verdict) == [.held])
  }

  @Test("a difference within the noise of several runs is uncertain, and breaks nothing")
  func noise() throws {
    let base = [100, 130, 90, 120, 110].map {
      MadeUp.profile(devices: [MadeUp.device("a", bounced: $0, seed: 1)])
    }
    let new = [105, 140, 95, 118, 125].map {
      MadeUp.profile(devices: [MadeUp.device("a", bounced: $0, seed: 1)])
    }
    let comparison = RunComparison(base: base, new: new)
    let change = try #require(comparison.whole.first { $0.metric.name == "bounces.per_mapping" })
    #expect(change.evidence == .ranks(base: 5, new: 5) && change.isUncertain)
    #expect(comparison.judge([try Gate("bounces.per_mapping < +1%")]).map(\.verdict) == [.uncertain])
  }

  @Test("a device that moved is recognised by its kind if nothing else can be it, and by a rule always")
  func matching() throws {
    let base = MadeUp.profile(devices: [
      MadeUp.device("0000:00:03.0", bounced: 0, seed: 1, mask: 32),
      MadeUp.device("0000:00:04.0", bounced: 0, seed: 1, mask: 64),
    ])
    let moved = MadeUp.profile(devices: [
      MadeUp.device("0000:01:00.0", bounced: 0, seed: 1, mask: 64),
      MadeUp.device("0000:00:03.0", bounced: 0, seed: 1, mask: 32),
    ])
    let found = DeviceMatching(base: [base], new: [moved])
    #expect(found.renamed.map(\.old) == ["0000:00:04.0"] && found.renamed.map(\.new) == ["0000:01:00.0"])
    #expect(found.gone.isEmpty && found.new.isEmpty && found.common == ["0000:00:03.0", "0000:01:00.0"])
    let twins = MadeUp.profile(devices: [
      MadeUp.device("0000:01:00.0", bounced: 0, seed: 1, mask: 64),
      MadeUp.device("0000:02:00.0", bounced: 0, seed: 1, mask: 64),
    ])
    let unclear = DeviceMatching(base: [base], new: [twins])
    #expect(unclear.renamed.isEmpty && unclear.gone.count == 2 && unclear.new.count == 2)
    let ruled = DeviceMatching(
      base: [base], new: [twins], rules: [try MatchRule("0000:00:04.0=0000:02:00.0"), try MatchRule("x=y")])
    #expect(ruled.renamed.map(\.new) == ["0000:02:00.0"] && ruled.problems.count == 1)
  }

  @Test("findings are new by rule, device and calling function, not by address or count")
  func findings() throws {
    var (before, after) = (
      MadeUp.profile(devices: [MadeUp.device("a", bounced: 0, seed: 1)]), MadeUp.profile(devices: [])
    )
    after = before
    before.findings = [MadeUp.finding("DMA203", "a", "probe+0x10 [x]", count: 3)]
    after.findings = [
      MadeUp.finding("DMA203", "a", "probe+0x24 [x]", count: 9),
      MadeUp.finding("DMA212", "a", "remove+0x4 [x]", count: 2),
    ]
    let comparison = RunComparison(base: [before], new: [after])
    #expect(comparison.findings.new.map(\.rule.id) == ["DMA212"] && comparison.findings.gone.isEmpty)
    let gates = try [
      "findings.new == 0", "findings.new_warnings == 0", "leaks <= 1", "findings.DMA203 <= 1",
      "b: findings.new == 0",
    ]
    .map { try Gate($0) }
    #expect(comparison.judge(gates).map(\.verdict) == [.broken, .held, .broken, .held, .unmeasured])
  }
}

/// Profiles made by hand: 1,000 mappings of 4 KiB each a device, 100 windows.
enum MadeUp {
  static func device(_ name: String, bounced: UInt64, seed: Int, mask: Int = 64) -> (
    DeviceProfile, DeviceSeries
  ) {
    var device = DeviceProfile()
    device.name = name
    (device.map.calls, device.map.segments, device.map.bytes) = (1000, 1000, 4_096_000)
    device.maskBecause = .set
    device.streamingMask = mask == 64 ? .max : 0xffff_ffff
    device.bounce.mappings = bounced
    device.bounce.bytesIn = bounced * 4096
    device.estimate = Estimate(low: 0, mid: Double(bounced) * 1000, high: 1e9)
    (device.peak.mappings, device.peak.bytes) = (10, 40_960)
    var series = DeviceSeries()
    series.device = name
    for window in 0..<100 {
      series.cleanedLines.append(0)
      series.invalidatedLines.append(0)
      series.maintenanceCalls.append(0)
      series.maps.append(10)
      series.mappedBytes.append(40_960)
      series.unmaps.append(10)
      series.syncs.append(0)
      let share = bounced / 100 + ((window + seed) % 100 < Int(bounced % 100) ? 1 : 0)
      series.bouncedMaps.append(share)
      series.bouncedBytes.append(share * 4096)
    }
    return (device, series)
  }

  static func profile(devices: [(DeviceProfile, DeviceSeries)]) -> Profile {
    var profile = Profile()
    profile.devices = devices.map(\.0)
    for device in profile.devices {
      profile.totals.map += device.map
      profile.totals.bounce += device.bounce
      profile.totals.estimate += device.estimate
      profile.totals.peak.bytes += device.peak.bytes
      var row = OperationProfile()
      (row.device, row.apiCalls, row.direction) = (device.name, 1000, .fromDevice)
      profile.operations.append(row)
    }
    profile.platform.prices = [
      WorkPrice(
        work: .copiedByte,
        price: Price(Estimate(low: 0, mid: 1000 / 4096, high: 1), source: "", isMeasured: false),
        isUsed: true)
    ]
    profile.timeline.buckets = 100
    profile.timeline.series = devices.map(\.1)
    return profile
  }

  static func finding(_ rule: String, _ device: String, _ site: String, count: UInt64) -> Finding {
    let rule = Rule.named(rule) ?? Rule.all[0]
    return Finding(
      rule: rule, severity: rule.severity, device: device, callSite: site, count: count, examples: [])
  }
}
