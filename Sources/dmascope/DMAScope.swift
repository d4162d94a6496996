import ArgumentParser

/// The command line, and nothing else.
@main
struct DMAScope: ParsableCommand {
  /// The version of the program and of its reports.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "dmascope",
    abstract: "What DMA costs and who breaks its rules, from a recording.",
    discussion: """
      Reads DMA-API events (trace.dat, perf.data, text of tracefs, trace-cmd or perf, JSON Lines), replays them, and says what coherency cost, which devices and \
      callers it came from, where DMA masks press, what is still mapped at the end, and which rules of the API were \
      broken.

        dmascope report board.dat
        dmascope report board.dat --html board.html --json board.json
        dmascope check board.dat --fail-on error
        dmascope compare before.dat after.dat
        dmascope info board.dat
        dmascope capture > record.sh

      Exit status: 0 done; 1 --fail-on or a gate was hit; 3 the input was damaged or cut and the result covers a part of it; 64 usage; 65 not a \
      trace; 66 cannot open; 73 or 74 cannot write.
      """,
    version: version,
    subcommands: [
      ReportCommand.self, CheckCommand.self, CompareCommand.self, MergeCommand.self, InfoCommand.self,
      EventsCommand.self, ConvertCommand.self, ExportCommand.self, ExplainCommand.self, CaptureCommand.self,
      CalibrateCommand.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot(
        ExportCommand.marking(RunSides.marking(Array(CommandLine.arguments.dropFirst()))))
      try command.run()
    } catch {
      finish(with: error)
    }
  }
}
