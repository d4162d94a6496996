import DMAModel
import Foundation
import Ingest
import Replay

/// Recordings of `fixtures`, replayed.
enum FixtureProfiles {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fixtures")

  /// Small recordings of one kind of machine: with durations, with losses, with stacks, bounced, through an IOMMU, begun
  /// late.
  static let names = [
    "nc-b.dat", "kret-b.dat", "lossy-b.dat", "late-b.dat", "swiotlb-force-b.dat", "smmu-lazy-b.dat",
    "mixed-b.dat",
    "pcnet-b.dat",
  ]

  static let all: [Profile] = names.compactMap { try? profile($0) }

  static func profile(
    _ name: String, _ change: (inout ReplayOptions) -> Void = { _ in }
  ) throws -> Profile {
    let trace = try Trace(path: folder.appending(path: name).path())
    let preview = trace.preview
    var options = ReplayOptions()
    change(&options)
    var replayer = Replayer(
      options: options,
      hints: RecordingHints(
        kernel: preview.kernel, architecture: preview.architecture, pageSize: UInt64(preview.pageSize),
        taskNames: preview.taskNames, isComplete: preview.isComplete), names: trace.names)
    trace.forEachRun { events, segments in
      replayer.consume(events, segments: segments)
      return true
    }
    var recording = trace.recording()
    recording.path = name
    return replayer.finish(recording: recording, stacks: trace.stacks, symbolizer: trace.symbols())
  }
}
