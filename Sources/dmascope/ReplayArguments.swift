import ArgumentParser
import DMAModel
import Ingest
import PlatformFiles
import Replay
import YAMLFiles

/// What the user may say about the machine and about which events count.
struct ReplayArguments: ParsableArguments {
  @OptionGroup var machine: PlatformArguments

  @Option(
    name: .customLong("noncoherent"), parsing: .singleValue,
    help: ArgumentHelp(
      "Devices that do not snoop the CPU's caches (repeatable).",
      discussion: "Of several globs that match a device the most specific counts.", valueName: "glob"))
  var nonCoherent: [String] = []

  @Option(
    name: .customLong("coherent"), parsing: .singleValue,
    help: ArgumentHelp("Devices that do (repeatable).", valueName: "glob"))
  var coherent: [String] = []

  @Option(
    name: .customLong("unbound"), parsing: .singleValue,
    help: ArgumentHelp(
      "Devices whose drivers were gone when the recording ended: what they left is a leak (repeatable).",
      valueName: "glob"))
  var unbound: [String] = []

  @OptionGroup var selection: SelectionArguments

  /// The options for a replay of a recording whose first event is at `start`.
  ///
  /// - Throws: `YAMLFileError` if the platform's file cannot be read or says what it cannot.
  func options(start: UInt64) throws(YAMLFileError) -> ReplayOptions {
    var options = ReplayOptions()
    try machine.apply(to: &options)
    options.nonCoherent = nonCoherent
    options.coherent = coherent
    options.unbound = unbound
    options.filter = selection.filter(start: start)
    return options
  }
}

/// `13.4` (seconds on the trace's clock) or `+0.5` (after the first event).
struct TraceTime: ExpressibleByArgument {
  var nanoseconds: UInt64
  var isRelative: Bool

  init?(argument: String) {
    var digits = Substring(argument)
    isRelative = digits.first == "+"
    if isRelative { digits.removeFirst() }
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let seconds = UInt64(first), seconds < 10_000_000_000 else { return nil }
    var fraction: UInt64 = 0
    if parts.count == 2 {
      guard parts[1].count <= 9, parts[1].allSatisfy(\.isNumber) else { return nil }
      guard let value = UInt64(parts[1] + String(repeating: "0", count: 9 - parts[1].count)) else {
        return nil
      }
      fraction = value
    }
    nanoseconds = seconds * 1_000_000_000 + fraction
  }

  func absolute(_ start: UInt64) -> UInt64 { isRelative ? start &+ nanoseconds : nanoseconds }
}

/// `0,2-3`.
struct CPUList: ExpressibleByArgument {
  var cpus: Set<Int> = []

  init?(argument: String) {
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = ends.first.flatMap({ Int($0) }), let last = ends.last.flatMap({ Int($0) }),
        first >= 0,
        first <= last, last < 65536
      else { return nil }
      cpus.formUnion(first...last)
    }
  }
}
