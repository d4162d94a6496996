import ArgumentParser
import PlatformFiles
import Replay
import Report

struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate", abstract: "Make a platform file from a recording with durations.",
    discussion: """
      Needs the kernel's maintenance functions with their returns: dmascope capture --with durations records them. \
      Fits nanoseconds = call + line × lines for each cache operation, and refuses with the reason where the recording \
      cannot carry that.

        dmascope calibrate board.dat -o board.yaml --html fit.html
        dmascope report other.dat --platform board.yaml
      """)

  @Argument(
    help: ArgumentHelp(
      "trace.dat, perf.data, trace text or JSON Lines, plain or packed with zstd or gzip.", valueName: "trace"
    ))
  var trace: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write the platform file; - is standard output.", valueName: "file"),
    completion: .file())
  var output = "-"

  @Option(help: ArgumentHelp("Write a page with a plot of each fit.", valueName: "file"), completion: .file())
  var html: String?

  @Option(help: "The platform's name; that of the recording if not given.")
  var name: String?

  @OptionGroup(title: "Machine and filter") var replay: ReplayArguments

  func validate() throws {
    guard !(output == "-" && html == "-") else {
      throw ValidationError("-o and --html cannot both be \"-\"")
    }
  }

  /// The name of a file up to its first dot.
  private static func stem(_ file: String) -> String {
    let stem = file.prefix { $0 != "." }
    return stem.isEmpty || stem == "-" ? "calibrated" : String(stem)
  }

  func run() throws {
    let profile = try ReplayRun.profile(of: trace, replay, needsEvents: true)
    let calibration: Calibration
    do { calibration = try Calibration(profile) } catch {
      Terminal.complain("\(Escaping.terminal(trace)): cannot be calibrated from: \(error.description)")
      throw ExitCode(ExitStatus.notATrace.rawValue)
    }
    let file = trace.split(separator: "/").last.map(String.init) ?? trace
    if let html {
      let page = CalibrationPage(
        calibration, title: file, toolVersion: DMAScope.version)
      try Output.write(page.render(), to: html)
    }
    try Output.write(
      try PlatformFile.write(calibration.platform(profile, name: name ?? CalibrateCommand.stem(file))),
      to: output)
    if output != "-" && html != "-" {
      let options = TextOptions(width: Terminal.columns, color: Terminal.wantsColor)
      try Output.writeStandard(CalibrationText(calibration, options: options).render())
    }
    Terminal.complain(about: profile.recording.problems, in: trace)
  }
}
