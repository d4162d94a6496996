import Replay

/// The forms of a profile that other tools read.
///
/// To add one: a case here, a file with its writer in this folder, and a line in `render`.
public enum ExportFormat: String, Sendable, CaseIterable {
  /// Stacks with their weight, one a line: flamegraph.pl, inferno.
  case folded
  /// https://www.speedscope.app
  case speedscope
  /// Tracks over time: ui.perfetto.dev, chrome://tracing.
  case perfetto
  /// Metrics of the whole recording: Prometheus and what reads its text.
  case openmetrics
  /// One table of the report.
  case csv

  /// The profile in this form.
  ///
  /// - Parameters:
  ///   - weight: what stacks are weighed by.
  ///   - table: which table; of CSV only.
  public func render(
    _ profile: Profile, weight: ExportWeight, table: ExportTable, toolVersion: String
  ) -> String {
    switch self {
    case .folded: FoldedStacks(profile, weight: weight).render()
    case .speedscope: Speedscope(profile, toolVersion: toolVersion).render()
    case .perfetto: PerfettoTrace(profile, toolVersion: toolVersion).render()
    case .openmetrics: OpenMetrics(profile).render()
    case .csv: table.render(profile)
    }
  }
}

/// What a stack weighs.
public enum ExportWeight: String, Sendable, CaseIterable {
  /// Cache lines cleaned, invalidated and prepared.
  case lines
  /// Bytes of these, and bytes copied through bounce buffers.
  case bytes
  /// Estimated nanoseconds, the middle of the range.
  case ns
  /// Calls of the DMA API.
  case calls

  func of(_ work: CacheWork, bounced: UInt64, _ estimate: Estimate, calls: UInt64) -> UInt64 {
    switch self {
    case .lines: work.lines &+ work.preparedLines
    case .bytes: work.bytes &+ work.preparedBytes &+ bounced
    case .ns: UInt64(min(max(0, estimate.mid.rounded()), 1e18))
    case .calls: calls
    }
  }
}
