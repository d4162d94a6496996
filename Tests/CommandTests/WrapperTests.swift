import Foundation
import Testing

@Suite("Packed and piped recordings")
struct WrapperTests {
  /// Everything of a report but the names of the input.
  static func document(_ outcome: Program.Outcome) throws -> NSDictionary {
    var report = try #require(try JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
    var input = try #require(report["input"] as? [String: Any])
    input["path"] = nil
    input["format"] = nil
    report["input"] = input
    return report as NSDictionary
  }

  static func expectSame(as fixture: String, _ outcome: Program.Outcome) throws {
    #expect(outcome.status == 0, "\(outcome.errors)")
    let plain = try Program.run(["report", Fixture.path(fixture), "--json", "-"])
    #expect(try document(outcome) == document(plain))
  }

  static func report(on bytes: [UInt8], _ options: String...) throws -> Program.Outcome {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("packed")
      try Data(bytes).write(to: file)
      return try Program.run(["report", file.path, "--json", "-"] + options)
    }
  }

  @Test("in a zstd frame give the same report")
  func zstd() throws {
    try Self.expectSame(as: "nc-b.dat", Self.report(on: packZstd(Fixture.bytes("nc-b.dat"))))
  }

  /// RFC 8878, 3.1: frames may follow one another, and frames of magic 0x184D2A5? are to be skipped.
  @Test("in several zstd frames, some of them skippable, give the same report")
  func zstdFrames() throws {
    let bytes = try Fixture.bytes("nc-b.dat")
    let skippable: [UInt8] = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
    let packed =
      try packZstd(Array(bytes.prefix(70_001))) + skippable + packZstd(Array(bytes.dropFirst(70_001)))
    try Self.expectSame(as: "nc-b.dat", Self.report(on: packed))
  }

  @Test("in gzip give the same report", .enabled(if: Tool.exists("gzip"), "skipped: gzip is not installed"))
  func gzip() throws {
    try withTemporaryFolder { folder in
      let packed = folder.appendingPathComponent("nc-b.dat.gz").path
      let command = #"gzip -c "$trace" > "$packed" && "$dmascope" report "$packed" --json -"#
      let variables = ["trace": Fixture.path("nc-b.dat"), "packed": packed]
      try Self.expectSame(as: "nc-b.dat", Program.shell(command, environment: variables))
    }
  }

  @Test("on standard input give the same report: from a file and from a pipe")
  func standardInput() throws {
    let path = Fixture.path("nc-b.dat")
    try Self.expectSame(as: "nc-b.dat", Program.run(["report", "-", "--json", "-"], input: path))
    try Self.expectSame(
      as: "nc-b.dat",
      Program.shell(#"cat "$trace" | "$dmascope" report - --json -"#, environment: ["trace": path]))
    let packed = try Program.shell(
      #"cat "$trace" | "$dmascope" report - --json -"#, environment: ["trace": Fixture.path("v6.dat.zst")])
    try Self.expectSame(as: "v6.dat.zst", packed)
  }

  @Test("that are cut in their packing give what came before")
  func cutPacking() throws {
    let full = try Report(on: "v6.dat.zst")
    let bytes = try Fixture.bytes("v6.dat.zst")
    let outcome = try Self.report(on: Array(bytes.dropLast(3)))
    #expect(outcome.status == 3)
    let partial = try Report(outcome)
    #expect(partial.input.incomplete)
    #expect(partial.input.events <= full.input.events)
    #expect(try Self.report(on: Array(bytes.dropLast(3)), "--allow-incomplete").status == 0)
    #expect(try Self.report(on: Array(bytes.prefix(9))).status == 65)
  }

  /// A frame header (RFC 8878, 3.1.1.1) with an 8-byte content size and a window of 128 KiB, then blocks of one byte
  /// repeated 128 KiB times, four bytes each.
  static func bomb(promising size: UInt64?, blocks: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, size == nil ? 0x00 : 0xc0, 0x38]
    if let size { bytes += (0..<8).map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) } }
    for block in 0..<blocks {
      let header = (block == blocks - 1 ? 1 : 0) | 1 << 1 | (128 << 10) << 3
      bytes += [UInt8(header & 0xff), UInt8(header >> 8 & 0xff), UInt8(header >> 16 & 0xff), 0]
    }
    return bytes
  }

  @Test("that promise 2^60 bytes are refused at once")
  func promise() throws {
    let outcome = try Self.report(on: Self.bomb(promising: 1 << 60, blocks: 1))
    #expect(outcome.status == 65 || outcome.status == 3)
    #expect(outcome.errors.contains("packed"))
    #expect(outcome.errors.contains("\(1 << 60)"), "\(outcome.errors)")
    #expect(outcome.peakMemory < DamageTests.memoryLimit)
  }

  @Test("that would unpack to 16 GiB of nothing are refused before the disk is full")
  func bomb() throws {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("bomb.zst")
      try Data(Self.bomb(promising: nil, blocks: 1 << 17)).write(to: file)
      // Files of at most 4 GiB: more than that on the disk would be a failure.
      let outcome = try Program.shell(
        #"ulimit -f 8388608; "$dmascope" report "$bomb""#, environment: ["bomb": file.path])
      #expect(outcome.status == 65 || outcome.status == 3, "\(outcome)")
      #expect(outcome.errors.contains("bomb.zst"))
      #expect(outcome.peakMemory < DamageTests.memoryLimit)
      #expect(!outcome.timedOut)
    }
  }
}

/// Programs that a test needs and a machine may not have.
enum Tool {
  static func exists(_ name: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }
  }
}
