import Replay

/// A profile as one HTML page that needs nothing else: no network, no script to be read.
///
/// The answer comes first, then time, devices, masks, call sites, what was live, the recording, and what each number
/// means. The size depends on the number of devices and call sites, not on the length of the trace, and stays below
/// 2 MiB: long tables are cut and say so. Text from the trace is escaped wherever it stands.
///
///     let page = HTMLReport(profile, toolVersion: "1.0").render()
public struct HTMLReport {
  private let context: ReportContext

  /// Makes the report of `profile`; `toolVersion` stands at the foot of the page.
  public init(_ profile: Profile, toolVersion: String) {
    context = ReportContext(profile, toolVersion: toolVersion)
  }

  /// The whole page, from `<!DOCTYPE html>` on. The same profile always gives the same text.
  public func render() -> String {
    Page(context: context, sections: sections).markup.source
  }

  private var sections: [Section] {
    [
      AnswerSection(context: context).section,
      WhatIfSection(context: context).section,
      TimeSection(context: context).section,
      DirectionSection(context: context).section,
      DevicesSection(context: context).section,
      MasksSection(context: context).section,
      LifetimesSection(context: context).section,
      CallSitesSection(context: context).section,
      AvoidableSection(context: context).section,
      TasksSection(context: context).section,
      CoherentMemorySection(context: context).section,
      LiveSection(context: context).section,
      FindingsSection(context: context).section,
      RecordingSection(context: context).section,
      DefinitionsSection().section,
    ].compactMap { $0 }
  }
}
