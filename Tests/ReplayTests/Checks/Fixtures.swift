import DMAModel
import Foundation
import Ingest

@testable import Replay

/// The recordings in `fixtures`, read into memory.
struct FixtureEvents {
  var events: [Event] = []
  var segments: [UInt64] = []
  let trace: Trace
  let recording: Recording

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "fixtures")

  /// Names of all recordings.
  static let names: [String] = {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
    return all.filter { $0.hasSuffix(".dat") || $0.hasSuffix(".dat.zst") }.sorted()
  }()

  static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  init(_ name: String) throws {
    try self.init(path: FixtureEvents.folder.appending(path: name).path())
  }

  init(path: String) throws {
    trace = try Trace(path: path)
    var (events, segments): ([Event], [UInt64]) = ([], [])
    trace.forEachRun { run, arrays in
      let base = UInt32(segments.count)
      for index in arrays.indices { segments.append(arrays[index]) }
      for index in run.indices {
        var event = run[index]
        event.segments += base
        events.append(event)
      }
      return true
    }
    (self.events, self.segments) = (events, segments)
    recording = trace.recording()
  }

  /// - Parameter lines: a recording in JSON Lines.
  init(lines: String) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "dmascope-\(UUID().uuidString).jsonl")
    defer { try? FileManager.default.removeItem(at: file) }
    try lines.write(to: file, atomically: true, encoding: .utf8)
    try self.init(path: file.path())
  }

  /// The findings of these events, or of others of the same recording.
  func findings(
    _ other: [Event]? = nil, _ change: (inout ReplayOptions) -> Void = { _ in }
  ) -> [Finding] { profile(other, change).findings }

  /// Replays these events, or others of the same recording.
  func profile(
    _ other: [Event]? = nil, _ change: (inout ReplayOptions) -> Void = { _ in }
  ) -> Profile {
    var options = ReplayOptions()
    change(&options)
    let hints = RecordingHints(
      kernel: recording.kernel, architecture: recording.architecture, pageSize: UInt64(recording.pageSize),
      taskNames: recording.taskNames, isComplete: recording.isComplete)
    var replayer = Replayer(options: options, hints: hints, names: trace.names)
    let events = other ?? self.events
    replayer.consume(events.span, segments: segments.span)
    return replayer.finish(recording: recording, stacks: trace.stacks, symbolizer: nil)
  }
}

extension Finding {
  /// `DMA203 0000:00:03.0`
  var place: String { "\(rule.id) \(device)" }
  var isGrave: Bool { severity >= .warning }
}
