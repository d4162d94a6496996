import Foundation
import Testing

/// Recordings that were cut or overwritten: one clear message, a bounded amount of memory, no crash, and what came
/// before the damage.
@Suite("Damaged recordings")
struct DamageTests {
  /// Well above what reading any of these takes, well below what a believed absurd number would ask for.
  static let memoryLimit: UInt64 = 200 << 20
  static let cutFixtures = ["nc-b.dat", "v6-b.dat"]

  /// Runs a report on `bytes` and checks what holds for any input.
  static func report(
    _ bytes: [UInt8], in folder: URL, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> (status: Int32, report: Report?) {
    let path = folder.appendingPathComponent("damaged.dat").path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let outcome = try Program.run(["report", path, "--json", "-"])
    #expect(!outcome.timedOut, "\(what): no end", sourceLocation: sourceLocation)
    #expect(outcome.signal == nil, "\(what): crashed: \(outcome.errors)", sourceLocation: sourceLocation)
    #expect(
      outcome.peakMemory < memoryLimit, "\(what): \(outcome.peakMemory) bytes", sourceLocation: sourceLocation
    )
    guard let status = outcome.status else { return (-1, nil) }
    #expect([0, 3, 65].contains(status), "\(what): \(outcome.errors)", sourceLocation: sourceLocation)
    if status != 0 {
      #expect(outcome.errors.contains(path), "\(what): names no file", sourceLocation: sourceLocation)
      #expect(
        outcome.errors.contains(/byte \d+|empty file/), "\(what): names no place: \(outcome.errors)",
        sourceLocation: sourceLocation)
      let lines = outcome.errors.split(separator: "\n")
      #expect(lines.count <= 10, "\(what): too many words", sourceLocation: sourceLocation)
    }
    guard status != 65 else {
      #expect(outcome.output.isEmpty, "\(what): output without input", sourceLocation: sourceLocation)
      return (status, nil)
    }
    let report = try Report(outcome)
    #expect(report.input.incomplete == (status == 3), "\(what)", sourceLocation: sourceLocation)
    #expect(report.input.problems.isEmpty == (status == 0), "\(what)", sourceLocation: sourceLocation)
    return (status, report)
  }

  @Test("that are cut anywhere give what came before, and say where they end", arguments: cutFixtures)
  func truncation(fixture: String) throws {
    let bytes = try Fixture.bytes(fixture)
    // Version 7 may end in a list of names for its sections, which no reader needs.
    let end = fixture == "v6-b.dat" ? bytes.count : try Recording(fixture).endOfOptions
    var random = SeededGenerator(state: 1)
    var cuts = Set((0..<64).map { bytes.count * $0 / 64 })
    cuts.formUnion(stride(from: 1, to: 64, by: 3))
    cuts.formUnion((0..<32).map { _ in Int.random(in: 0..<bytes.count, using: &random) })
    cuts.formUnion([end - 1, bytes.count - 1])

    let full = try Report(on: fixture)
    var events: UInt64 = 0
    var partial = 0
    try withTemporaryFolder { folder in
      for cut in cuts.sorted() {
        let (status, report) = try Self.report(Array(bytes.prefix(cut)), in: folder, "cut at \(cut)")
        if cut < end {
          #expect(status == 3 || status == 65, "cut at \(cut) was not noticed")
        } else {
          #expect(report?.input.events == full.input.events, "cut at \(cut)")
        }
        guard let report else { continue }
        let input = report.input
        #expect(input.events >= events, "cut at \(cut): fewer events than in a shorter file")
        #expect(report.totals.calls <= full.totals.calls, "cut at \(cut)")
        for (name, count) in input.eventsByName {
          #expect(count <= full.input.eventsByName[name, default: 0], "cut at \(cut): \(name)")
        }
        events = max(events, input.events)
        if input.events > 0 && input.events < full.input.events { partial += 1 }
      }
    }
    #expect(partial > 3)
    #expect(events <= full.input.events)
  }

  /// 12 × 20 flips, half of them in each version.
  @Test("with flipped bits neither crash nor take memory", arguments: 1...12)
  func flippedBits(seed: UInt64) throws {
    var random = SeededGenerator(state: seed)
    try withTemporaryFolder { folder in
      for fixture in Self.cutFixtures {
        let bytes = try Fixture.bytes(fixture)
        for round in 0..<10 {
          var damaged = bytes
          // Half of them in the first 64 KiB, where the metadata lies.
          let end = round % 2 == 0 ? min(1 << 16, bytes.count) : bytes.count
          var places: [Int] = []
          for _ in 0...(round / 3) {
            places.append(Int.random(in: 12..<end, using: &random))
            damaged[places[places.count - 1]] ^= 1 << UInt8.random(in: 0..<8, using: &random)
          }
          _ = try Self.report(damaged, in: folder, "\(fixture), seed \(seed), bits flipped at \(places)")
        }
      }
    }
  }

  @Test("with a piece overwritten by zeros or ones neither crash nor take memory", arguments: 1...4)
  func overwritten(seed: UInt64) throws {
    var random = SeededGenerator(state: seed &* 1000)
    try withTemporaryFolder { folder in
      for fixture in Self.cutFixtures {
        let bytes = try Fixture.bytes(fixture)
        for filler in [0x00, 0xff] as [UInt8] {
          var damaged = bytes
          let start = Int.random(in: 18..<(bytes.count - 512), using: &random)
          for index in start..<(start + 512) { damaged[index] = filler }
          _ = try Self.report(damaged, in: folder, "\(fixture), 512 × \(filler) at \(start)")
        }
      }
    }
  }
}
