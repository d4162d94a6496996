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

  /// Smaller programs, without unmaps that may be left out: where they may, the end of a mapping is nobody's to know.
  private static let programs = (100..<124).map {
    LegalProgram(seed: $0, calls: 700, mayOmit: false)
  }

  @Test("with one thing wrong give the finding for it", arguments: Mutation.all)
  func mutant(of mutation: Mutation) {
    var made = 0
    for (number, program) in repeatElement(LegalProgramTests.programs, count: 4).joined().enumerated() {
      var mutant = Mutant(program, seed: UInt64(number), rule: mutation.rule)
      guard mutation.apply(&mutant) else { continue }
      made += 1
      let findings = program.findings(mutant.events, segments: mutant.segments)
      let expected = findings.filter { $0.rule.number == mutant.rule && $0.device == mutant.device }
      let text = "\(mutant.rule) \(mutant.device) at \(mutant.time ?? 0), \(program.machine)"
      let summaries = findings.filter(\.isGrave).map(\.summary)
      #expect(
        expected.contains { finding in
          mutant.time == nil || finding.examples.contains { $0.asked.time == mutant.time }
        }, "\(text): \(summaries)")
      let rules = mutation.followers.union([mutant.rule])
      let others = findings.filter {
        $0.isGrave
          && !(rules.contains($0.rule.number) && [mutant.device, mutant.deprived].contains($0.device))
      }
      #expect(others.isEmpty, "\(text): \(others.map(\.summary))")
      if made == 24 { break }
    }
    #expect(made >= 20)
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
