import DMAModel
import Testing

@testable import Replay

@Suite("Losing events")
struct LossTests {
  @Test("makes no finding out of nothing", arguments: FixtureEvents.names)
  func noNewFindings(fixture: String) throws {
    let recorded = try FixtureEvents(fixture)
    let known = Set(recorded.findings().filter(\.isGrave).map(\.place))
    var lost = 0
    for seed in 1...8 {
      let events = losing(recorded.events, seed: UInt64(seed))
      lost += events.filter { $0.call == .lost }.count
      let grave = recorded.findings(events).filter(\.isGrave)
      let new = Set(grave.map(\.place)).subtracting(known)
      #expect(new.isEmpty, "seed \(seed): \(grave.first { new.contains($0.place) }.map { "\($0)" } ?? "")")
    }
    #expect(lost > 0 || recorded.events.count < 1000)
  }

  @Test(
    "takes back what was concluded between the last record of a CPU and the word that records are missing")
  func withdrawal() {
    var recorder = Recorder()
    recorder.add(.setMask, "disk") {
      ($0.value, $0.address) = (0, 0xffff_ffff)
      $0.flags.insert(.isReturn)
    }
    recorder.map(0x1000, 64, .toDevice)
    recorder.unmap(0x1000, 64, .toDevice)
    recorder.add(.mapPage, "other") { ($0.cpu, $0.address, $0.size) = (1, 0x9000, 64) }
    let suspicious = recorder
    recorder.unmap(0x2000, 64, .toDevice)
    var whole = suspicious
    whole.unmap(0x2000, 64, .toDevice)
    #expect(whole.replay().findings.map(\.rule.number) == [201, 213])
    // CPU 1 has lost events since its last one, a map of 0x2000 among them, perhaps.
    recorder.add(.lost, "") { $0.cpu = 1 }
    let profile = recorder.replay()
    #expect(!profile.findings.contains { $0.isGrave })
    #expect(profile.caveats.contains { $0.contains("1 suspicion of a broken rule is not reported") })
  }
}
