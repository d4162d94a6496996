import ArgumentParser
import DMAModel
import ProfileFiles
import Replay
import Report

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "What coherency cost, which devices it came from, where masks press, what is live.",
    discussion: """
      The summary goes to standard output. "-" stands for standard input as TRACE and for standard output as FILE; \
      with --json -, --html - or --save - nothing else is written there.

      A profile that --save has written takes the place of the trace in "report", "check", "info" and "merge".

      Trace text, JSON Lines and perf's pipe mode are read from a pipe as they come, in memory of fixed size. An \
      interrupt (^C, SIGTERM) ends that reading, and what came is reported; the second one kills. With --every:

        ssh board cat /sys/kernel/tracing/trace_pipe | dmascope report --every 5s -

      trace.dat and perf.data files need random access: from a pipe they go into a temporary file, and so does any \
      input with --task NAME; they are reported once, at their end.
      """)

  @Argument(
    help: ArgumentHelp(
      "trace.dat, perf.data, trace text or JSON Lines, plain or packed with zstd or gzip.", valueName: "trace"
    ))
  var traces: [String] = []

  @Option(help: ArgumentHelp("Write a self-contained page.", valueName: "file"), completion: .file())
  var html: String?

  @Option(
    help: ArgumentHelp("Write the numbers as JSON, schema dmascope.report/1.", valueName: "file"),
    completion: .file())
  var json: String?

  @Option(
    help: ArgumentHelp(
      "Write the profile: all that reports and checks need, small, mergeable.", valueName: "file"),
    completion: .file())
  var save: String?

  @Option(
    name: .customLong("what-if"), parsing: .singleValue,
    help: ArgumentHelp(
      "Replay under an assumption, and show it beside what was (repeatable).",
      discussion: """
        coherent, noncoherent, mask=BITS, cacheLine=BYTES, platform=NAME, recycle (buffers stay mapped), or several \
        with commas; with device=GLOB of these devices only.
        """, valueName: "assumption"),
    transform: { text in
      do { return try WhatIf(text) } catch let misfit as WhatIf.Misfit {
        throw ValidationError(misfit.description)
      }
    })
  var whatIf: [WhatIf] = []

  @Option(
    help: ArgumentHelp(
      "While a stream is read, show a summary this often: 5s, 500ms, 1m, or seconds.",
      discussion: "In place on a terminal; elsewhere one after another, under lines with the time.",
      valueName: "time"))
  var every: LiveInterval?

  @Flag(help: "List every mapping that is live at the end, in the text and in the JSON.")
  var live = false

  @Flag(name: .shortAndLong, help: "More sections.")
  var verbose = false

  @OptionGroup var tables: TableArguments

  @OptionGroup var incomplete: IncompleteArgument

  @OptionGroup(title: "Machine and filter") var replay: ReplayArguments

  mutating func validate() throws {
    if replay.machine.wantsList { return }
    guard !traces.isEmpty else { throw ValidationError("Missing expected argument '<trace> ...'") }
    guard traces.count == 1 || (html == nil && json == nil && save == nil) else {
      throw ValidationError("--html, --json and --save take one trace at a time")
    }
    guard traces.filter({ $0 == "-" }).count <= 1 else {
      throw ValidationError("standard input can be read once")
    }
    guard [html, json, save].count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("only one of --html, --json and --save can be \"-\"")
    }
    guard save == nil || whatIf.isEmpty else {
      throw ValidationError("--save keeps what was, not what would be: leave --what-if out")
    }
    if every != nil {
      guard traces.count == 1 else { throw ValidationError("--every takes one trace") }
      guard ![html, json, save].contains("-") else {
        throw ValidationError("--every writes to standard output: give --json, --html and --save a file")
      }
      guard !replay.selection.needsTaskNames else {
        throw ValidationError(
          "--every cannot go with --task NAME: which tasks have a name is known at the end; give a pid")
      }
    }
  }

  func run() throws {
    if replay.machine.wantsList { return try replay.machine.writeList() }
    var isIncomplete = false
    for (index, trace) in traces.enumerated() {
      let profile = try ReplayRun.profile(
        of: trace, replay, whatIf: whatIf, every: every, textOptions: textOptions,
        needsLive: live || html != nil || save != nil)
      isIncomplete = isIncomplete || profile.recording.isIncomplete
      if let json {
        let report = JSONReport(profile, toolVersion: DMAScope.version, includeLive: live)
        try Output.write(try report.render(), to: json)
      }
      if let html { try Output.write(HTMLReport(profile, toolVersion: DMAScope.version).render(), to: html) }
      if let save { try Output.write(try ProfileFile.packed(profile), to: save) }
      if ![html, json, save].contains("-") {
        try Output.writeStandard((index > 0 ? "\n" : "") + TextReport(profile, options: textOptions).render())
      }
      Terminal.complain(about: profile.recording.problems, in: trace)
    }
    try incomplete.judge(isIncomplete)
  }

  private var textOptions: TextOptions {
    tables.textOptions(verbose: verbose, showLive: live)
  }
}
