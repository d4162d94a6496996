import ArgumentParser
import DMAModel
import Ingest
import Report

struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "What a recording holds: container, clocks, CPUs, events by name, losses.")

  @Argument(
    help: ArgumentHelp(
      "trace.dat, perf.data, trace text or JSON Lines, plain or packed with zstd or gzip.", valueName: "trace"
    ))
  var traces: [String]

  @OptionGroup var incomplete: IncompleteArgument

  @OptionGroup(title: "Input") var input: InputArguments

  func run() throws {
    var isIncomplete = false
    for (index, path) in traces.enumerated() {
      var options = try input.options()
      (options.mayRewind, options.wakeup) = (false, Interruption.wakeup)
      let opened = try Input(path: path, options: options)
      let (recording, maker) =
        try opened.isSavedProfile ? (SavedProfile.recording(opened, path), nil) : read(opened, path)
      try Output.writeStandard(
        (index > 0 ? "\n" : "") + InfoReport(recording, profileMaker: maker).render())
      isIncomplete = isIncomplete || recording.isIncomplete
      Terminal.complain(about: recording.problems, in: path)
    }
    try incomplete.judge(isIncomplete)
  }

  /// What a trace says of itself, and who made the profile that it carries.
  private func read(_ input: Input, _ path: String) throws -> (Recording, maker: String?) {
    let trace = try Trace(input)
    if trace.isStream { Interruption.begin() }
    defer { Interruption.end() }
    var progress = Progress(Escaping.terminal(path))
    trace.forEachRun { events, _ in
      progress.advance(events.count) { trace.isStream ? nil : trace.progress }
      return true
    }
    progress.finish()
    return (trace.recording(), trace.archivedProfile()?.profile.maker)
  }
}
