import DMAModel
import Testing

@testable import Replay

@Suite("LegalProgram: random programs")
struct LegalProgramTests {
  @Test("that break no rule are found to break none", arguments: 1...20 as ClosedRange<UInt64>)
  func legal(seed: UInt64) {
    let program = LegalProgram(seed: seed, calls: 3000)
    #expect(program.events.count > 3000)
    let grave = program.findings().filter(\.isGrave).map(\.summary)
    #expect(grave == [], "\(program.machine)")
  }

  @Test("are not found to break any when events are lost", arguments: 1...20 as ClosedRange<UInt64>)
  func losses(seed: UInt64) {
    let program = LegalProgram(seed: seed, calls: 3000)
    var lost = 0
    for variant in 1...4 as ClosedRange<UInt64> {
      let events = losing(program.events, seed: seed * 4 + variant)
      lost += events.count { $0.call == .lost }
      let grave = program.findings(events).filter(\.isGrave).map(\.summary)
      #expect(grave == [], "\(program.machine)")
    }
    #expect(lost > 0)
  }
}

extension Finding {
  /// For a failed test: the place, and the first example.
  var summary: String {
    let example = examples[0]
    func text(_ evidence: Evidence) -> String {
      "\(evidence.call) at \(evidence.time) "
        + evidence.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    }
    return
      "\(place) ×\(count): \(example.message); \(text(example.asked)); before: \(example.before.map(text) ?? "-")"
  }
}
