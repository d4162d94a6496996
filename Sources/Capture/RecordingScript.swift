/// The POSIX shell script that records on the target machine.
///
/// Its fixed parts are in `RecordingScript+….swift`, in the order in which they run; what depends on the plan is
/// assembled here.
public struct RecordingScript: Sendable {
  public let plan: RecordingPlan
  /// The program's version, for the script's head.
  public let version: String

  public init(_ plan: RecordingPlan, version: String) {
    self.plan = plan
    self.version = version
  }

  /// The whole script.
  public var text: String {
    let definitions = plan.sets.isEmpty ? "" : "\n" + Self.definition + "\n" + machines + "\n\n" + sets
    return [head, Self.commandLine, Self.writing, Self.places, tracepoints].joined(separator: "\n\n") + "\n"
      + definitions + "\n" + Self.recording + "\n"
  }

  private var head: String {
    """
    #!/bin/sh
    # Records the use of the Linux DMA API on this machine, for dmascope to read.
    # Made by dmascope \(version): dmascope \(plan.arguments)
    #
    #   sh record.sh [-n] [-o FILE] [-s SECONDS] [COMMAND...]
    #
    # Records while COMMAND runs, or for SECONDS, or until Ctrl-C. With -n it says what it would do and does nothing.
    # What it sets up it takes back at its end. TRACEFS, BTF, KALLSYMS and MACHINE name other places than the usual.

    set -u
    LC_ALL=C
    export LC_ALL

    tool=\(plan.tool.rawValue)
    buffer=\(plan.buffer)
    seconds=\(plan.seconds.map(String.init) ?? "")
    stacks=\(plan.additions.contains(.stacks) ? "yes" : "")
    """
  }

  private var tracepoints: String {
    let consequences: [(RecordingPlan.Omission, String)] = [
      (.swiotlb, "bounces and their causes are not in the report"),
      (.iommu, "nothing is missing unless devices are behind an IOMMU"),
    ]
    let calls = consequences.filter { !plan.omissions.contains($0.0) }.map { system, consequence in
      "tracepoints \(system.rawValue) \(quoted(consequence))"
    }
    return ([Self.tracepoint] + calls).joined(separator: "\n")
  }

  private var machines: String {
    let rows = Registers.all.map { row in
      let places = row.arguments.enumerated().map { "s/@\($0 + 1)/\($1)/g" }.joined(separator: ";")
      return "  \(row.machine)) registers=\(quoted(places)) ;;"
    }
    let functions = Set(plan.sets.flatMap(\.events).flatMap(\.functions)).sorted().joined(separator: "|")
    return """
      registers=
      case $machine in
      \(rows.joined(separator: "\n"))
      esac
      case $machine in
        \(Registers.wideMachines)) narrow= ;;
        *) narrow=yes ;;
      esac
      find_functions '\(functions)'
      find_forms
      """
  }

  private var sets: String {
    plan.sets.map { set in
      let rows = set.events.map { event in
        let fields = event.fields
        let words = [
          event.name, event.functions.joined(separator: " "),
          fields.map { "\($0.name)=\($0.byName)" }.joined(separator: " "),
          fields.map { "\($0.name)=\($0.byNumber)" }.joined(separator: " "),
          result(of: event), fields.contains(where: \.isWide) ? "wide" : "",
        ]
        return "probe " + words.map(quoted).joined(separator: " ")
      }
      let start = "begin_set \(set.group.rawValue) \(quoted(set.title)) \(quoted(set.consequence))"
      return ([start] + rows + ["end_set"]).joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }

  /// The fields of the return; `-` for a return without any, nothing if it is not probed.
  private func result(of event: DynamicEvent) -> String {
    switch event.result {
    case .unused: ""
    case .none: "-"
    case .value(let name, let type): "\(name)=$retval:\(type)"
    }
  }

  /// A word for the shell.
  private func quoted(_ text: String) -> String {
    "\"" + text.map { "\\\"$`".contains($0) ? "\\\($0)" : String($0) }.joined() + "\""
  }
}
