import Replay

/// How many findings of each severity there are.
public struct FindingCounts: Sendable, Equatable {
  public var errors = 0
  public var warnings = 0
  public var hints = 0

  public init(_ findings: some Sequence<Finding>) {
    for finding in findings {
      switch finding.severity {
      case .error: errors += 1
      case .warning: warnings += 1
      case .hint: hints += 1
      }
    }
  }

  public var total: Int { errors + warnings + hints }

  /// `2 errors, 1 warning, 3 hints`.
  public var text: String {
    [(errors, "error"), (warnings, "warning"), (hints, "hint")]
      .map { Formatting.count(UInt64($0.0), $0.1) }.joined(separator: ", ")
  }
}

extension Rule {
  /// `DMA203 unmap-size-mismatch`.
  public var label: String { "\(id) \(name)" }
}
