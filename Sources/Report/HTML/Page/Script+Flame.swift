extension Script {
  /// A frame opens to the whole width; arrows walk along the frames.
  static let flame = #"""
    const frameOf = element => ({
      element, title: element.querySelector("title").textContent, label: element.querySelector("text"),
      x: parseFloat(element.getAttribute("x")), width: parseFloat(element.getAttribute("width")),
      y: Number(element.getAttribute("y")),
    });
    const inside = (inner, outer) => inner.x >= outer.x - 0.002
      && inner.x + inner.width <= outer.x + outer.width + 0.002;
    const labelled = (frame, width) => {
      if (!frame.label && width > 1.2) {
        frame.label = drawing("text", { x: 4, y: 13 }, frame.title.slice(0, frame.title.lastIndexOf(": ")));
        frame.element.append(frame.label);
      }
      if (frame.label) frame.label.style.display = width > 1.2 ? "" : "none";
    };
    const widen = (graph, top) => {
      for (const frame of graph.frames) {
        const outer = frame.y < top.y && inside(top, frame);
        frame.shown = outer || (frame.y >= top.y && inside(frame, top));
        frame.element.style.display = frame.shown ? "" : "none";
        frame.element.classList.toggle("outer", outer);
        const width = outer ? 100 : frame.width / top.width * 100;
        frame.element.setAttribute("x", (outer ? 0 : (frame.x - top.x) / top.width * 100) + "%");
        frame.element.setAttribute("width", width + "%");
        labelled(frame, width);
      }
      graph.top = top;
      graph.readout.textContent = top === graph.frames[0] ? "Choose a frame to widen it." : top.title;
    };
    const focusFrame = (graph, frame) => {
      if (!frame || !frame.shown) return;
      for (const each of graph.frames) each.element.tabIndex = -1;
      frame.element.tabIndex = 0;
      frame.element.focus();
    };
    const neighbour = (graph, frame, key) => {
      const row = graph.rows.indexOf(frame.y);
      const level = y => graph.frames.filter(each => each.y === y && each.shown);
      if (key === "ArrowUp") return level(graph.rows[row - 1]).find(each => inside(frame, each));
      if (key === "ArrowDown") return level(graph.rows[row + 1]).find(each => inside(each, frame));
      const same = level(frame.y);
      return same[same.indexOf(frame) + (key === "ArrowLeft" ? -1 : 1)];
    };
    const frameKeys = (graph, frame, event) => {
      if (event.key === "Enter" || event.key === " ") widen(graph, frame);
      else if (event.key === "Escape") {
        widen(graph, graph.frames[0]);
        focusFrame(graph, graph.frames[0]);
      } else if (event.key.startsWith("Arrow")) focusFrame(graph, neighbour(graph, frame, event.key));
      else return;
      event.preventDefault();
    };
    const flameGraph = root => {
      const image = root.querySelector("svg.frames");
      const tools = root.previousElementSibling;
      const frames = [...image.querySelectorAll(".f")].map(frameOf);
      const graph = { frames, rows: [...new Set(frames.map(frame => frame.y))], readout: make("output", "") };
      image.setAttribute("role", "group");
      for (const frame of frames) {
        const { element, title } = frame;
        const say = () => { graph.readout.textContent = title; };
        element.tabIndex = frame === frames[0] ? 0 : -1;
        element.setAttribute("role", "button");
        element.setAttribute("aria-label", title);
        element.addEventListener("click", () => widen(graph, frame));
        element.addEventListener("focus", say);
        element.addEventListener("pointerenter", say);
        element.addEventListener("keydown", event => frameKeys(graph, frame, event));
      }
      tools.append(button("All", () => widen(graph, frames[0])), graph.readout);
      tools.hidden = false;
      root.classList.add("live-flame");
      widen(graph, frames[0]);
    };

    """#
}
