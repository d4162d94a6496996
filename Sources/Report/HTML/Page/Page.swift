/// The frame of a page: head, title, table of contents, sections, foot.
struct Page {
  /// Of the window, and what stands above the heading: `DMA report`.
  var title: String
  var kind: String
  var heading: Markup
  /// Facts under the heading.
  var meta: [String]
  /// Rules beside those that all pages have.
  var style = ""
  var sections: [Section]
  /// What the page was made from, for the foot.
  var source: String
  var toolVersion: String

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
    <title>\(title) – dmascope</title>
    <style>
    \(Markup(trusted: Stylesheet.text + style))
    </style>
    </head>
    <body>
    <a class="skip" href="#\(sections.first?.id ?? "")">Skip to the answer</a>
    \(header)
    <div class="page">
    \(contents)
    <main>
    \(sections.map(\.markup))
    </main>
    </div>
    <footer>Made by dmascope \(toolVersion) from \(source) alone.</footer>
    <script>
    \(Markup(trusted: Script.text))
    </script>
    </body>
    </html>

    """
  }

  private var header: Markup {
    """
    <header><p class="brand">dmascope <span>\(kind)</span></p><h1>\(heading)</h1>\
    <ul class="meta">\(meta.map { "<li>\($0)</li>" as Markup })</ul></header>
    """
  }

  private var contents: Markup {
    let entries = sections.map { "<li><a href=\"#\($0.id)\">\($0.title)</a></li>" as Markup }
    return "<nav class=\"contents\" aria-label=\"Contents\"><ol>\(entries)</ol></nav>"
  }
}
