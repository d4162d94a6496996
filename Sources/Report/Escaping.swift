/// How text that came from a trace (names of devices, tasks, symbols, pools, paths) is put into a report.
///
/// Such text is data: it must not move a cursor, colour a terminal, reorder a line or become markup.
public enum Escaping {
  /// The text for a terminal or a plain file: what a terminal would act upon appears as `\x1b` or `\u{202e}`.
  ///
  /// That is: C0 and C1 control characters, DEL, line and paragraph separators, characters that change the
  /// direction of text or have no width, and numbers that Unicode keeps free of characters.
  public static func terminal(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isHarmful(scalar) {
        result += visible(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The text for HTML, as content or inside a quoted attribute: `& < > " '` as character references, and what
  /// `terminal` makes visible made visible likewise. Not for the inside of `script` or `style`.
  public static func html(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case _ where isHarmful(scalar): result += visible(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7e: false
    case 0x00...0x1f, 0x7f...0x9f: true
    case let value where value & 0xfffe == 0xfffe: true
    case 0xfdd0...0xfdef: true
    default:
      switch scalar.properties.generalCategory {
      case .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
      default: false
      }
    }
  }

  private static func visible(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return scalar.value < 0x100
      ? "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
      : "\\u{" + digits + "}"
  }
}
