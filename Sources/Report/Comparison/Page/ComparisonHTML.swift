import Comparison
import Replay

/// A comparison as one HTML page that needs nothing else: no network, no script to be read.
///
/// The verdict comes first: what changed, which gates are broken and why, where there is no evidence. Then the metrics,
/// both sides over time, devices, differential flame graphs, call sites, findings. Long tables are cut and say so; the
/// page stays below 2 MiB. Text from the runs is escaped wherever it stands.
///
///     let page = ComparisonHTML(comparison, base: base, new: new, gates: results, toolVersion: "1.0").render()
public struct ComparisonHTML {
  private let context: ComparisonContext

  /// - Parameters:
  ///   - base: the profiles that `comparison` was made from, in its order; what is drawn over time and by call stack
  ///     comes from them.
  ///   - toolVersion: stands at the foot of the page.
  public init(
    _ comparison: RunComparison, base: [Profile], new: [Profile], gates: [GateResult] = [],
    toolVersion: String
  ) {
    context = ComparisonContext(comparison, base: base, new: new, gates: gates, toolVersion: toolVersion)
  }

  /// The whole page, from `<!DOCTYPE html>` on. The same runs always give the same text.
  public func render() -> String {
    let (base, new) = (context.base.title, context.new.title)
    return Page(
      title: "\(base) against \(new)", kind: "DMA comparison",
      heading:
        "<span class=\"side base\">\(base)</span> <span class=\"unit\">against</span> <span class=\"side new\">\(new)</span>",
      meta: context.comparison.deviceSummary.map { $0.joined(separator: ", ") }.map(Shortening.sentence),
      style: Stylesheet.comparison, sections: sections, source: "the runs", toolVersion: context.toolVersion
    ).markup.source
  }

  private var sections: [Section] {
    [
      VerdictSection(context: context).section,
      RunsSection(context: context).section,
      MetricsSection(context: context).section,
      OverlaySection(context: context).section,
      DeviceChangesSection(context: context).section,
      DifferenceSection(context: context).section,
      PlacesSection(context: context).section,
      FindingChangesSection(context: context).section,
      ReadingSection(context: context).section,
    ].compactMap { $0 }
  }
}
