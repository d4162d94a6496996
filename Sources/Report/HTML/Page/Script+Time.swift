extension Script {
  /// One cursor and one window for all charts over time: drag to zoom, arrows and + − by keyboard.
  static let time = #"""
    const decoded = text => text.split(" ").flatMap(part => {
      const [value, times] = part.split("*");
      return Array(times === undefined ? 1 : Number(times)).fill(Number(value));
    });
    const timeTicks = (from, to) => {
      const rough = (to - from) / 6;
      const power = 10 ** Math.floor(Math.log10(rough));
      const step = power * [1, 2, 5, 10].find(factor => power * factor >= rough);
      const [unit, scale] = timeUnit(to);
      const decimals = Math.max(0, -Math.floor(Math.log10(step / scale) + 1e-9));
      const ticks = [];
      for (let value = Math.ceil(from / step) * step; value <= to; value += step) {
        ticks.push([(value - from) / (to - from), (value / scale).toFixed(decimals) + " " + unit]);
      }
      return ticks;
    };
    const drawTicks = (axis, ticks) => axis.replaceChildren(...ticks.map(([position, label], index) => {
      const x = position * 100 + "%";
      const edge = position > 0.96 ? " end" : position < 0.02 ? " start" : "";
      const tick = drawing("g", { class: "xtick" + edge + (index % 2 ? " odd" : "") });
      tick.append(drawing("line", { x1: x, x2: x, y1: "100%", y2: "100%", class: "tick" }),
        drawing("text", { x, y: "100%", dy: 18 }, label));
      return tick;
    }));
    const partsOf = figure => {
      const plot = figure.querySelector(".plot");
      const axis = plot.querySelector(".xticks");
      const outputs = [...figure.querySelectorAll(".legend li")].map(entry => {
        const output = make("output", "");
        entry.append(output);
        return output;
      });
      const lines = [...plot.querySelectorAll("path[data-values]")].reverse()
        .map((path, index) => ({ values: decoded(path.dataset.values), output: outputs[index] }));
      const mark = make("div", "", { class: "cursor" });
      mark.hidden = true;
      plot.append(mark);
      return { plot, axis, lines, mark, written: figure.dataset.kind === "bytes" ? bytes : grouped,
        frame: plot.querySelector(".frame"), data: plot.querySelector(".data"), ticks: [...axis.childNodes] };
    };
    const moment = (view, bucket) => {
      const [unit, scale] = timeUnit(view.to * view.width);
      const decimals = Math.max(0, Math.ceil(Math.log10(scale / view.width)));
      return (bucket * view.width / scale).toFixed(decimals) + " " + unit;
    };
    const cursorVisible = view => view.cursor !== null && view.cursor >= view.from && view.cursor < view.to;
    const drawCursor = view => {
      const visible = cursorVisible(view);
      for (const { plot, frame, lines, mark, written } of view.charts) {
        mark.hidden = !visible;
        if (visible) {
          const box = frame.getBoundingClientRect();
          const share = (view.cursor + 0.5 - view.from) / (view.to - view.from);
          mark.style.left = box.left - plot.getBoundingClientRect().left + share * box.width + "px";
        }
        for (const { values, output } of lines) output.textContent = visible ? written(values[view.cursor] ?? 0) : "";
      }
      const zoomed = view.from > 0 || view.to < view.count;
      const shown = zoomed ? moment(view, view.from) + " to " + moment(view, view.to) + " shown" : "";
      const at = view.cursor === null ? "" : "at " + moment(view, view.cursor);
      view.readout.textContent = [shown, at].filter(Boolean).join(", ") || "Drag over a chart to zoom.";
    };
    const show = (view, first, last) => {
      const size = Math.min(view.count, Math.max(2, last - first));
      view.from = Math.max(0, Math.min(first, view.count - size));
      view.to = view.from + size;
      for (const { axis, data, ticks } of view.charts) {
        data.setAttribute("viewBox", view.from + " 0 " + size + " 1000");
        if (size === view.count) axis.replaceChildren(...ticks);
        else drawTicks(axis, timeTicks(view.from * view.width, view.to * view.width));
      }
      drawCursor(view);
    };
    const zoom = (view, factor) => {
      const size = Math.max(2, Math.round((view.to - view.from) * factor));
      const middle = cursorVisible(view) ? view.cursor + 0.5 : (view.from + view.to) / 2;
      show(view, Math.round(middle - size / 2), Math.round(middle - size / 2) + size);
    };
    const pan = (view, by) => show(view, view.from + by, view.to + by);
    const point = (view, bucket) => {
      view.cursor = Math.max(0, Math.min(view.count - 1, bucket));
      if (view.cursor < view.from) pan(view, view.cursor - view.from);
      else if (view.cursor >= view.to) pan(view, view.cursor + 1 - view.to);
      else drawCursor(view);
    };
    const all = view => {
      view.cursor = null;
      show(view, 0, view.count);
    };
    const step = (view, by) => point(view, view.cursor === null ? view.from : view.cursor + by);
    const timeKeys = {
      ArrowLeft: (view, event) => step(view, event.shiftKey ? -10 : -1),
      ArrowRight: (view, event) => step(view, event.shiftKey ? 10 : 1),
      "+": view => zoom(view, 0.5), "=": view => zoom(view, 0.5), "-": view => zoom(view, 2),
      Home: view => point(view, 0), End: view => point(view, view.count - 1), Escape: all,
    };
    const overTime = root => {
      const count = Number(root.dataset.buckets);
      const view = { count, width: Number(root.dataset.bucket), from: 0, to: count, cursor: null,
        readout: make("output", "", { "aria-live": "polite" }),
        charts: [...root.querySelectorAll(".over-time")].map(partsOf) };
      for (const chart of view.charts) brushing(view, chart);
      const half = () => Math.max(1, Math.round((view.to - view.from) / 2));
      const tools = root.querySelector(".time-tools");
      tools.append(button("Zoom in", () => zoom(view, 0.5)), button("Zoom out", () => zoom(view, 2)),
        button("Earlier", () => pan(view, -half())), button("Later", () => pan(view, half())),
        button("All", () => all(view)), view.readout);
      tools.hidden = false;
      root.classList.add("live");
      addEventListener("resize", () => drawCursor(view));
      drawCursor(view);
    };

    """# + brushing

  /// Pointer and keys on one chart.
  private static let brushing = #"""
    const brushing = (view, { plot, frame }) => {
      plot.tabIndex = 0;
      plot.setAttribute("role", "group");
      plot.setAttribute("aria-label",
        plot.dataset.label + ": arrow keys move along the time, plus and minus zoom, Escape shows all");
      const brush = make("div", "", { class: "brush" });
      brush.hidden = true;
      plot.append(brush);
      let start = null;
      const box = () => frame.getBoundingClientRect();
      const share = event => Math.max(0, Math.min(1, (event.clientX - box().left) / box().width));
      const bucket = share => Math.min(view.to - 1, Math.floor(view.from + share * (view.to - view.from)));
      const stop = () => { start = null; brush.hidden = true; };
      plot.addEventListener("pointerdown", event => {
        if (event.button !== 0) return;
        start = share(event);
        plot.setPointerCapture(event.pointerId);
      });
      plot.addEventListener("pointermove", event => {
        const here = share(event);
        point(view, bucket(here));
        if (start === null) return;
        const left = box().left - plot.getBoundingClientRect().left;
        brush.hidden = false;
        brush.style.left = left + Math.min(start, here) * box().width + "px";
        brush.style.width = Math.abs(here - start) * box().width + "px";
      });
      plot.addEventListener("pointerup", event => {
        if (start === null) return;
        const [first, last] = [start, share(event)].sort((a, b) => a - b);
        stop();
        if ((last - first) * box().width > 6) show(view, bucket(first), bucket(last) + 1);
      });
      plot.addEventListener("pointercancel", stop);
      plot.addEventListener("keydown", event => {
        const action = timeKeys[event.key];
        if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        action(view, event);
      });
    };

    """#
}
