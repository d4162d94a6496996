import DMAModel
import Foundation
import Ingest
import Replay
import Testing

/// Inputs that have hurt, or could (Tests/Corpus): each comes to an end, with a profile or with a word on why not.
@Suite struct CorpusTests {
  static let files: [String] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Corpus")
    let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.contains("/") }.sorted().map { folder.appendingPathComponent($0).path }
  }()

  static func profile(of path: String) throws(TraceError) -> Profile {
    let trace = try Trace(path: path)
    var replayer = Replayer(options: ReplayOptions(), hints: RecordingHints(), names: trace.names)
    trace.forEachRun { events, segments in
      replayer.consume(events, segments: segments)
      return !replayer.isDone
    }
    return replayer.finish(
      recording: trace.recording(), stacks: trace.stacks, symbolizer: trace.symbols())
  }

  @Test("Every input of the corpus ends in time, with a profile or a message", arguments: files)
  func corpus(path: String) throws {
    let start = ContinuousClock.now
    do throws(TraceError) {
      let profile = try Self.profile(of: path)
      #expect(!profile.recording.format.isEmpty)
    } catch {
      #expect(!error.found.isEmpty && error.file == path)
    }
    // Five seconds on a quiet machine (make fuzz-damage holds them to that); tests run beside others.
    #expect(ContinuousClock.now - start < .seconds(30))
  }

  @Test("The corpus has inputs for every reader, and a line about each")
  func isDescribed() throws {
    let readers = Set(
      Self.files.map { URL(fileURLWithPath: $0).deletingLastPathComponent().lastPathComponent })
    #expect(readers.isSuperset(of: ["archive", "jsonl", "perf", "text", "trace.dat", "wrapper"]))
    let file = try #require(Self.files.first)
    let list = try String(
      contentsOf: URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("README.md"), encoding: .utf8)
    for path in Self.files {
      let name = path.split(separator: "/").suffix(2).joined(separator: "/")
      #expect(list.contains("| `\(name)` | "), "\(name) has no line in README.md")
    }
  }
}
