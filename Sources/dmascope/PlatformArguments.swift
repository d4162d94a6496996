import ArgumentParser
import PlatformFiles
import Replay
import Report
import YAMLFiles

/// The machine: a built-in profile or a file, and single values of it.
struct PlatformArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The machine: auto, the name of a built-in profile, or a YAML file; \"list\" shows the built-in ones.",
      discussion: "auto takes the architecture from the recording.", valueName: "name|file|list"))
  var platform = "auto"

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "One value of the platform: cleanLine=3, call=[20, 60, 90], swiotlb=128MiB, iommu=lazy… (repeatable).",
      valueName: "key=value"))
  var adjustments: [String] = []

  @Option(help: ArgumentHelp("Bytes of a cache line, a power of two.", valueName: "bytes"))
  var cacheLine: UInt64?

  /// Whether only the list of built-in profiles is wanted.
  var wantsList: Bool { platform == "list" }

  mutating func validate() throws {
    if let line = cacheLine, line.nonzeroBitCount != 1 || line < 4 || line > 4096 {
      throw ValidationError("--cache-line \(line): expected a power of two from 4 to 4096")
    }
    for text in adjustments {
      do { _ = try PlatformFile.adjustment(text) } catch { throw ValidationError(error.description) }
    }
    let isFile = platform.contains("/") || platform.hasSuffix(".yaml") || platform.hasSuffix(".yml")
    guard isFile || ["auto", "list"].contains(platform) || PlatformProfile.named(platform) != nil else {
      throw ValidationError(
        "unknown platform '\(platform)'; expected auto, list, \(Self.names), or a file that ends in .yaml")
    }
  }

  private static var names: String { PlatformProfile.builtIn.compactMap(\.name).joined(separator: ", ") }

  /// Puts the machine into the options of a replay.
  ///
  /// - Throws: `YAMLFileError` if the file cannot be read or says what it cannot.
  func apply(to options: inout ReplayOptions) throws(YAMLFileError) {
    if let builtIn = PlatformProfile.named(platform) {
      options.platform = builtIn
    } else if platform != "auto" {
      options.platform = try PlatformFile.read(contentsOf: platform)
    }
    for text in adjustments {
      options.adjustments = try PlatformFile.adjustment(text).over(options.adjustments)
    }
    options.adjustments.source = ""
    if let cacheLine { options.adjustments.cacheLine = cacheLine }
  }

  /// The built-in profiles as a table.
  func writeList() throws {
    try Output.writeStandard(
      PlatformList.text(width: Terminal.columns, color: Terminal.wantsColor))
  }
}

extension PlatformFile {
  /// - Throws: `YAMLFileError` if the file cannot be read or says what it cannot.
  static func read(contentsOf path: String) throws(YAMLFileError) -> PlatformProfile {
    try read(text(of: path, "platform file"), path: path)
  }
}
