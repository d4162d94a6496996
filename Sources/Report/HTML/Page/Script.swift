/// What the page can do beyond being read: sort and filter tables, look closer at a time or a call stack.
///
/// It adds its controls itself, so nothing that does not work is shown without it. It holds no data: what it needs is
/// in the page's attributes, and reaches the page again as text only.
enum Script {
  static let text = "\"use strict\";\n(() => {\n" + shared + tables + time + flame + start + "})();"

  private static let shared = #"""
    const make = (name, content, attributes = {}) => {
      const element = document.createElement(name);
      element.textContent = content;
      for (const key in attributes) element.setAttribute(key, attributes[key]);
      return element;
    };
    const button = (label, action) => {
      const element = make("button", label, { type: "button" });
      element.addEventListener("click", action);
      return element;
    };
    const drawing = (name, attributes, content) => {
      const element = document.createElementNS(document.querySelector("svg").namespaceURI, name);
      for (const key in attributes) element.setAttribute(key, attributes[key]);
      if (content !== undefined) element.textContent = content;
      return element;
    };
    const grouped = value => String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    const bytes = value => {
      if (value < 1024) return value === 0 ? "0" : value + " B";
      for (const unit of ["KiB", "MiB", "GiB", "TiB", "PiB"]) {
        value /= 1024;
        if (value < 999.5) return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + " " + unit;
      }
      return (value / 1024).toFixed(1) + " EiB";
    };
    const timeUnit = value => value < 1e3 ? ["ns", 1] : value < 999.5e3 ? ["µs", 1e3]
      : value < 999.5e6 ? ["ms", 1e6] : ["s", 1e9];

    """#

  private static let start = #"""
    const openTarget = () => {
      const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
      const details = target && target.querySelector("details");
      if (details && target.tagName === "TBODY") {
        target.hidden = false;
        details.open = true;
      }
    };
    document.querySelectorAll("table[data-filter]").forEach(filtering);
    document.querySelectorAll("table.sortable").forEach(sorting);
    document.querySelectorAll(".time").forEach(overTime);
    document.querySelectorAll(".flame").forEach(flameGraph);
    addEventListener("hashchange", openTarget);
    openTarget();

    """#
}
