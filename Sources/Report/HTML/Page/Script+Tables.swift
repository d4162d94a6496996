extension Script {
  /// Heads that sort, and a field that leaves only the rows with a text.
  static let tables = #"""
    const units = table => table.classList.contains("detailed") ? [...table.tBodies] : [...table.tBodies[0].rows];
    const firstRow = unit => unit.tagName === "TBODY" ? unit.rows[0] : unit;
    const sorting = table => {
      const heads = [...table.tHead.rows[0].cells];
      heads.forEach((head, column) => {
        const numeric = head.classList.contains("n");
        const key = unit => {
          const cell = firstRow(unit).cells[column];
          const text = cell.dataset.k ?? cell.textContent;
          return numeric ? Number(text) || 0 : text;
        };
        const sort = () => {
          const before = head.getAttribute("aria-sort");
          const down = before ? before === "ascending" : numeric;
          heads.forEach(other => other.removeAttribute("aria-sort"));
          head.setAttribute("aria-sort", down ? "descending" : "ascending");
          const rows = units(table).map(unit => [key(unit), unit]);
          rows.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) * (down ? -1 : 1));
          const parent = table.classList.contains("detailed") ? table : table.tBodies[0];
          parent.append(...rows.map(row => row[1]));
        };
        head.replaceChildren(button(head.textContent, sort));
      });
    };
    const filtering = table => {
      const field = make("input", "", { type: "search", autocomplete: "off", spellcheck: "false" });
      const label = make("label", table.dataset.filter + " ");
      const found = make("output", "");
      label.append(field);
      field.addEventListener("input", () => {
        const wanted = field.value.toLowerCase();
        const all = units(table);
        let shown = 0;
        for (const unit of all) {
          unit.hidden = !firstRow(unit).textContent.toLowerCase().includes(wanted);
          if (!unit.hidden) shown += 1;
        }
        found.textContent = wanted ? shown + " of " + all.length : "";
      });
      const line = make("div", "", { class: "filter" });
      line.append(label, found);
      table.closest(".scroll").before(line);
    };

    """#
}
