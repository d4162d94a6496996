import ArgumentParser
import Ingest

/// How inputs are read.
struct InputArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The largest window of a zstd input: memory that unpacking may take. For what zstd --long has packed.",
      valueName: "MiB"))
  var zstdWindow: UInt64 = 128

  mutating func validate() throws {
    guard (1...2048).contains(zstdWindow) else {
      throw ValidationError("--zstd-window must be from 1 to 2048 MiB")
    }
  }

  var options: TraceOptions {
    var options = TraceOptions()
    options.zstdWindow = zstdWindow << 20
    return options
  }
}
