import ArgumentParser
import DMAModel
import Ingest
import Listing
import Report

struct ConvertCommand: ParsableCommand {
  /// What a recording is converted to.
  enum Form: String, CaseIterable, ExpressibleByArgument {
    case archive, jsonl
  }

  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Put a recording into an archive, or into JSON Lines.",
    discussion: """
      An archive (docs/archive.md) holds all that reports need, names of call stacks included, in a fraction of the \
      space, with checksums; every command reads it. The output is written from its beginning to its end: "-o -" may \
      go into a pipe.

        dmascope convert board.dat -o board.dmarc
        dmascope convert board.dat -o board.jsonl
        dmascope convert board.dat --to jsonl -o - | jq .
      """)

  @Argument(
    help: ArgumentHelp(
      "trace.dat, perf.data, trace text, JSON Lines or an archive, plain or packed with zstd or gzip.",
      valueName: "trace"))
  var trace: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to, \"-\" for standard output.", valueName: "file"), completion: .file())
  var output: String

  @Option(help: "archive or jsonl; else by the file's name: JSON Lines for .jsonl, or an archive.")
  var to: Form?

  @Option(
    help: ArgumentHelp(
      "Name call stacks by this saved /proc/kallsyms, not by the recording's own symbols.", valueName: "file"),
    completion: .file())
  var kallsyms: String?

  @Option(
    help: ArgumentHelp(
      "Name frames that no symbol covers by the modules of this saved /proc/modules.", valueName: "file"),
    completion: .file())
  var modules: String?

  @Option(help: ArgumentHelp("How hard zstd tries, 1 to 19.", valueName: "level"))
  var level = Int(ArchiveWriter.standardLevel)

  @Flag(help: "Leave out the archive's own profile: reports on it then always replay its events.")
  var withoutProfile = false

  @OptionGroup var incomplete: IncompleteArgument

  @OptionGroup(title: "Input") var input: InputArguments

  func validate() throws {
    if !(1...19).contains(level) { throw ValidationError("--level must be from 1 to 19") }
  }

  func run() throws {
    let symbolFiles = try SymbolFiles(kallsyms: kallsyms, modules: modules)
    let trace = try Trace(path: self.trace, options: try input.options())
    let file = try OutputFile(output)
    let recording: Recording
    switch to ?? (output.hasSuffix(".jsonl") ? .jsonl : .archive) {
    case .archive:
      var writer = ArchiveWriter(
        of: trace, symbolFiles: symbolFiles, level: Int32(level),
        profiler: withoutProfile ? nil : ProfileForArchive(trace, symbolFiles))
      recording = try writer.write { try file.write($0) }
    case .jsonl: recording = try ConvertCommand.writeLines(trace, symbolFiles, to: file)
    }
    try file.commit()
    Terminal.complain(about: recording.problems, in: self.trace)
    try incomplete.judge(recording.isIncomplete)
  }

  private static func writeLines(
    _ opened: Trace, _ symbolFiles: SymbolFiles, to file: borrowing OutputFile
  ) throws -> Recording {
    var (trace, preview) = (opened, opened.preview)
    if preview.taskNames.isEmpty {
      // Where each event names its task, they are known only once all have been read.
      trace.forEachRun { _, _ in true }
      preview = trace.recording()
      trace = try trace.rewound()
    }
    var writer = EventWriter(
      .jsonl, names: trace.names, stacks: trace.stacks, taskName: { preview.taskNames[$0] },
      symbolizer: { trace.symbols(from: symbolFiles) })
    try file.write(writer.head(preview))
    var text = ByteText()
    var failure: (any Error)?
    trace.forEachRun { events, segments in
      for index in 0..<events.count { writer.write(events[index], segments, to: &text) }
      do { if text.count > 1 << 16 { try flush(&text, to: file) } } catch { failure = error }
      return failure == nil
    }
    if let failure { throw failure }
    try flush(&text, to: file)
    return trace.recording()
  }

  private static func flush(_ text: inout ByteText, to file: borrowing OutputFile) throws {
    try text.bytes.withUnsafeBytes { try file.write($0) }
    text.removeAll()
  }
}
