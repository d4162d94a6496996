/// What each number means.
struct DefinitionsSection {
  var section: Section {
    let entries = Definitions.all.map { definition -> Markup in
      "<dt id=\"def-\(definition.id)\">\(definition.title)</dt><dd>\(definition.text)</dd>"
    }
    return Section(
      id: "definitions", title: "How the numbers are defined",
      body: "<dl class=\"definitions\">\(entries)</dl>")
  }
}
