import DMAModel
import Glibc
import Guard
import Ingest
import ProfileFiles
import Replay
import Report

/// What people do with a trace, from opening it to writing reports.
enum Exercise {
  /// Bytes that may be allocated at once, beside 4 for each byte of the input.
  static let allowance = 64 << 20

  /// Seconds of processor time that one input may take.
  static let patience = 5

  /// Reads an input as a file, and some inputs as a pipe, too.
  ///
  /// - Returns: the most bytes that were allocated at once, beyond 4 for each byte of the input.
  static func run(_ input: UnsafeRawBufferPointer) -> Int {
    let chance = hash(input) >> 29
    let descriptor = memory_file(input.baseAddress, input.count)
    guard descriptor >= 0 else { fatalError("no memory for a file of \(input.count) bytes") }
    // Reports cost more than all else, and are less likely to break.
    let most = measure(descriptor, input.count, isStream: false, isWritten: chance == 0)
    guard chance == 1 else { return most }
    let pipe = full_pipe(input.baseAddress, input.count)
    return pipe < 0 ? most : max(most, measure(pipe, input.count, isStream: true, isWritten: false))
  }

  private static func measure(_ descriptor: CInt, _ count: Int, isStream: Bool, isWritten: Bool) -> Int {
    defer { close(descriptor) }
    meter_start(allowance + 4 * count)
    report("/proc/self/fd/\(descriptor)", isStream: isStream, isWritten: isWritten)
    return max(0, Int(meter_stop()) - 4 * count)
  }

  /// Chooses one input in eight, always the same ones.
  private static func hash(_ input: UnsafeRawBufferPointer) -> UInt32 {
    var hash: UInt32 = 0
    for byte in input { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    return hash
  }

  /// Neither damage nor an input that is no trace is a failure; both have to be told within bounds.
  private static func report(_ path: String, isStream: Bool, isWritten: Bool) {
    var limits = TraceOptions()
    // What the user may set, within what is allowed here.
    limits.zstdWindow = 32 << 20
    limits.mayRewind = !isStream
    guard let input = try? Input(path: path, options: limits) else { return }
    if input.isSavedProfile {
      if let bytes = try? input.bytes(limit: 32 << 20), let profile = try? ProfileFile.read(bytes, name: path)
      {
        write(profile)
      }
      return
    }
    guard let trace = try? Trace(input) else { return }
    if let (archived, recording) = trace.archivedProfile(),
      var profile = try? ProfileFile.read(archived.content, name: path)
    {
      profile.recording = recording
      write(profile)
    }
    let preview = trace.preview
    let hints = RecordingHints(
      kernel: preview.kernel, architecture: preview.architecture, pageSize: UInt64(preview.pageSize),
      taskNames: preview.taskNames, isComplete: preview.isComplete)
    var replayer = Replayer(options: ReplayOptions(), hints: hints, names: trace.names)
    trace.forEachRun { events, segments in
      replayer.consume(events, segments: segments)
      return !replayer.isDone
    }
    let symbols = trace.stacks.count > 1 ? trace.symbols() : nil
    let profile = replayer.finish(recording: trace.recording(), stacks: trace.stacks, symbolizer: symbols)
    if isWritten { write(profile) }
  }

  private static func write(_ profile: Profile) {
    let layout = TextOptions(width: 100, color: false, verbose: true, top: 10, showLive: true)
    _ = TextReport(profile, options: layout).render()
    _ = try? JSONReport(profile, toolVersion: "0", includeLive: true).render()
  }
}
