import ArgumentParser
import DMAModel
import Ingest
import Replay
import Report

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Which rules of the DMA API were broken, with the evidence.",
    discussion: """
      The findings go to standard output, most severe first. They do not change the exit status unless --fail-on says \
      so: then it is 1 if a finding that is not suppressed matches, also one that --severity hides.

      "-" stands for standard input as TRACE and for standard output as FILE; then nothing else is written there. \
      "dmascope explain RULE" says what a rule demands.

      A suppression file has one suppression on a line, with a reason that is mandatory:

        # known until the vendor's next release
        DMA401 device=0000:00:05.0 site=e1000_* until=2026-12-31 -- ticket 123

      The rule is an id or a name, or a glob for them; device=, site= and until= may be left out.
      """)

  @Argument(
    help: ArgumentHelp(
      "trace.dat, perf.data, trace text or JSON Lines, plain or packed with zstd or gzip.", valueName: "trace"
    ))
  var traces: [String] = []

  @OptionGroup(title: "Rules") var rules: RuleArguments

  @OptionGroup(title: "Outputs") var outputs: CheckOutputs

  @Flag(name: .shortAndLong, help: "All known examples with their call stacks, and what is suppressed.")
  var verbose = false

  @Option(help: ArgumentHelp("Examples of each finding in the text.", valueName: "number"))
  var examples = 1

  @OptionGroup var width: WidthArgument

  @OptionGroup var incomplete: IncompleteArgument

  @OptionGroup(title: "Machine and filter") var replay: ReplayArguments

  mutating func validate() throws {
    if replay.machine.wantsList { return }
    guard !traces.isEmpty else { throw ValidationError("Missing expected argument '<trace> ...'") }
    guard traces.filter({ $0 == "-" }).count <= 1 else {
      throw ValidationError("standard input can be read once")
    }
    guard examples > 0 else { throw ValidationError("--examples must be at least 1") }
  }

  func run() throws {
    if replay.machine.wantsList { return try replay.machine.writeList() }
    let options = try rules.options()
    let condition = try rules.failCondition()
    var results: [CheckResult] = []
    for (index, trace) in traces.enumerated() {
      let result = CheckResult(try ReplayRun.profile(of: trace, replay), options: options)
      results.append(result)
      if !outputs.takeStandardOutput {
        let text = CheckReport(result, options: textOptions, examples: examples).render()
        try Output.writeStandard((index > 0 ? "\n" : "") + outputs.inert(text))
      }
      Terminal.complain(about: result.recording.problems, in: trace)
    }
    try outputs.write(results)
    rules.complain(about: options.suppressions, results, today: options.today)
    try exit(with: results, condition)
  }

  /// 1 goes before 3; both are told.
  private func exit(with results: [CheckResult], _ condition: FailCondition) throws {
    let hits = results.flatMap { $0.hits(of: condition) }
    let isIncomplete = results.contains { $0.recording.isIncomplete }
    if !hits.isEmpty {
      Terminal.complain("--fail-on is hit: \(FindingCounts(hits).text)")
      if isIncomplete, !incomplete.allowIncomplete {
        Terminal.complain("and the input is incomplete: the findings are those of a part of it")
      }
      throw ExitCode(ExitStatus.gateHit.rawValue)
    }
    try incomplete.judge(isIncomplete)
  }

  private var textOptions: TextOptions {
    TextOptions(
      width: width.columns, color: Terminal.wantsColor, verbose: verbose)
  }
}
