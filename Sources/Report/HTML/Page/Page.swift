import DMAModel
import Replay

/// The frame of the report: head, title, table of contents, sections, foot.
struct Page {
  let context: ReportContext
  let sections: [Section]

  private static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

  var markup: Markup {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(Markup(trusted: Page.policy))">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>\(fileName) – dmascope</title>
    <style>
    \(Markup(trusted: Stylesheet.text))
    </style>
    </head>
    <body>
    <a class="skip" href="#answer">Skip to the answer</a>
    \(header)
    <div class="page">
    \(contents)
    <main>
    \(sections.map(\.markup))
    </main>
    </div>
    <footer>Made by dmascope \(context.toolVersion) from the trace alone.</footer>
    <script>
    \(Markup(trusted: Script.text))
    </script>
    </body>
    </html>

    """
  }

  private var fileName: String {
    let path = context.profile.recording.path
    if path.isEmpty || path == "-" { return "standard input" }
    return path.split(separator: "/").last.map(String.init) ?? path
  }

  private var header: Markup {
    let recording = context.profile.recording
    var parts: [String] = []
    if !recording.format.isEmpty { parts.append(recording.format) }
    let system = [recording.kernel.isEmpty ? "" : "Linux " + recording.kernel, recording.architecture]
      .filter { !$0.isEmpty }.joined(separator: " ")
    if !system.isEmpty { parts.append(system) }
    if recording.cpus > 0 { parts.append(Formatting.count(UInt64(recording.cpus), "CPU")) }
    if recording.span > 0 { parts.append(Formatting.duration(recording.span)) }
    parts.append(Formatting.count(recording.events, "event") + loss(recording))
    if !context.profile.filter.isEmpty { parts.append("filter: " + context.profile.filter) }
    return """
      <header><p class="brand">dmascope <span>DMA report</span></p><h1>\(fileName)</h1>\
      <ul class="meta">\(parts.map { "<li>\($0)</li>" as Markup })</ul></header>
      """
  }

  private func loss(_ recording: Recording) -> String {
    if recording.lostEvents > 0 { return ", \(Formatting.count(recording.lostEvents)) lost" }
    if recording.lostWindows > 0 { return ", some lost" }
    return recording.events > 0 ? ", none lost" : ""
  }

  private var contents: Markup {
    let entries = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" as Markup }
    return "<nav class=\"contents\" aria-label=\"Contents\"><ol>\(entries)</ol></nav>"
  }
}
