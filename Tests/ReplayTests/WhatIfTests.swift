import DMAModel
import Testing

@testable import Replay

@Suite("What if")
struct WhatIfTests {
  private static func scenario(_ text: String, of recording: FixtureEvents) throws -> Profile {
    let assumption = try WhatIf(text)
    return recording.profile { $0 = $0.assuming(assumption) }
  }

  @Test("a wider mask takes away exactly the bounces that the mask made")
  func mask() throws {
    let recording = try FixtureEvents("mask32-6g.dat")
    let was = recording.profile()
    #expect(was.totals.bounce.mask == 4890)
    for text in ["device=0000:00:05.0,mask=64", "mask=33"] {
      let bounce = try Self.scenario(text, of: recording).totals.bounce
      #expect(bounce == Bounce(), "\(text)")
    }
    // A mask that does not reach the memory either, and another device's, change nothing.
    for text in ["mask=32", "device=0000:00:03.0,mask=64"] {
      #expect(try Self.scenario(text, of: recording).totals.bounce == was.totals.bounce, "\(text)")
    }
  }

  @Test("forced bounces stay, whatever the mask")
  func forced() throws {
    let recording = try FixtureEvents("swiotlb-force.dat")
    let was = recording.profile().totals.bounce
    #expect(was.forced > 0 && was.mask == 0)
    #expect(try Self.scenario("mask=64", of: recording).totals.bounce == was)
  }

  @Test("a coherent machine has no maintenance, and bounces nothing for the caches' sake")
  func coherent() throws {
    let recording = try FixtureEvents("noncoherent.dat")
    #expect(recording.profile().totals.bounce.alignment == 8)
    let totals = try Self.scenario("coherent", of: recording).totals
    #expect(totals.work == CacheWork() && totals.bounce == Bounce() && totals.estimate.high == 0)
  }

  @Test("one coherent device takes away its own maintenance and no other's")
  func oneDevice() throws {
    let recording = try FixtureEvents("noncoherent.dat")
    let was = recording.profile()
    let now = try Self.scenario("device=0000:00:03.0,coherent", of: recording)
    for (before, after) in zip(was.devices, now.devices) {
      #expect(after.work == (before.name == "0000:00:03.0" ? CacheWork() : before.work), "\(before.name)")
    }
  }

  @Test(
    "other lines and platforms count as when the user names them", arguments: ["noncoherent.dat", "nc-b.dat"])
  func machine(fixture: String) throws {
    let recording = try FixtureEvents(fixture)
    #expect(
      try Self.scenario("cacheLine=128", of: recording).totals.work
        == recording.profile { $0.adjustments.cacheLine = 128 }.totals.work)
    #expect(
      try Self.scenario("platform=mips", of: recording).totals.work
        == recording.profile { $0.platform = PlatformProfile.named("mips") }.totals.work)
    #expect(
      try Self.scenario("noncoherent", of: recording).totals.work
        == recording.profile { $0.nonCoherent = ["*"] }.totals.work)
  }

  @Test(
    "buffers that stay mapped save what is listed as avoidable",
    arguments: ["noncoherent.dat", "iommu-strict.dat"])
  func recycling(fixture: String) throws {
    let recording = try FixtureEvents(fixture)
    let was = recording.profile()
    let now = try Self.scenario("recycle", of: recording)
    let saved = was.avoidable.filter { $0.kind == .recycle }
    #expect(!saved.isEmpty)
    let lines = saved.reduce(UInt64(0)) { $0 + $1.work.lines }
    let flushes = saved.reduce(UInt64(0)) { $0 + $1.iotlbInvalidations }
    #expect(now.totals.work.lines + lines == was.totals.work.lines)
    #expect(now.totals.iotlbInvalidations + flushes == was.totals.iotlbInvalidations)
    #expect(now.totals.estimate.mid < was.totals.estimate.mid)
  }

  @Test(
    "what is no assumption is refused with what would be one",
    arguments: [
      "", "foo", "mask=0", "mask=65", "mask=x", "mask", "coherent=1", "cacheLine=96", "cacheLine=2",
      "device=",
      "device=a", "platform=z80", "device=a,cacheLine=64", "coherent,,recycle",
    ])
  func refusal(text: String) {
    let misfit = #expect(throws: WhatIf.Misfit.self) { _ = try WhatIf(text) }
    #expect(misfit?.description.contains("'\(text)'") == true)
  }

  @Test("several terms hold together")
  func terms() throws {
    let whatIf = try WhatIf("device=0000:*,mask=40,noncoherent,recycle")
    #expect(whatIf.mask == (1 << 40) - 1 && whatIf.coherent == false && whatIf.recycles)
    #expect(whatIf.concerns("0000:00:03.0") && !whatIf.concerns("soc"))
    #expect(try WhatIf("mask=64").mask == .max)
  }
}
