import ArgumentParser
import ProfileFiles
import Replay
import Report

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "One profile from several: of a fleet, or of the CPUs of one machine.",
    discussion: """
      Takes profiles that "report --save" has written, and traces, which it replays. Sums are exact: the order of the \
      parts, and whether some of them were merged before, makes no difference to a single byte. Counts add up, peaks are \
      the largest of any part.

      Every command that takes a profile takes the sum. "-" stands for standard input as PROFILE and for standard output \
      as FILE.

        dmascope merge run-*.dmaprof -o all.dmaprof
        dmascope report all.dmaprof
      """)

  @Argument(help: ArgumentHelp("Saved profiles and traces.", valueName: "profile"))
  var profiles: [String] = []

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Where the sum goes.", valueName: "file"), completion: .file())
  var output: String

  @OptionGroup var incomplete: IncompleteArgument

  @OptionGroup(title: "Machine and filter, for traces") var replay: ReplayArguments

  mutating func validate() throws {
    if replay.machine.wantsList { return }
    guard !profiles.isEmpty else { throw ValidationError("Missing expected argument '<profile> ...'") }
    guard profiles.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("standard input can be read once")
    }
  }

  func run() throws {
    if replay.machine.wantsList { return try replay.machine.writeList() }
    var sum: Profile?
    for path in profiles {
      let profile = try ReplayRun.profile(of: path, replay, needsLive: true)
      Terminal.complain(about: profile.recording.problems, in: path)
      guard sum != nil else {
        sum = profile
        continue
      }
      try sum?.merge(profile)
    }
    guard let sum else { return }
    try Output.write(try ProfileFile.packed(sum), to: output)
    try incomplete.judge(sum.recording.isIncomplete)
  }
}
