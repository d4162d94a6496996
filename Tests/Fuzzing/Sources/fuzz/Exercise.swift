import DMAModel
import Glibc
import Guard
import Ingest
import Replay
import Report

/// What people do with a trace, from opening it to writing reports.
enum Exercise {
  /// Bytes that may be allocated at once, beside 4 for each byte of the input.
  static let allowance = 64 << 20

  /// - Returns: the most bytes that were allocated at once, beyond 4 for each byte of the input.
  @discardableResult
  static func run(_ input: UnsafeRawBufferPointer) -> Int {
    let descriptor = memory_file(input.baseAddress, input.count)
    guard descriptor >= 0 else { fatalError("no memory for a file of \(input.count) bytes") }
    defer { close(descriptor) }
    meter_start(allowance + 4 * input.count)
    report("/proc/self/fd/\(descriptor)", isWritten: isChosen(input))
    return max(0, Int(meter_stop()) - 4 * input.count)
  }

  /// One input in eight, always the same: reports cost more than all else, and are less likely to break.
  private static func isChosen(_ input: UnsafeRawBufferPointer) -> Bool {
    input.reduce(0 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 } >> 29 == 0
  }

  /// Neither damage nor an input that is no trace is a failure; both have to be told within bounds.
  private static func report(_ path: String, isWritten: Bool) {
    var limits = TraceOptions()
    // What the user may set, within what is allowed here.
    limits.zstdWindow = 32 << 20
    guard let trace = try? Trace(path: path, options: limits) else { return }
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
    guard isWritten else { return }
    let layout = TextOptions(width: 100, color: false, verbose: true, top: 10, showLive: true)
    _ = TextReport(profile, options: layout).render()
    _ = try? JSONReport(profile, toolVersion: "0", includeLive: true).render()
  }
}
