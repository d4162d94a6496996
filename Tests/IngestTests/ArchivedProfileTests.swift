import DMAModel
import Testing

@testable import Ingest

@Suite("The profile in an archive")
struct ArchivedProfileTests {
  private final class Profiler: ArchiveProfiler {
    private(set) var events = 0
    let answer: ArchivedProfile?
    init(_ answer: ArchivedProfile?) { self.answer = answer }
    func see(_ events: Span<Event>, _ segments: Span<UInt64>) { self.events += events.count }
    func profile(of recording: Recording) -> ArchivedProfile? { answer }
  }

  private static let profile = ArchivedProfile(maker: "someone", content: Array("{}".utf8), lacksLive: true)

  private static func archive(_ profiler: Profiler?) throws -> [UInt8] {
    try withFile(Array(ArchiveTests.lines(60).utf8)) { path in
      var bytes: [UInt8] = []
      var writer = ArchiveWriter(of: try Trace(path: path), level: 3, profiler: profiler)
      _ = try writer.write { bytes += Array($0) }
      return bytes
    }
  }

  private static func kept(_ bytes: [UInt8]) throws -> (profile: ArchivedProfile, recording: Recording)? {
    try withFile(bytes) { try Trace(path: $0).archivedProfile() }
  }

  @Test("comes back with what the archive says of the recording, before any event is read")
  func roundTrip() throws {
    let profiler = Profiler(Self.profile)
    let bytes = try Self.archive(profiler)
    let reading = try JSONLinesTests.Reading(bytes: bytes)
    #expect(profiler.events == reading.events.count && profiler.events >= 60)
    let kept = try #require(try Self.kept(bytes))
    #expect(kept.profile.maker == "someone" && kept.profile.content == Array("{}".utf8))
    #expect(kept.profile.lacksLive)
    #expect(kept.recording.eventsByName == reading.recording.eventsByName)
    #expect(kept.recording.lastTime == reading.recording.lastTime && kept.recording.lastTime > 0)
    #expect(try Self.kept(try Self.archive(nil)) == nil)
    #expect(try Self.kept(try Self.archive(Profiler(nil))) == nil)
  }

  @Test("is not taken from an archive that was cut, nor where it is damaged, and the events are all there")
  func damage() throws {
    let whole = try Self.archive(Profiler(Self.profile))
    // Without the trailer the sections are found all the same; without the whole index the archive is a cut one.
    #expect(try Self.kept(Array(whole.dropLast(ArchiveLayout.trailerLength))) != nil)
    #expect(try Self.kept(Array(whole.dropLast(ArchiveLayout.trailerLength + 1))) == nil)
    let mark = try #require(
      (16..<(whole.count - 4)).first { whole[$0..<($0 + 4)].elementsEqual(Array("PROF".utf8)) })
    var bytes = whole
    bytes[mark + 20] ^= 1
    #expect(try Self.kept(bytes) == nil)
    let reading = try JSONLinesTests.Reading(bytes: bytes)
    #expect(reading.events.count == (try JSONLinesTests.Reading(bytes: whole)).events.count)
  }

  @Test("is left out where it would be too large to be read again")
  func tooLarge() throws {
    let content = [UInt8](repeating: 0x20, count: ArchivedProfile.limit + 1)
    let bytes = try Self.archive(
      Profiler(ArchivedProfile(maker: "someone", content: content, lacksLive: false)))
    #expect(try Self.kept(bytes) == nil)
  }
}
