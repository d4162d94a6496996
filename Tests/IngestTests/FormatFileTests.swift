import DMAModel
import Foundation
import Testing

@testable import Ingest

@Suite("A perf.data that was never completed")
struct FormatFileTests {
  private static func unfinished(bigEndian: Bool = false) -> [UInt8] {
    var builder = PerfBuilder()
    (builder.bigEndian, builder.isFinished) = (bigEndian, false)
    builder.sample(time: 100, cpu: 0, mapRecord(address: 0x1000, bigEndian: bigEndian))
    builder.sample(time: 200, cpu: 1, mapRecord(address: 0x2000, bigEndian: bigEndian))
    return builder.build()
  }

  private static func reading(_ bytes: [UInt8], formats: String) throws -> Reading {
    try withFile(bytes) { path in
      var options = TraceOptions()
      options.formats = formats
      return Reading(try Trace(path: path, options: options))
    }
  }

  @Test("is refused with the option that helps")
  func refusal() throws {
    let error = try #require(throws: TraceError.self) { _ = try Reading(Self.unfinished()) }
    #expect(error.found.contains("--formats"))
  }

  @Test("is read with the formats of a trace.dat", arguments: [false, true])
  func traceDat(bigEndian: Bool) throws {
    var builder = TraceBuilder()
    builder.layout = PageLayout.test(bigEndian: bigEndian)
    builder.version = 6
    builder.cpus = [(0, PageBuilder(builder.layout, time: 1).build())]
    let reading = try withFile(builder.build()) {
      try Self.reading(Self.unfinished(bigEndian: bigEndian), formats: $0)
    }
    #expect(reading.events.map(\.address) == [0x1000, 0x2000] && reading.events.map(\.time) == [100, 200])
    #expect(reading.recording.eventsByName == ["dma_map_page": 2])
    // The recording is cut all the same.
    #expect(reading.recording.problems.count == 1)
  }

  @Test("is read with the formats of a perf.data, and of a copy of tracefs' folder")
  func others() throws {
    var builder = PerfBuilder()
    builder.sample(time: 1, cpu: 0, mapRecord(address: 0x9000))
    let other = try withFile(builder.build()) { try Self.reading(Self.unfinished(), formats: $0) }
    #expect(other.events.map(\.address) == [0x1000, 0x2000])

    let root = FileManager.default.temporaryDirectory.appendingPathComponent("dmascope-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    let folder = root.appendingPathComponent("events/dma/dma_map_page")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(TraceBuilder.mapFormat.utf8).write(to: folder.appendingPathComponent("format"))
    for place in ["", "/events"] {
      let reading = try Self.reading(Self.unfinished(), formats: root.path + place)
      #expect(reading.events.map(\.address) == [0x1000, 0x2000])
    }
  }

  @Test("is refused with formats of another kernel, which are told apart by numbers and sizes")
  func misfits() throws {
    for (from, to) in [("ID: 300", "ID: 301"), ("offset:48;\tsize:8", "offset:480;\tsize:8")] {
      var builder = TraceBuilder()
      builder.formats = [TraceBuilder.mapFormat.replacing(from, with: to)]
      let error = try #require(throws: TraceError.self) {
        _ = try withFile(builder.build()) { try Self.reading(Self.unfinished(), formats: $0) }
      }
      #expect(error.kind == .notATrace && error.found.hasPrefix("2 of the first 2 samples do not fit"))
    }
  }

  @Test("is refused where the other file has no formats, or is none")
  func noFormats() throws {
    let error = try #require(throws: TraceError.self) {
      _ = try Self.reading(Self.unfinished(), formats: "/nonexistent")
    }
    #expect(error.kind == .cannotOpen)
    let other = try #require(throws: TraceError.self) {
      _ = try withFile(Self.unfinished()) { try Self.reading(Self.unfinished(), formats: $0) }
    }
    #expect(other.kind == .notATrace && other.expected.contains("formats"))
  }

  @Test("of a real recording gives what the whole file does")
  func fixture() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("fixtures/forms/perf-plain.data").path
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    func word(_ offset: Int) -> Int { (0..<8).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } }
    // struct perf_file_header: magic, size, attribute size, attributes, data (offset and size), event types, features.
    let end = word(40) + word(48)
    bytes.removeLast(bytes.count - end)
    for index in 48..<56 { bytes[index] = 0 }
    for index in 72..<104 { bytes[index] = 0 }
    let cut = try Self.reading(bytes, formats: path)
    let whole = Reading(try Trace(path: path))
    #expect(cut.events.count == whole.events.count && cut.events.count == 1024)
    #expect(cut.events.map(\.address) == whole.events.map(\.address))
    #expect(cut.events.map(\.device) == whole.events.map(\.device))
    #expect(cut.recording.eventsByName == whole.recording.eventsByName)
  }
}
