/// What Jenkins demands of JUnit XML, as a table: elements with their attributes and what may stand in them.
///
/// The facts are those of `junit-10.xsd` of Jenkins' xUnit plugin, which refuses files that do not keep to it; as in that
/// schema, children may come in any order and number. The schema has elements for repeated tests besides.
enum JUnitSchema {
  struct Rule {
    var required: Set<String> = []
    var optional: Set<String> = []
    var children: Set<String> = []
    var hasText = false
  }

  static let rules: [String: Rule] = [
    "testsuites": Rule(
      optional: ["name", "time", "tests", "failures", "errors"], children: ["testsuite"]),
    "testsuite": Rule(
      required: ["name", "tests", "failures", "errors"],
      optional: [
        "group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url",
      ], children: ["testsuite", "properties", "testcase", "system-out", "system-err"]),
    "testcase": Rule(
      required: ["name"], optional: ["time", "classname", "group"],
      children: ["skipped", "error", "failure", "system-out", "system-err"]),
    "failure": Rule(optional: ["type", "message"], hasText: true),
    "error": Rule(optional: ["type", "message"], hasText: true),
    "skipped": Rule(optional: ["type", "message"], hasText: true),
    "system-out": Rule(hasText: true), "system-err": Rule(hasText: true),
    "properties": Rule(children: ["property"]), "property": Rule(required: ["name", "value"]),
  ]

  /// What of a document is not so, an empty list for a valid one.
  static func problems(_ text: String) -> [String] {
    let tree = XMLTree(text)
    guard tree.problems.isEmpty, let root = tree.root else { return tree.problems }
    guard ["testsuites", "testsuite"].contains(root.name) else { return ["the root is \(root.name)"] }
    return problems(of: root)
  }

  private static func problems(of element: XMLTree.Element) -> [String] {
    guard let rule = rules[element.name] else { return ["no element is called \(element.name)"] }
    var problems: [String] = []
    let names = Set(element.attributes.keys)
    for name in rule.required.subtracting(names).sorted() { problems.append("\(element.name) lacks \(name)") }
    for name in names.subtracting(rule.required).subtracting(rule.optional).sorted() {
      problems.append("\(element.name) cannot have \(name)")
    }
    if !rule.hasText, element.text.contains(where: { !$0.isWhitespace }) {
      problems.append("\(element.name) cannot have text")
    }
    for child in element.children {
      if !rule.children.contains(child.name) { problems.append("\(child.name) in \(element.name)") }
      problems += JUnitSchema.problems(of: child)
    }
    return problems + counts(element)
  }

  /// What the schema cannot say: the numbers are those of the cases.
  private static func counts(_ suite: XMLTree.Element) -> [String] {
    guard suite.name == "testsuite" else { return [] }
    let cases = suite.children.filter { $0.name == "testcase" }
    func count(_ name: String) -> Int { cases.count { $0.children.contains { $0.name == name } } }
    let expected = [
      "tests": cases.count, "failures": count("failure"), "errors": count("error"),
      "skipped": count("skipped"),
    ]
    return expected.sorted { $0.key < $1.key }.compactMap { name, number in
      guard let told = suite.attributes[name], told != String(number) else { return nil }
      return "\(name) is \(told), there are \(number)"
    }
  }
}
