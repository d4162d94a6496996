/// A table of text that fits a width: columns that are empty are left out, long ones shortened, the least important
/// ones dropped.
///
/// Cells are escaped for the terminal as they come in.
struct Table {
  struct Column {
    var title: String
    /// Stands under the title: `lines`, `ms`.
    var unit = ""
    var alignment = Alignment.right
    /// The fewest columns to which its cells may be shortened; nil if they may not.
    var shrinksTo: Int?
    /// 0 stays; of the others, the highest goes first when the table is too wide.
    var dropOrder = 0
  }

  enum Alignment { case left, right }

  struct Cell: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    var text: String
    var style: Paint.Style?

    init(_ text: String, _ style: Paint.Style? = nil) {
      self.text = Escaping.terminal(text)
      self.style = style
    }
    init(stringLiteral value: String) { self.init(value) }
  }

  static let gap = 2
  let columns: [Column]
  private(set) var rows: [[Cell]] = []

  init(_ columns: [Column]) { self.columns = columns }

  /// Cells in the order of the columns; missing ones are empty, further ones left out.
  mutating func add(_ cells: [Cell]) {
    var row = Array(cells.prefix(columns.count))
    while row.count < columns.count { row.append("") }
    rows.append(row)
  }

  /// Title line, unit line if any column has a unit, and rows; no line is wider than `width`.
  func lines(width: Int, paint: Paint) -> [String] {
    guard !rows.isEmpty else { return [] }
    let layout = fitted(to: width)
    var result = [
      line(layout, width) { Cell(columns[$0].title, .heading) },
      line(layout, width) { Cell(columns[$0].unit, .quiet) },
    ].map { $0.text(paint) }
    if result[1].isEmpty { result.removeLast() }
    for row in rows { result.append(line(layout, width) { row[$0] }.text(paint)) }
    return result
  }

  private typealias Layout = [(column: Int, width: Int)]

  /// The columns that stay, with their widths.
  private func fitted(to width: Int) -> Layout {
    var layout: Layout = columns.indices.compactMap { index in
      let cells = rows.map { DisplayWidth.of($0[index].text) }
      guard let widest = cells.max(), widest > 0 else { return nil }
      let column = columns[index]
      return (index, min(width, max(widest, DisplayWidth.of(column.title), DisplayWidth.of(column.unit))))
    }
    while Table.width(layout) > width {
      if shrink(&layout, to: width) { break }
      guard
        let victim = layout.indices
          .filter({ columns[layout[$0].column].dropOrder > 0 })
          .max(by: { columns[layout[$0].column].dropOrder < columns[layout[$1].column].dropOrder })
      else { break }
      layout.remove(at: victim)
    }
    return layout
  }

  private static func width(_ layout: Layout) -> Int {
    layout.reduce(0) { $0 + $1.width } + gap * max(0, layout.count - 1)
  }

  /// Shortens the widest of the columns that may be shortened, one by one, until the table fits; false if it cannot.
  private func shrink(_ layout: inout Layout, to width: Int) -> Bool {
    var tried = layout
    var excess = Table.width(layout) - width
    while excess > 0 {
      let candidates = tried.indices.filter { tried[$0].width > columns[tried[$0].column].shrinksTo ?? .max }
      guard let widest = candidates.max(by: { tried[$0].width < tried[$1].width }) else {
        let isLast = !layout.contains { columns[$0.column].dropOrder > 0 }
        if isLast { layout = tried }
        return false
      }
      tried[widest].width -= 1
      excess -= 1
    }
    layout = tried
    return true
  }

  /// Pieces of a line with their styles; a piece that would cross the edge is cut.
  private func line(_ layout: Layout, _ width: Int, _ cell: (Int) -> Cell) -> StyledLine {
    var line = StyledLine(limit: width)
    for (position, (index, columnWidth)) in layout.enumerated() {
      if position > 0 { line.add(String(repeating: " ", count: Table.gap), nil) }
      let cell = cell(index)
      let text = DisplayWidth.fit(cell.text, columnWidth)
      let padding = String(repeating: " ", count: max(0, columnWidth - DisplayWidth.of(text)))
      if columns[index].alignment == .right { line.add(padding, nil) }
      line.add(text, cell.style)
      if columns[index].alignment == .left { line.add(padding, nil) }
    }
    return line
  }
}

/// A line made of pieces, its blanks at the end left out.
private struct StyledLine {
  let limit: Int
  private var pieces: [(text: String, style: Paint.Style?)] = []
  private var used = 0

  init(limit: Int) { self.limit = limit }

  mutating func add(_ text: String, _ style: Paint.Style?) {
    let fitting = DisplayWidth.prefix(text, limit - used)
    used += DisplayWidth.of(fitting)
    pieces.append((fitting, style))
  }

  func text(_ paint: Paint) -> String {
    let end = pieces.lastIndex { $0.text.contains { $0 != " " } } ?? -1
    return pieces.prefix(end + 1).map { paint($0.text, $0.style) }.joined()
  }
}
