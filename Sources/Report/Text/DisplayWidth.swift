/// How many columns of a terminal text takes, and how it is cut and broken to fit. Input is free of controls.
enum DisplayWidth {
  /// Columns: 2 for wide East Asian characters and emoji, 0 for combining marks, 1 for all others.
  static func of(_ text: some StringProtocol) -> Int {
    let bytes = text.utf8.count
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return bytes }
    return text.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  static func of(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x20...0x2ff: return 1
    case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
      0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
      return 2
    default:
      switch scalar.properties.generalCategory {
      case .nonspacingMark, .enclosingMark: return 0
      default: return 1
      }
    }
  }

  /// The text itself if it fits; else its beginning and end around `…`, since names often differ in both.
  static func fit(_ text: String, _ width: Int) -> String {
    if of(text) <= width { return text }
    if width <= 1 { return width == 1 ? "…" : "" }
    let tail = (width - 1) / 2
    return prefix(text, width - 1 - tail) + "…" + suffix(text, tail)
  }

  /// As much of the beginning as fits.
  static func prefix(_ text: String, _ width: Int) -> String {
    var (result, used) = ("", 0)
    for scalar in text.unicodeScalars {
      used += of(scalar)
      if used > width { break }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  private static func suffix(_ text: String, _ width: Int) -> String {
    var (kept, used): ([Unicode.Scalar], Int) = ([], 0)
    for scalar in text.unicodeScalars.reversed() {
      used += of(scalar)
      if used > width { break }
      kept.append(scalar)
    }
    var result = ""
    result.unicodeScalars.append(contentsOf: kept.reversed())
    return result
  }

  /// Lines of at most `width` columns, broken at spaces; a word that is longer than a line is cut where it must.
  static func wrap(_ text: String, _ width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      let joined = line.isEmpty ? String(word) : line + " " + word
      if of(joined) <= width {
        line = joined
        continue
      }
      if !line.isEmpty { lines.append(line) }
      var rest = String(word)
      while of(rest) > width {
        let piece = prefix(rest, max(2, width))
        if piece.isEmpty { break }
        lines.append(piece)
        rest = String(rest.unicodeScalars.dropFirst(piece.unicodeScalars.count))
      }
      line = rest
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// Parts joined by ` · `, lines preferably broken between parts.
  static func wrap(parts: [String], _ width: Int) -> [String] {
    var lines: [String] = []
    for part in parts where !part.isEmpty {
      if let last = lines.last, of(last) + 3 + of(part) <= width {
        lines[lines.count - 1] = last + " · " + part
      } else {
        lines += wrap(part, width)
      }
    }
    return lines
  }
}
