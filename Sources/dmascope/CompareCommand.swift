import ArgumentParser
import Comparison
import DMAModel
import GateFiles
import Replay
import Report

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "What changed between runs, how sure that is, and whether gates hold.",
    usage: """
      dmascope compare BASE NEW [options]
      dmascope compare BASE... -- NEW... [options]
      dmascope compare --gates FILE NEW... [options]
      dmascope compare --gates FILE NEW... --update-baseline
      """,
    discussion: """
      Two recordings are never of the same length, load or timing, so what is compared is mostly what a mapping or a \
      MiB mapped costs. With four runs a side or more, medians are held against each other by the Mann-Whitney test; with \
      fewer, by a block bootstrap over windows of time, which is weaker: it cannot know how runs differ.

        dmascope compare before.dat after.dat
        dmascope compare a1.dat a2.dat a3.dat a4.dat -- b1.dat b2.dat b3.dat b4.dat --markdown comment.md
        dmascope compare before.dat after.dat --gate 'maintenance.lines_per_mib < +5%' --gate 'findings.new == 0'

      A gate is [DEVICE:] METRIC < LIMIT, also with <=, ==, >= and >. A limit in percent is one for the change; any \
      other is one for the new side's value (64MiB, 30us, 0.01). DEVICE is a glob, a direction may follow it: \
      '0000:00:05.0 TO_DEVICE: cost.ns_per_mib < +10%'. A gate is broken only where the interval of what was measured lies \
      beyond the limit, so that chance breaks none; the exit status is then 1. --metrics lists what can be limited.

      --update-baseline is for a change that is accepted: behind the comparison, profiles of the new runs take the place \
      of the base's files, all of them or none, one for each. These have to be saved profiles ("report --save"), those of \
      the gate file or those before --; files that are not there yet are made. A gate is then broken only if the new runs \
      break it against themselves, by a limit on a value.
      """)

  @Argument(
    help: ArgumentHelp(
      "Runs, those of the base and those of the new side with -- between; two are one of each.",
      valueName: "run"))
  var runs: [String] = []

  @Option(
    name: .customLong("gate"), parsing: .singleValue,
    help: ArgumentHelp(
      "A limit, for instance 'bounces.per_mapping <= 0.01' (repeatable).", valueName: "gate"),
    transform: { text in
      do { return try Gate(text) } catch let misfit as MatchRule.Misfit {
        throw ValidationError(misfit.description)
      }
    })
  var gate: [Gate] = []

  @Option(
    name: .customLong("gates"),
    help: ArgumentHelp(
      "Gates, and the base if none is given, from a YAML file: see docs/comparing.md.", valueName: "file"),
    completion: .file())
  var gateFile: String?

  @Flag(help: "Put saved profiles of the new runs in the place of the base's, all of them or none.")
  var updateBaseline = false

  @Option(
    name: .customLong("match"), parsing: .singleValue,
    help: ArgumentHelp(
      "A device of the base is this one of the new side; globs, stars keep what they stand for (repeatable).",
      valueName: "old=new"),
    transform: { text in
      do { return try MatchRule(text) } catch let misfit as MatchRule.Misfit {
        throw ValidationError(misfit.description)
      }
    })
  var match: [MatchRule] = []

  @OptionGroup(title: "One side's machine") var coherence: SideCoherence

  @Flag(help: "List the metrics that gates can limit, and exit.")
  var metrics = false

  @OptionGroup(title: "Outputs") var outputs: CompareOutputs

  @Flag(name: .shortAndLong, help: "All metrics and devices, also those that did not change.")
  var verbose = false

  @OptionGroup var tables: TableArguments

  @OptionGroup var incomplete: IncompleteArgument

  @OptionGroup(title: "Machine and filter") var replay: ReplayArguments

  mutating func validate() throws {
    if metrics || replay.machine.wantsList { return }
    guard runs.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("standard input can be read once")
    }
    guard runs.count(where: { $0 == RunSides.mark }) <= 1 else {
      throw ValidationError("-- stands once, between the runs of the base and the new ones")
    }
    if gateFile == nil, RunSides(runs, baseline: []) == nil { throw ValidationError(RunSides.expectation) }
  }

  func run() throws {
    if metrics { return try Output.writeStandard(MetricList.text()) }
    if replay.machine.wantsList { return try replay.machine.writeList() }
    let file = try gateFile.map(GateFile.read(contentsOf:))
    guard let sides = RunSides(runs, baseline: file?.baseline ?? []) else {
      throw ValidationError(RunSides.expectation)
    }
    let update = try updateBaseline ? BaselineUpdate(sides.base, runs: sides.new.count) : nil
    let new = try sides.new.map { try profile($0, coherence.new(replay)) }
    try update?.refuseIncomplete(new, allowed: incomplete.allowIncomplete)
    let base = try (update.map(\.existing) ?? sides.base).map { try profile($0, coherence.base(replay)) }
    let comparison = RunComparison(
      base: base.isEmpty ? new : base, new: new, rules: match + (file?.match ?? []))
    var gates = comparison.judge((file?.gates ?? []) + gate)
    if !outputs.takeStandardOutput {
      try Output.writeStandard(
        ComparisonText(comparison, gates: gates, options: tables.textOptions(verbose: verbose)).render())
    }
    try outputs.write(comparison, base: base.isEmpty ? new : base, new: new, gates)
    if let update {
      for line in try update.write(new) { Terminal.complain(line) }
      gates = RunComparison(base: new, new: new).judge((file?.gates ?? []) + gate)
    }
    try exit(with: comparison, gates)
  }

  private func profile(_ path: String, _ arguments: ReplayArguments) throws -> Profile {
    let profile = try ReplayRun.profile(of: path, arguments, needsLive: updateBaseline)
    Terminal.complain(about: profile.recording.problems, in: path)
    return profile
  }

  /// 1 goes before 3; both are told.
  private func exit(with comparison: RunComparison, _ gates: [GateResult]) throws {
    let broken = GateCounts(gates).broken
    if broken > 0 {
      for line in GateLines.broken(gates) { Terminal.complain(line) }
      if comparison.isIncomplete, !incomplete.allowIncomplete {
        Terminal.complain("and the input is incomplete: the comparison covers a part of it")
      }
      throw ExitCode(ExitStatus.gateHit.rawValue)
    }
    try incomplete.judge(comparison.isIncomplete)
  }
}

/// Which devices snoop, where that is what changed between the sides.
struct SideCoherence: ParsableArguments {
  @Option(
    name: .customLong("base-coherent"), parsing: .singleValue,
    help: ArgumentHelp("Devices that snooped in the base's runs only (repeatable).", valueName: "glob"))
  var baseCoherent: [String] = []

  @Option(
    name: .customLong("base-noncoherent"), parsing: .singleValue,
    help: ArgumentHelp("Devices that did not (repeatable).", valueName: "glob"))
  var baseNonCoherent: [String] = []

  @Option(
    name: .customLong("new-coherent"), parsing: .singleValue,
    help: ArgumentHelp("Devices that snooped in the new runs only (repeatable).", valueName: "glob"))
  var newCoherent: [String] = []

  @Option(
    name: .customLong("new-noncoherent"), parsing: .singleValue,
    help: ArgumentHelp("Devices that did not (repeatable).", valueName: "glob"))
  var newNonCoherent: [String] = []

  func base(_ arguments: ReplayArguments) -> ReplayArguments {
    SideCoherence.adding(baseCoherent, baseNonCoherent, to: arguments)
  }

  func new(_ arguments: ReplayArguments) -> ReplayArguments {
    SideCoherence.adding(newCoherent, newNonCoherent, to: arguments)
  }

  private static func adding(
    _ coherent: [String], _ nonCoherent: [String], to arguments: ReplayArguments
  ) -> ReplayArguments {
    var arguments = arguments
    arguments.coherent += coherent
    arguments.nonCoherent += nonCoherent
    return arguments
  }
}

/// Which runs are the base's and which are new.
struct RunSides {
  /// Stands for `--` among the arguments: the argument parser takes `--` away, and options may follow the new runs.
  static let mark = "\u{1}--"
  static let expectation =
    "expected a run of the base and a new one, or BASE... -- NEW..., or --gates FILE that names a baseline"

  var base: [String]
  var new: [String]

  /// Nil if a side is empty.
  ///
  /// - Parameter baseline: the base of a gate file, for where only new runs are given.
  init?(_ runs: [String], baseline: [String]) {
    if let place = runs.firstIndex(of: RunSides.mark) {
      (base, new) = (Array(runs[..<place]), Array(runs[(place + 1)...]))
      if base.isEmpty { base = baseline }
    } else if !baseline.isEmpty {
      (base, new) = (baseline, runs)
    } else if runs.count == 2 {
      (base, new) = ([runs[0]], [runs[1]])
    } else {
      return nil
    }
    if base.isEmpty || new.isEmpty { return nil }
  }

  /// The arguments of the program with the `--` of `compare` marked.
  static func marking(_ arguments: [String]) -> [String] {
    guard arguments.first == "compare" else { return arguments }
    return arguments.map { $0 == "--" ? mark : $0 }
  }
}
