/// A column of a table: its head, and the cell that it makes of a row.
struct Column<Row> {
  enum Kind {
    /// Ends at the right, sorts by number.
    case number
    case text
    /// Addresses and symbols: in a fixed-width face, never broken.
    case code
    /// The first column, that names the row.
    case name
  }

  var title: String
  var kind: Kind
  /// What to sort by where the shown text is not in that order; must be a number for `.number`.
  var key: ((Row) -> String)?
  var cell: (Row) -> Markup

  init(_ title: String, _ kind: Kind = .number, cell: @escaping (Row) -> Markup) {
    (self.title, self.kind, self.cell) = (title, kind, cell)
  }

  /// The same column with something else to sort by than the text that it shows.
  func sorted(_ key: @escaping (Row) -> String) -> Column {
    var column = self
    column.key = key
    return column
  }

  /// A column of exact counts; 0 is shown faintly.
  static func count(_ title: String, _ value: @escaping (Row) -> UInt64) -> Column {
    Column(title) { row in
      value(row) == 0 ? "<span class=\"zero\">0</span>" : "\(count: value(row))"
    }.sorted { String(value($0)) }
  }

  /// A column of bytes in binary units.
  static func bytes(_ title: String, _ value: @escaping (Row) -> UInt64) -> Column {
    Column(title) { row in
      value(row) == 0 ? "<span class=\"zero\">0</span>" : "\(bytes: value(row))"
    }.sorted { String(value($0)) }
  }
}

/// A table that scrolls inside a region of its own where it is wider than the page.
struct ScrollTable<Row> {
  /// What the table shows, for people who cannot see it.
  var label: String
  var columns: [Column<Row>]
  var rows: [Row]
  var sortable = false
  /// Shows a field above the table that leaves only the rows with a text; the field's label.
  var filterLabel: String?
  /// A row below another that says more about it, as wide as the table.
  var detail: ((Row) -> Markup)?
  /// The `id` of a row's group.
  var anchor: ((Row) -> String)?

  var markup: Markup {
    var classes = sortable ? "sortable" : ""
    if detail != nil { classes += " detailed" }
    let filter: Markup = filterLabel.map { " data-filter=\"\($0)\"" } ?? ""
    return """
      <div class="scroll\(rows.count > 40 ? " long" : "")" role="region" aria-label="\(label)" tabindex="0">\
      <table class="\(classes)"\(filter)><thead><tr>\(columns.map(head))</tr></thead>\(body)</table></div>
      """
  }

  private func head(_ column: Column<Row>) -> Markup {
    "<th scope=\"col\"\(style(column.kind))>\(column.title)</th>"
  }

  private var body: Markup {
    guard detail != nil || anchor != nil else { return "<tbody>\(rows.map(line))</tbody>" }
    return rows.map { row -> Markup in
      let id: Markup = anchor.map { " id=\"\($0(row))\"" } ?? ""
      let more: Markup =
        detail.map { "<tr class=\"more\"><td colspan=\"\(columns.count)\">\($0(row))</td></tr>" } ?? ""
      return "<tbody\(id)>\(line(row))\(more)</tbody>"
    }.joined()
  }

  private func line(_ row: Row) -> Markup { "<tr>\(columns.map { cell($0, row) })</tr>" }

  private func cell(_ column: Column<Row>, _ row: Row) -> Markup {
    let key: Markup = sortable ? column.key.map { " data-k=\"\($0(row))\"" } ?? "" : ""
    if case .name = column.kind { return "<th scope=\"row\"\(key)>\(column.cell(row))</th>" }
    return "<td\(style(column.kind))\(key)>\(column.cell(row))</td>"
  }

  private func style(_ kind: Column<Row>.Kind) -> Markup {
    switch kind {
    case .number: " class=\"n\""
    case .code: " class=\"c\""
    case .text, .name: ""
    }
  }
}
