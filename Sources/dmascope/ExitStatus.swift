import ArgumentParser
import Ingest
import ProfileFiles
import Replay
import Report
import YAMLFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The exit statuses of the program (those from 64 on are those of sysexits.h).
enum ExitStatus: Int32 {
  case done = 0
  /// A gate or `--fail-on` was hit; goes before `incompleteInput`.
  case gateHit = 1
  case incompleteInput = 3
  case usage = 64
  case notATrace = 65
  case cannotOpen = 66
  case cannotCreate = 73
  case cannotWrite = 74

  init(_ kind: TraceError.Kind) {
    switch kind {
    case .cannotOpen: self = .cannotOpen
    case .notATrace, .damaged: self = .notATrace
    case .savedProfile: self = .usage
    case .cannotWrite: self = .cannotWrite
    }
  }
}

/// The one place that turns an error into text and an exit status.
func finish(with error: any Error) -> Never {
  switch error {
  case let error as TraceError:
    Terminal.complain(error.description)
    exit(ExitStatus(error.kind).rawValue)
  case let error as OutputError:
    Terminal.complain(error.description)
    exit(error.status.rawValue)
  case let error as YAMLFileError:
    Terminal.complain(error.description)
    exit((error.isUnreadable ? ExitStatus.cannotOpen : .usage).rawValue)
  case let error as ProfileFileError:
    Terminal.complain(error.description)
    exit(ExitStatus.notATrace.rawValue)
  case let error as ProfileMismatch:
    Terminal.complain(Escaping.terminal(error.description))
    exit(ExitStatus.usage.rawValue)
  case let error as SuppressionError:
    Terminal.complain(error.description)
    exit(ExitStatus.usage.rawValue)
  default:
    // Help, versions and misuse are the argument parser's to tell.
    DMAScope.exit(withError: error)
  }
}
