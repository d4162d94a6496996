/// One part of the page, with an entry in its table of contents.
struct Section {
  /// The fragment that links to it.
  var id: String
  var title: String
  /// One or two sentences under the title; empty for none.
  var lead: Markup = ""
  var body: Markup

  var markup: Markup {
    let lead: Markup = lead.isEmpty ? "" : "<p class=\"lead\">\(lead)</p>"
    return """
      <section id="\(id)" aria-labelledby="\(id)-title"><h2 id="\(id)-title">\(title)</h2>\(lead)\(body)</section>

      """
  }
}

/// Small pieces that several sections use.
enum Piece {
  /// A link to the definition of a figure, its first sentence shown when pointed at.
  static func define(_ id: String, _ text: String) -> Markup {
    guard let definition = Definitions.definition(id) else { return Markup(text: text) }
    return "<a class=\"def\" href=\"#def-\(id)\" title=\"\(firstSentence(definition.text))\">\(text)</a>"
  }

  /// The part of a text up to and with its first full stop.
  static func firstSentence(_ text: String) -> String {
    var previous: Character = " "
    for (offset, character) in text.enumerated() {
      if character == " " && previous == "." { return String(text.prefix(offset)) }
      previous = character
    }
    return text
  }

  /// A closed part of the page with more than most readers want.
  static func more(_ summary: Markup, _ body: Markup, id: String? = nil) -> Markup {
    let id: Markup = id.map { " id=\"\($0)\"" } ?? ""
    return "<details\(id)><summary>\(summary)</summary>\(body)</details>"
  }

  /// The line under a table that was cut.
  static func omitted(_ omitted: Int, _ what: String) -> Markup {
    omitted <= 0
      ? ""
      : "<p class=\"note\">\(count: UInt64(omitted)) more \(what) \(omitted == 1 ? "is" : "are") not shown.</p>"
  }
}

extension Piece {
  /// Names and values, side by side.
  static func facts(_ facts: [(String, Markup)]) -> Markup {
    "<dl class=\"facts\">\(facts.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as Markup })</dl>"
  }

  /// A share as a number with a bar behind it.
  static func meter(_ share: Double) -> Markup {
    let width = Axis.percent(share)
    return
      "<span class=\"meter\"><i style=\"width:\(width)\"></i>\(Formatting.percent(Numbers.unit(share)))</span>"
  }
}
