import DMAModel
import Testing

@testable import Replay

/// Recordings of drivers that people use every day: a finding there is either true and examined, or a false alarm.
@Suite("Recordings of ordinary drivers")
struct RealRecordingTests {
  /// Findings of severity error or warning that a person has looked at, and why they stand.
  static let examined: [String: Set<String>] = [
    // Direct reads of a program into adjoining parts of one buffer, cut in mid-line and in flight at once: two lists that
    // the device writes share a line, without coherency. The program's doing, and a real hazard.
    "nc-b.dat": ["DMA401 0000:00:02.0"],
    // The pool of bounce buffers is too small on purpose: maps of the disk and of a network card return all ones, many
    // in a row.
    "swiotlb-full.dat": ["DMA506 0000:00:03.0", "DMA506 0000:00:05.0"],
  ]

  @Test(
    "have no errors and no warnings but those examined",
    arguments: FixtureEvents.names.filter { $0 != "misuse.dat" })
  func quiet(fixture: String) throws {
    let grave = try FixtureEvents(fixture).findings().filter(\.isGrave)
    #expect(Set(grave.map(\.place)) == RealRecordingTests.examined[fixture] ?? [])
  }

  @Test("have advice: blocks far smaller than a page are no error")
  func advice() throws {
    let findings = try FixtureEvents("mask32-6g.dat").findings()
    #expect(findings.first { $0.rule === Rule.maskBounces }?.count == 4890)
    #expect(findings.contains { $0.rule === Rule.maskNarrowerThanRequired && $0.device == "0000:00:05.0" })
  }
}
