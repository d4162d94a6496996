extension Script {
  /// A frame opens to the whole width; arrows walk along the frames.
  static let flame = #"""
    const flameGraph = root => {
      const image = root.querySelector("svg.frames");
      const tools = root.previousElementSibling;
      const frames = [...image.querySelectorAll(".f")].map(element => ({
        element, title: element.querySelector("title").textContent, label: element.querySelector("text"),
        x: parseFloat(element.getAttribute("x")), width: parseFloat(element.getAttribute("width")),
        y: Number(element.getAttribute("y")),
      }));
      const rows = [...new Set(frames.map(frame => frame.y))];
      const readout = make("output", "");
      const inside = (inner, outer) => inner.x >= outer.x - 0.002
        && inner.x + inner.width <= outer.x + outer.width + 0.002;
      let top = frames[0];
      const labelled = (frame, width) => {
        if (!frame.label && width > 1.2) {
          const full = frame.title.slice(0, frame.title.lastIndexOf(": "));
          frame.label = drawing("text", { x: 4, y: 13 }, full);
          frame.element.append(frame.label);
        }
        if (frame.label) frame.label.style.display = width > 1.2 ? "" : "none";
      };
      const zoom = frame => {
        top = frame;
        for (const each of frames) {
          const outer = each.y < top.y && inside(top, each);
          const shown = outer || (each.y >= top.y && inside(each, top));
          each.element.style.display = shown ? "" : "none";
          each.element.classList.toggle("outer", outer);
          const width = outer ? 100 : each.width / top.width * 100;
          each.element.setAttribute("x", (outer ? 0 : (each.x - top.x) / top.width * 100) + "%");
          each.element.setAttribute("width", width + "%");
          labelled(each, width);
        }
        readout.textContent = top === frames[0] ? "Choose a frame to widen it." : top.title;
      };
      const visible = frame => frame && frame.element.style.display !== "none";
      const focus = frame => {
        if (!visible(frame)) return;
        for (const each of frames) each.element.tabIndex = -1;
        frame.element.tabIndex = 0;
        frame.element.focus();
      };
      const neighbour = (frame, key) => {
        const row = rows.indexOf(frame.y);
        if (key === "ArrowUp") return frames.find(each => each.y === rows[row - 1] && inside(frame, each));
        if (key === "ArrowDown") {
          return frames.find(each => each.y === rows[row + 1] && visible(each)
            && (inside(each, frame) || frame.element.classList.contains("outer")));
        }
        const level = frames.filter(each => each.y === frame.y && visible(each));
        return level[level.indexOf(frame) + (key === "ArrowLeft" ? -1 : 1)];
      };
      image.setAttribute("role", "group");
      for (const frame of frames) {
        const { element } = frame;
        element.tabIndex = frame === top ? 0 : -1;
        element.setAttribute("role", "button");
        element.setAttribute("aria-label", frame.title);
        element.addEventListener("click", () => zoom(frame));
        element.addEventListener("focus", () => { readout.textContent = frame.title; });
        element.addEventListener("pointerenter", () => { readout.textContent = frame.title; });
        element.addEventListener("keydown", event => {
          if (event.key === "Enter" || event.key === " ") zoom(frame);
          else if (event.key === "Escape") { zoom(frames[0]); focus(frames[0]); }
          else if (event.key.startsWith("Arrow")) focus(neighbour(frame, event.key));
          else return;
          event.preventDefault();
        });
      }
      tools.append(button("All", () => zoom(frames[0])), readout);
      tools.hidden = false;
      root.classList.add("live-flame");
      zoom(frames[0]);
    };

    """#
}
