import ArgumentParser
import Replay
import Report

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write what was found in a form that other tools read.",
    discussion: """
      folded       stacks and their weight, for flamegraph.pl and inferno
      speedscope   the same for www.speedscope.app, by lines, bytes, time and calls
      perfetto     tracks over time for ui.perfetto.dev: live bytes, maintenance, bounces, slots
      openmetrics  sums, for Prometheus and what reads its text
      csv          one table: devices, operations, call-sites, tasks, timeline, findings, live, pools
      sqlite       every mapping with its unmap, syncs and findings, for SQL (docs/exports.md); filters restrict the \
      sums and findings in it, not the mappings

        dmascope export board.dat --to folded --weight ns | flamegraph.pl --countname ns > board.svg
        dmascope export board.dat --to perfetto -o board.json
        dmascope export board.dat --to csv --table timeline -o board.csv
        dmascope export board.dat --to sqlite -o board.db
      """)

  @Argument(
    help: ArgumentHelp(
      "trace.dat, perf.data, trace text or JSON Lines, plain or packed with zstd or gzip.", valueName: "trace"
    ))
  var trace: String

  @Option(
    name: .customLong("form"), help: ArgumentHelp("The form; --to FORM is the same.", valueName: "form"))
  var form: Form

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Where to write it; - is standard output.", valueName: "file"),
    completion: .file())
  var output = "-"

  @Option(help: "What folded stacks are weighed by.")
  var weight: ExportWeight?

  @Option(help: "Which table, of CSV; devices if not given.")
  var table: ExportTable?

  @OptionGroup var incomplete: IncompleteArgument

  @OptionGroup(title: "Machine and filter") var replay: ReplayArguments

  func validate() throws {
    if case .sqlite = form, output == "-" {
      throw ValidationError("--to sqlite needs a file: -o FILE")
    }
    if weight != nil, format != .folded { throw ValidationError("--weight goes with --to folded") }
    if table != nil, format != .csv { throw ValidationError("--table goes with --to csv") }
  }

  /// What is written as text; nil for a database.
  private var format: ExportFormat? {
    if case .text(let format) = form { format } else { nil }
  }

  func run() throws {
    let profile: Profile
    if let format {
      profile = try ReplayRun.profile(of: trace, replay, needsLive: table == .live)
      try write(profile, as: format)
    } else {
      profile = try ReplayRun.profile(
        of: trace, replay, needsEvents: true, observer: DatabaseExport(to: output))
    }
    Terminal.complain(about: profile.recording.problems, in: trace)
    try incomplete.judge(profile.recording.isIncomplete)
  }

  private func write(_ profile: Profile, as format: ExportFormat) throws {
    let text = format.render(
      profile, weight: weight ?? .lines, table: table ?? .devices, toolVersion: DMAScope.version)
    try Output.write(text, to: output)
    if format == .folded, text.isEmpty {
      Terminal.complain(
        "\(trace): nothing weighs anything by \((weight ?? .lines).rawValue): no cache was maintained; --weight calls "
          + "counts calls")
    }
  }

  /// `--to FORM` as `--form FORM`: of the other commands, and of this one, `--to` is the end of the time that counts.
  static func marking(_ arguments: [String]) -> [String] {
    guard arguments.first == configuration.commandName else { return arguments }
    var result = arguments
    for index in result.indices {
      if result[index] == "--to", index + 1 < result.count, Form(argument: result[index + 1]) != nil {
        result[index] = "--form"
      } else if result[index].hasPrefix("--to="), Form(argument: String(result[index].dropFirst(5))) != nil {
        result[index] = "--form=" + result[index].dropFirst(5)
      }
    }
    return result
  }

  /// One of the forms of text, or the database.
  enum Form: ExpressibleByArgument {
    case text(ExportFormat)
    case sqlite

    init?(argument: String) {
      if argument == "sqlite" {
        self = .sqlite
      } else if let format = ExportFormat(rawValue: argument) {
        self = .text(format)
      } else {
        return nil
      }
    }

    static var allValueStrings: [String] { ExportFormat.allCases.map(\.rawValue) + ["sqlite"] }
  }
}

extension ExportWeight: ExpressibleByArgument {}
extension ExportTable: ExpressibleByArgument {}
