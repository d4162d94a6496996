import ArgumentParser
import EventFiles
import Ingest
import YAMLFiles

/// How inputs are read.
struct InputArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The largest window of a zstd input: memory that unpacking may take. For what zstd --long has packed.",
      valueName: "MiB"))
  var zstdWindow: UInt64 = 128

  @Option(
    help: ArgumentHelp(
      "Which events stand for which calls, beside the built-in ones: a YAML file; \"list\" shows the built-in ones.",
      valueName: "file|list"),
    completion: .file())
  var events: String?

  @Option(
    help: ArgumentHelp(
      "Event formats for a perf.data that lacks them: a trace.dat or perf.data of the same kernel, or a copy of tracefs' events.",
      valueName: "file|folder"),
    completion: .file())
  var formats: String?

  mutating func validate() throws {
    if events == "list" { throw CleanExit.message(EventList.text) }
    guard (1...2048).contains(zstdWindow) else {
      throw ValidationError("--zstd-window must be from 1 to 2048 MiB")
    }
  }

  /// - Throws: `YAMLFileError` if the file of events cannot be read or says what it cannot.
  func options() throws -> TraceOptions {
    var options = TraceOptions()
    options.zstdWindow = zstdWindow << 20
    options.formats = formats
    if let events { options.events = try EventFile.read(contentsOf: events) }
    return options
  }
}

extension EventFile {
  /// Bytes of a file of events.
  private static let limit = 1 << 20

  /// - Throws: `YAMLFileError` if the file cannot be read or says what it cannot, `TraceError` if it is too large.
  static func read(contentsOf path: String) throws -> [EventDictionary.Row] {
    let bytes: [UInt8]
    do { bytes = try WholeFile.bytes(path, limit: limit) } catch {
      if error.kind == .cannotOpen { throw YAMLFileError.unreadable(path, "file of events") }
      throw error
    }
    return try read(String(decoding: bytes, as: UTF8.self), path: path)
  }
}
