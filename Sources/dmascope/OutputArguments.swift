import ArgumentParser
import Report

/// How wide text is.
struct WidthArgument: ParsableArguments {
  @Option(help: ArgumentHelp("Columns of the text; a terminal's width, or 100.", valueName: "columns"))
  var width: Int?

  func validate() throws {
    if let width, width < 40 || width > 1000 { throw ValidationError("--width must be from 40 to 1000") }
  }

  var columns: Int { width ?? Terminal.columns }
}

/// How text with tables is laid out.
struct TableArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Rows in each table.", valueName: "rows"))
  var top = 10

  @OptionGroup var width: WidthArgument

  func validate() throws {
    guard top > 0 else { throw ValidationError("--top must be at least 1") }
  }

  func textOptions(verbose: Bool, showLive: Bool = false) -> TextOptions {
    TextOptions(
      width: width.columns, color: Terminal.wantsColor, verbose: verbose, top: top, showLive: showLive)
  }
}

/// What an input that was damaged or cut means for the exit status.
struct IncompleteArgument: ParsableArguments {
  @Flag(help: "Exit with 0 even if the input was damaged or cut.")
  var allowIncomplete = false

  /// - Throws: the exit status that says so, if the result covers only a part of the input.
  func judge(_ isIncomplete: Bool) throws {
    if isIncomplete && !allowIncomplete { throw ExitCode(ExitStatus.incompleteInput.rawValue) }
  }
}
