import ArgumentParser
import Ingest
import Replay
import Report

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Which findings count, and which fail a run.
struct RuleArguments: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Exit with 1 if there is a finding like this: error, warning (or worse), hint (any), or a rule's id or name.",
      discussion: "Repeatable, and a list with commas. Without it findings do not change the exit status.",
      valueName: "what"),
    completion: RuleArguments.severitiesAndRules)
  var failOn: [String] = []

  @Option(
    name: .customLong("rule"), parsing: .singleValue,
    help: ArgumentHelp("Look only at these rules: ids or names (repeatable).", valueName: "rule"),
    completion: RuleArguments.rules)
  var only: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Do not look at these rules (repeatable).", valueName: "rule"),
    completion: RuleArguments.rules)
  var ignore: [String] = []

  @Option(help: ArgumentHelp("The least severity that is shown.", valueName: "severity"))
  var severity = SeverityWord.hint

  @Option(
    help: ArgumentHelp("Findings that are known, with reasons.", valueName: "file"), completion: .file())
  var suppressions: String?

  private static let rules = CompletionKind.list(Rule.all.map(\.name))
  private static let severitiesAndRules = CompletionKind.list(
    Rule.Severity.allCases.map(\.name) + Rule.all.map(\.name))

  mutating func validate() throws {
    _ = try failCondition()
    _ = try choice()
  }

  func failCondition() throws -> FailCondition {
    do throws(UnknownRule) {
      return try FailCondition(failOn)
    } catch {
      throw ValidationError("--fail-on: \(error); expected error, warning, hint, or a rule's id or name")
    }
  }

  private func choice() throws -> RuleChoice {
    do throws(UnknownRule) {
      return try RuleChoice(only: only, ignoring: ignore)
    } catch {
      throw ValidationError(error.description)
    }
  }

  /// - Throws: `TraceError` or `SuppressionError` if the suppression file cannot be used.
  func options() throws -> CheckOptions {
    var options = CheckOptions(
      rules: try choice(), leastSeverity: severity.severity, today: try RuleArguments.today())
    if let path = suppressions {
      let text = String(decoding: try WholeFile.bytes(path), as: UTF8.self)
      options.suppressions = try Suppressions(text, file: path)
    }
    return options
  }

  /// Points out suppressions that did nothing.
  func complain(about list: Suppressions, _ results: [CheckResult], today: CalendarDate) {
    guard let path = suppressions else { return }
    let unused = list.unused(in: results, today: today)
    if !unused.isEmpty { Terminal.complain("\(path): unused suppressions: \(lines(unused))") }
    let expired = list.expired(today)
    if !expired.isEmpty { Terminal.complain("\(path): expired suppressions: \(lines(expired))") }
  }

  /// `line 7`, `lines 7, 9`.
  private func lines(_ entries: [Suppression]) -> String {
    (entries.count == 1 ? "line " : "lines ") + entries.map { String($0.line) }.joined(separator: ", ")
  }

  /// The day in UTC.
  private static func today() throws -> CalendarDate {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    guard
      let date = CalendarDate(
        year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday))
    else { throw ValidationError("the clock of this machine shows no date") }
    return date
  }
}

/// A severity as it is typed.
enum SeverityWord: String, ExpressibleByArgument, CaseIterable {
  case error, warning, hint

  var severity: Rule.Severity {
    switch self {
    case .error: .error
    case .warning: .warning
    case .hint: .hint
    }
  }
}
