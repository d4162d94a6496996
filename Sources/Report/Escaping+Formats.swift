extension Escaping {
  /// The text for XML, as content or inside a quoted attribute.
  ///
  /// What `terminal` makes visible is made visible likewise, so that no character remains that XML 1.0 forbids
  /// (section 2.2, `Char`), and no `]]>`.
  public static func xml(_ text: String) -> String { html(text) }

  /// The text for Markdown's running text and table cells, where it stays text: ASCII punctuation that Markdown, its
  /// tables, HTML or GitHub's additions (mentions, issue numbers, emoji, links, formulas) could read is written as
  /// character references, which Markdown never takes for structure (CommonMark 0.31, section 2.5).
  public static func markdown(_ text: String) -> String {
    var result = ""
    var previous: Unicode.Scalar = " "
    // As long as only digits have passed, a full stop would make a list, as a dash at the beginning would.
    var isAtStart = true
    for scalar in terminal(text).unicodeScalars {
      let isPlain =
        switch scalar {
        case " ", ",", "'", "\"", "%", "?", ";", "/", "0"..."9", "A"..."Z", "a"..."z": true
        case "(", ")", "-": !isAtStart
        // www. makes a link.
        case ".": !isAtStart && previous != "w" && previous != "W"
        default: !scalar.isASCII
        }
      if isPlain { result.unicodeScalars.append(scalar) } else { result += "&#\(scalar.value);" }
      isAtStart = isAtStart && ("0"..."9").contains(scalar)
      previous = scalar
    }
    return result
  }

  /// The text as code in Markdown, in running text and table cells; empty for empty text.
  public static func markdownCode(_ text: String) -> String {
    if text.isEmpty { return "" }
    let plain = terminal(text)
    // In a code span nothing is read but the backtick, and the bar of a table around it.
    let isHarmless = plain.unicodeScalars.allSatisfy { !"`|\\<>&".unicodeScalars.contains($0) }
    return isHarmless && plain.first != " " && plain.last != " "
      ? "`\(plain)`" : "<code>\(markdown(plain))</code>"
  }

  /// The text as a string of JSON (RFC 8259), quotes included; control characters are escaped, nothing else changes.
  public static func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// The text as one field of CSV (RFC 4180), which a spreadsheet shows and does not compute: an apostrophe stands
  /// before a leading `=`, `+`, `-`, `@`, tab or carriage return.
  public static func csv(_ text: String) -> String {
    let isFormula = text.unicodeScalars.first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
    let field = (isFormula ? "'" : "") + terminal(text)
    guard field.unicodeScalars.contains(where: { ",\"".unicodeScalars.contains($0) }) else { return field }
    return "\"" + replacing(field, ["\"": "\"\""]) + "\""
  }

  /// The text as the message of a workflow command of GitHub Actions. Newlines are those of the report: what comes
  /// from a trace has to be made visible by `terminal` before it is put into a message.
  public static func githubData(_ text: String) -> String {
    replacing(text, ["%": "%25", "\r": "%0D", "\n": "%0A"])
  }

  /// The text as a property (`title=`) of a workflow command of GitHub Actions.
  public static func githubProperty(_ text: String) -> String {
    replacing(text, ["%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"])
  }

  /// The text inside a message of SARIF, where `[text](target)` would be a link (section 3.11.6) and `{0}` a
  /// placeholder (3.11.5): a blank takes their meaning away.
  public static func sarif(_ text: String) -> String {
    var result = ""
    var previous: Unicode.Scalar = " "
    for scalar in terminal(text).unicodeScalars {
      if (previous == "]" && scalar == "(") || (previous == "{" && ("0"..."9").contains(scalar)) {
        result += " "
      }
      result.unicodeScalars.append(scalar)
      previous = scalar
    }
    return result
  }

  /// The path of a file as a URI reference (RFC 3986): `file:` for an absolute one, relative otherwise.
  public static func uri(path: String) -> String {
    if path == "-" || path.isEmpty { return "standard-input" }
    var result = path.utf8.first == UInt8(ascii: "/") ? "file://" : ""
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (byte < 16 ? "0" : "") + digits
      }
    }
    return result
  }

  private static func replacing(_ text: String, _ table: [Unicode.Scalar: String]) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if let replacement = table[scalar] {
        result += replacement
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
