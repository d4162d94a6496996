/// A strict reading of a page: each tag with its attributes, and everything that is wrong with them.
///
/// Stricter than HTML: attributes are quoted, all elements but those that may not be closed are, in order.
struct HTMLOutline {
  struct Element {
    var name: String
    var attributes: [(name: String, value: String)] = []
  }

  private(set) var elements: [Element] = []
  private(set) var problems: [String] = []
  private var open: [String] = []
  private var bytes: [UInt8]
  private var position = 0

  init(_ page: String) {
    bytes = Array(page.utf8)
    while let start = bytes[position...].firstIndex(of: UInt8(ascii: "<")) {
      position = start + 1
      readTag()
    }
    if !open.isEmpty { problems.append("never closed: \(open)") }
  }

  /// The values of an attribute, wherever it stands.
  func values(of attribute: String) -> [String] {
    elements.flatMap { $0.attributes.filter { $0.name == attribute }.map(\.value) }
  }

  private mutating func readTag() {
    if take("!DOCTYPE html>") { return }
    if take("/") {
      let name = word()
      if open.popLast() != name { problems.append("</\(name)> at \(position) closes something else") }
      if !take(">") { problems.append("</\(name) at \(position) goes on") }
      return
    }
    var element = Element(name: word())
    if element.name.isEmpty { problems.append("a bare < at \(position)") }
    var closed = false
    while position < bytes.count, !take(">") {
      if take("/>") {
        closed = true
        break
      }
      guard take(" ") else {
        problems.append("unexpected character in <\(element.name) at \(position)")
        return
      }
      readAttribute(of: &element)
    }
    elements.append(element)
    if closed || ["meta", "link", "br", "input", "img"].contains(element.name) { return }
    if element.name == "style" || element.name == "script" { return skip(to: "</\(element.name)>") }
    open.append(element.name)
  }

  private mutating func readAttribute(of element: inout Element) {
    let name = word()
    if name.isEmpty { return }
    guard take("=\"") else {
      if name != "hidden" { problems.append("\(name) of <\(element.name)> at \(position) is not quoted") }
      element.attributes.append((name, ""))
      return
    }
    let end = bytes[position...].firstIndex(of: UInt8(ascii: "\"")) ?? bytes.count
    let value = String(decoding: bytes[position..<end], as: UTF8.self)
    if value.contains("<") { problems.append("< in \(name) of <\(element.name)>") }
    if element.attributes.contains(where: { $0.name == name }) { problems.append("\(name) twice") }
    element.attributes.append((name, value))
    position = min(bytes.count, end + 1)
  }

  private mutating func skip(to end: String) {
    let wanted = Array(end.utf8)
    while position + wanted.count <= bytes.count {
      if bytes[position] == wanted[0], bytes[position..<position + wanted.count].elementsEqual(wanted) {
        break
      }
      position += 1
    }
    position = min(bytes.count, position + wanted.count)
  }

  private mutating func take(_ text: String) -> Bool {
    guard bytes[position...].starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  private mutating func word() -> String {
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
        position += 1
      default: return String(decoding: bytes[start..<position], as: UTF8.self)
      }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }
}
