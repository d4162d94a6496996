import Foundation
import Testing

/// Counts, sizes and offsets that no recording could have.
@Suite("Absurd numbers")
struct AbsurdNumberTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var what: String
    var value: UInt64
    var width: Int
    var offset: @Sendable (Recording) -> Int

    var testDescription: String { "\(what) = \(value)" }
  }

  static let cases: [Case] = [
    Case(what: "the options' place", value: 1 << 63, width: 8) { $0.optionsPointer },
    Case(what: "the options' place", value: .max, width: 8) { $0.optionsPointer },
    Case(what: "the options' place", value: 1, width: 8) { $0.optionsPointer },
    Case(what: "an option's size", value: 0xffff_ffff, width: 4) { $0.number(at: $0.optionsPointer, 8) + 18 },
    Case(what: "the size of the section of options", value: 1 << 60, width: 8) {
      $0.number(at: $0.optionsPointer, 8) + 8
    },
    Case(what: "the first section's packed size", value: 0xffff_ffff, width: 4) { $0.firstSection + 16 },
    Case(what: "the first section's unpacked size", value: 0xffff_fff0, width: 4) { $0.firstSection + 20 },
    Case(what: "the first section's number", value: 0xffff, width: 2) { $0.firstSection },
    Case(what: "the number of CPUs", value: 0xffff_ffff, width: 4) { $0.cpuEntries[0] - 4 },
    Case(what: "where a CPU's data begins", value: 1 << 62, width: 8) { $0.cpuEntries[0] + 4 },
    Case(what: "where a CPU's data begins", value: .max - 3, width: 8) { $0.cpuEntries[0] + 4 },
    Case(what: "the size of a CPU's data", value: .max, width: 8) { $0.cpuEntries[0] + 12 },
    Case(what: "the number of chunks", value: 0xffff_ffff, width: 4) {
      $0.number(at: $0.cpuEntries[0] + 4, 8)
    },
    Case(what: "a chunk's packed size", value: 0xffff_ffff, width: 4) {
      $0.number(at: $0.cpuEntries[0] + 4, 8) + 4
    },
    Case(what: "a chunk's unpacked size", value: 0xffff_ffff, width: 4) {
      $0.number(at: $0.cpuEntries[0] + 4, 8) + 8
    },
  ]

  @Test("in version 7 are reported and cost no memory", arguments: cases)
  func version7(absurd: Case) throws {
    var recording = try Recording("nc-b.dat")
    recording.put(absurd.value, at: absurd.offset(recording), absurd.width)
    try withTemporaryFolder { folder in
      let (status, _) = try DamageTests.report(recording.bytes, in: folder, absurd.what)
      #expect(status == 3 || status == 65, "not noticed")
    }
  }

  /// It is a name only: the events are all there, and whether they are marked incomplete does not matter.
  @Test(
    "as a CPU's number lose nothing and cost no memory",
    arguments: [1 << 16, 1 << 31, 0xffff_ffff] as [UInt64])
  func cpuNumber(number: UInt64) throws {
    var recording = try Recording("nc-b.dat")
    recording.put(number, at: recording.cpuEntries[0], 4)
    try withTemporaryFolder { folder in
      let (_, report) = try DamageTests.report(recording.bytes, in: folder, "CPU \(number)")
      #expect(report?.input.eventsByName == Facts.events["nc-b.dat"])
    }
  }

  /// Behind the page size: `header_page` and its zero, then the size of its text.
  @Test("in version 6 are reported and cost no memory", arguments: [1 << 60, .max, 1 << 31, 0] as [UInt64])
  func version6(size: UInt64) throws {
    var recording = try Recording("v6-b.dat")
    recording.put(size, at: 18 + 12, 8)
    try withTemporaryFolder { folder in
      let (status, report) = try DamageTests.report(
        recording.bytes, in: folder, "header_page of \(size) bytes")
      #expect(status == 3 || status == 65, "not noticed")
      #expect(report == nil || report?.input.events == 0)
    }
  }

  @Test(
    "as page sizes are reported and cost no memory",
    arguments: [0, 1, 7, 4097, 1 << 31, 0xffff_ffff] as [UInt64])
  func pageSizes(size: UInt64) throws {
    var recording = try Recording("nc-b.dat")
    recording.put(size, at: Recording.pageSize, 4)
    // The BUFFER option has a page size of its own, before the number of CPUs.
    recording.put(size, at: recording.cpuEntries[0] - 8, 4)
    try withTemporaryFolder { folder in
      let (status, _) = try DamageTests.report(recording.bytes, in: folder, "pages of \(size) bytes")
      #expect(status == 3 || status == 65, "not noticed")
    }
  }
}
