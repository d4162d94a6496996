import ArgumentParser
import DMAModel
import Ingest
import PlatformFiles
import ProfileFiles
import Replay
import Report

/// A profile that was saved by `report --save` or `merge`, in place of a trace.
enum SavedProfile {
  /// The most bytes of JSON that are read: a million mappings that are live come to 150 MiB.
  private static let limit = 256 << 20

  /// - Throws: `TraceError` and `ProfileFileError` if it cannot be read, `ValidationError` for arguments that need events.
  static func read(
    _ input: Input, _ path: String, _ arguments: ReplayArguments, whatIf: [WhatIf]
  ) throws -> Profile {
    let name = path == "-" ? "standard input" : path
    if let option = arguments.needingEvents ?? (whatIf.isEmpty ? nil : "--what-if") {
      throw ValidationError(
        "\(option): \(Escaping.terminal(name)) is a saved profile: it holds sums, not events; give the trace that it was made from"
      )
    }
    var profile = try ProfileFile.read(try input.bytes(limit: limit), name: Escaping.terminal(name))
    if arguments.machine.changesSomething {
      var options = ReplayOptions()
      try arguments.machine.apply(to: &options)
      do { try profile.applyPrices(of: options) } catch {
        throw ValidationError("\(Escaping.terminal(name)): \(error.description)")
      }
    }
    return profile
  }
}

extension SavedProfile {
  /// What a saved profile says of its recording.
  ///
  /// - Throws: `TraceError` and `ProfileFileError` if it cannot be read.
  static func recording(_ input: Input, _ path: String) throws -> Recording {
    let name = Escaping.terminal(path == "-" ? "standard input" : path)
    return try ProfileFile.read(try input.bytes(limit: limit), name: name).recording
  }
}

extension ReplayArguments {
  /// The first option given that only events can answer.
  fileprivate var needingEvents: String? {
    let given: [(Bool, String)] = [
      (!nonCoherent.isEmpty, "--noncoherent"), (!coherent.isEmpty, "--coherent"),
      (!unbound.isEmpty, "--unbound"),
      (machine.cacheLine != nil, "--cache-line"), (!selection.devices.isEmpty, "--device"),
      (selection.from != nil, "--from"), (selection.to != nil, "--to"), (!selection.cpus.isEmpty, "--cpu"),
      (!selection.tasks.isEmpty, "--task"), (selection.kallsyms != nil, "--kallsyms"),
      (selection.modules != nil, "--modules"),
    ]
    return given.first { $0.0 }?.1
  }
}

extension ReplayArguments {
  /// Whether nothing is said of the machine, and all events count.
  var areDefault: Bool { needingEvents == nil && !machine.changesSomething }
}

extension PlatformArguments {
  /// Whether another machine, or other values, than the recording's are asked for.
  fileprivate var changesSomething: Bool { platform != "auto" || !adjustments.isEmpty }
}
