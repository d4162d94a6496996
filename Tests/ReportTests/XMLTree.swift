/// A strict reading of an XML document without namespaces, doctypes or CDATA: its elements, and all that is wrong.
///
/// Rules are those of XML 1.0, fifth edition: characters (2.2), references (4.1, the predefined ones of 4.6 and
/// numbers), attributes quoted and distinct (3.1), elements closed in order.
struct XMLTree {
  final class Element {
    let name: String
    var attributes: [String: String] = [:]
    var children: [Element] = []
    var text = ""

    init(_ name: String) { self.name = name }
  }

  private(set) var root: Element?
  private(set) var problems: [String] = []
  private var rest: Substring.UnicodeScalarView
  private var open: [Element] = []

  init(_ text: String) {
    rest = text[...].unicodeScalars
    for scalar in text.unicodeScalars where !XMLTree.isAllowed(scalar) {
      problems.append("U+\(String(scalar.value, radix: 16)) is no character of XML")
    }
    if take("<?xml version=\"1.0\" encoding=\"UTF-8\"?>") { _ = take("\n") }
    while !rest.isEmpty {
      if take("</") { close() } else if take("<") { begin() } else { addText() }
      if problems.count > 20 { return }
    }
    if !open.isEmpty { problems.append("never closed: \(open.map(\.name))") }
    if root == nil { problems.append("no element") }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xa, 0xd, 0x20...0xd7ff, 0xe000...0xfffd, 0x10000...0x10ffff: true
    default: false
    }
  }

  private mutating func begin() {
    let element = Element(name())
    if element.name.isEmpty { problems.append("a bare <") }
    while take(" ") {
      let key = name()
      guard take("=\"") else { return problems.append("\(key) of \(element.name) has no quoted value") }
      let value = read(until: "\"")
      guard take("\"") else { return problems.append("\(key) of \(element.name) does not end") }
      if element.attributes.updateValue(value, forKey: key) != nil { problems.append("\(key) twice") }
    }
    if let parent = open.last {
      parent.children.append(element)
    } else if root == nil {
      root = element
    } else {
      problems.append("a second root, \(element.name)")
    }
    if take("/>") { return }
    if take(">") { open.append(element) } else { problems.append("<\(element.name) does not end") }
  }

  private mutating func close() {
    let name = name()
    if open.popLast()?.name != name { problems.append("</\(name)> closes something else") }
    if !take(">") { problems.append("</\(name) goes on") }
  }

  private mutating func addText() {
    if String(rest.prefix { $0 != "<" }).contains("]]>") { problems.append("]]> in text") }
    let text = read(until: "<")
    if let element = open.last {
      element.text += text
    } else if text.contains(where: { !$0.isWhitespace }) {
      problems.append("text outside of the root: \(text.prefix(20))")
    }
  }

  /// Text with its references resolved.
  private mutating func read(until end: Unicode.Scalar) -> String {
    var text = String.UnicodeScalarView()
    while let scalar = rest.first, scalar != end {
      rest.removeFirst()
      if scalar == "<" { problems.append("< in a value") }
      text.append(scalar == "&" ? reference() : scalar)
    }
    return String(text)
  }

  private mutating func reference() -> Unicode.Scalar {
    let known: [(String, Unicode.Scalar)] = [
      ("amp;", "&"), ("lt;", "<"), ("gt;", ">"), ("quot;", "\""), ("apos;", "'"),
    ]
    for (name, scalar) in known where take(name) { return scalar }
    if take("#") {
      let digits = String(rest.prefix { ("0"..."9").contains($0) })
      if take(digits + ";"), let value = UInt32(digits), let scalar = Unicode.Scalar(value),
        XMLTree.isAllowed(scalar)
      {
        return scalar
      }
    }
    problems.append("a bare &, or an unknown reference")
    return "&"
  }

  private mutating func name() -> String {
    let name = rest.prefix {
      $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-")
    }
    rest.removeFirst(name.count)
    return String(name)
  }

  private mutating func take(_ text: String) -> Bool {
    guard rest.starts(with: text.unicodeScalars) else { return false }
    rest.removeFirst(text.unicodeScalars.count)
    return true
  }
}
