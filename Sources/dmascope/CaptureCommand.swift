import ArgumentParser
import Capture

struct CaptureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture", abstract: "Print a script that records on the machine with the device.",
    discussion: """
      The script needs a POSIX shell and root, and trace-cmd to make a recording that dmascope reads. It records while a \
      command runs, for some seconds, or until Ctrl-C, and takes back at its end what it set up. With -n it only says \
      what it would do.

        dmascope capture --with masks > record.sh
        sh record.sh -n
        sh record.sh -o board.dat modprobe e1000
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write the script; - is standard output.", valueName: "file"))
  var output = "-"

  @Option(
    help: ArgumentHelp(
      "What to record besides tracepoints: stacks after every event; masks, and what else has no tracepoint; truth, "
        + "the kernel's own cache maintenance; durations of that.", valueName: "what"))
  var with: [RecordingPlan.Addition] = []

  @Option(help: ArgumentHelp("A group of tracepoints to leave out.", valueName: "group"))
  var without: [RecordingPlan.Omission] = []

  @Option(help: ArgumentHelp("The ring buffer of each CPU.", valueName: "KiB"))
  var buffer = 40_000

  @Option(help: ArgumentHelp("How long to record where no command is given.", valueName: "n"))
  var seconds: Int?

  @Option(help: "What to record with.")
  var tool = RecordingPlan.Tool.automatic

  func validate() throws {
    guard (1...1 << 30).contains(buffer) else {
      throw ValidationError("--buffer \(buffer): a number of KiB from 1 is needed")
    }
    if let seconds, !(1...1_000_000_000).contains(seconds) {
      throw ValidationError("--seconds \(seconds): a number from 1 is needed")
    }
  }

  func run() throws {
    var plan = RecordingPlan()
    plan.tool = tool
    plan.additions = Set(with)
    plan.omissions = Set(without)
    plan.buffer = buffer
    plan.seconds = seconds
    try Output.write(RecordingScript(plan, version: DMAScope.version).text, to: output)
  }
}

extension RecordingPlan.Addition: ExpressibleByArgument {}
extension RecordingPlan.Omission: ExpressibleByArgument {}
extension RecordingPlan.Tool: ExpressibleByArgument {}
