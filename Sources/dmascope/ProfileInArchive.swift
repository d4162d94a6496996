import DMAModel
import Ingest
import ProfileFiles
import Replay

/// Replays events on their way into an archive, so that the archive carries the profile of a report without options.
final class ProfileForArchive: ArchiveProfiler {
  private let trace: Trace
  private let symbolFiles: SymbolFiles?
  private var replayer: Replayer

  /// Lists of what is live at the end up to this length are kept with the profile; longer ones take more space than all
  /// the rest, and few ask for them.
  private static let liveLimit = 512

  init(_ trace: Trace, _ symbolFiles: SymbolFiles?) {
    (self.trace, self.symbolFiles) = (trace, symbolFiles)
    replayer = Replayer(
      options: ReplayOptions(), hints: RecordingHints(trace.preview), names: trace.names)
  }

  func see(_ events: Span<Event>, _ segments: Span<UInt64>) { replayer.consume(events, segments: segments) }

  func profile(of recording: Recording) throws -> ArchivedProfile? {
    var profile = replayer.finish(
      recording: recording, stacks: trace.stacks,
      symbolizer: trace.stacks.count > 1 ? trace.symbols(from: symbolFiles) : nil)
    let lacksLive = profile.live.count > ProfileForArchive.liveLimit
    if lacksLive { profile.live = [] }
    return ArchivedProfile(
      maker: ProfileInArchive.maker, content: try ProfileFile.json(profile), lacksLive: lacksLive)
  }
}

/// The profile that an archive carries, in place of a replay.
enum ProfileInArchive {
  /// Only the same program, with the same rules, would come to the same profile.
  static let maker = "dmascope \(DMAScope.version), replay \(Profile.revision)"

  /// - Parameter needsLive: whether the list of what was live at the end is asked for.
  /// - Returns: nil if there is none that a replay would come to.
  static func profile(of trace: Trace, needsLive: Bool) -> Profile? {
    guard let (archived, recording) = trace.archivedProfile(), archived.maker == maker,
      !(needsLive && archived.lacksLive),
      var profile = try? ProfileFile.read(archived.content, name: "")
    else { return nil }
    profile.recording = recording
    return profile
  }
}

extension RecordingHints {
  /// What is known of a recording before its events are read.
  init(_ preview: Recording) {
    self.init(
      kernel: preview.kernel, architecture: preview.architecture, pageSize: UInt64(preview.pageSize),
      taskNames: preview.taskNames, isComplete: preview.isComplete)
  }
}
