/// A text report while it grows: lines of at most `width` columns, all of them escaped for the terminal.
struct TextPage {
  let width: Int
  let paint: Paint
  private(set) var lines: [String] = []
  private static let labelWidth = 12

  /// - Parameter width: instead of that of the options, which has a lower limit.
  init(_ options: TextOptions, width: Int? = nil) {
    self.width = width ?? options.width
    paint = Paint(enabled: options.color)
  }

  var text: String { lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n" }

  mutating func blank() {
    if let last = lines.last, !last.isEmpty { lines.append("") }
  }

  /// Parts joined by ` · `, continued with an indent.
  mutating func headline(_ parts: [String]) {
    let broken = DisplayWidth.wrap(parts: parts.map(Escaping.terminal), width - 2)
    for (index, line) in broken.enumerated() { lines.append((index == 0 ? "" : "  ") + line) }
  }

  /// A sentence behind a mark, continued under its first word.
  mutating func item(_ mark: String, _ sentence: String, _ style: Paint.Style? = nil) {
    let indent = DisplayWidth.of(mark) + 1
    let broken = DisplayWidth.wrap(Escaping.terminal(sentence), width - indent)
    for (index, line) in broken.enumerated() {
      let lead = index == 0 ? mark + " " : String(repeating: " ", count: indent)
      lines.append(paint(lead + line, style))
    }
  }

  /// One row of the summary: what it is about, and a line or more for each group of parts.
  mutating func summary(_ label: String, _ groups: [[String]], _ style: Paint.Style? = nil) {
    let indent = String(repeating: " ", count: TextPage.labelWidth)
    var first = true
    for group in groups {
      let parts = group.map(Escaping.terminal)
      for line in DisplayWidth.wrap(parts: parts, width - TextPage.labelWidth) {
        let padded = label + indent.dropFirst(DisplayWidth.of(label))
        lines.append((first ? paint(String(padded), .heading) : indent) + paint(line, style))
        first = false
      }
    }
  }

  /// What a label stands before, some columns from the edge: parts joined by ` · `, continued under the first.
  mutating func entry(
    _ label: String, _ parts: [String], indent: Int = 0, labelWidth: Int = 0, _ style: Paint.Style? = nil
  ) {
    let label = Escaping.terminal(label)
    let column = indent + (label.isEmpty ? labelWidth : max(labelWidth, DisplayWidth.of(label) + 1))
    let broken = DisplayWidth.wrap(parts: parts.map(Escaping.terminal), width - column)
    for (index, line) in broken.enumerated() {
      let isLabelled = index == 0 && !label.isEmpty
      let used = indent + (isLabelled ? DisplayWidth.of(label) : 0)
      lines.append(
        String(repeating: " ", count: indent) + (isLabelled ? paint(label, style) : "")
          + String(repeating: " ", count: max(0, column - used)) + line)
    }
  }

  /// A section's title, with a remark behind it or under it.
  mutating func heading(_ title: String, _ remark: String = "") {
    blank()
    let remark = Escaping.terminal(remark)
    if DisplayWidth.of(title) + 2 + DisplayWidth.of(remark) <= width {
      lines.append(paint(title, .heading) + (remark.isEmpty ? "" : "  " + paint(remark, .quiet)))
    } else {
      lines.append(paint(title, .heading))
      for line in DisplayWidth.wrap(remark, width - 2) { lines.append(paint("  " + line, .quiet)) }
    }
  }

  /// A table, and how many rows it does not show.
  mutating func table(_ table: Table, further: Int = 0) {
    lines += table.lines(width: width, paint: paint)
    if further > 0 {
      let noun = further == 1 ? "row" : "rows"
      lines.append(paint("… \(Formatting.count(UInt64(further))) more \(noun) (--top)", .quiet))
    }
  }

  /// A line as it is, cut at the edge.
  mutating func line(_ text: String, _ style: Paint.Style? = nil) {
    lines.append(paint(DisplayWidth.prefix(Escaping.terminal(text), width), style))
  }
}
