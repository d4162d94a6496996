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
    const overTime = root => {
      const count = Number(root.dataset.buckets);
      const width = Number(root.dataset.bucket);
      let [from, to, cursor] = [0, count, null];
      const readout = make("output", "", { "aria-live": "polite" });
      const spoken = value => {
        const [unit, scale] = timeUnit(to * width);
        return (value / scale).toFixed(Math.max(0, Math.ceil(Math.log10(scale / width)))) + " " + unit;
      };
      const charts = [...root.querySelectorAll(".over-time")].map(figure => {
        const show = figure.dataset.kind === "bytes" ? bytes : grouped;
        const plot = figure.querySelector(".plot");
        const axis = plot.querySelector(".xticks");
        const outputs = [...figure.querySelectorAll(".legend li")].map(entry => {
          const output = make("output", "");
          entry.append(output);
          return output;
        });
        const lines = [...plot.querySelectorAll("path[data-values]")].reverse()
          .map((path, index) => ({ values: decoded(path.dataset.values), output: outputs[index] }));
        const line = make("div", "", { class: "cursor" });
        line.hidden = true;
        plot.append(line);
        return { plot, axis, lines, line, show, frame: plot.querySelector(".frame"),
          data: plot.querySelector(".data"), ticks: [...axis.childNodes] };
      });
      const place = (chart, bucket) => {
        const box = chart.frame.getBoundingClientRect();
        return box.left - chart.plot.getBoundingClientRect().left + (bucket - from) / (to - from) * box.width;
      };
      const drawCursor = () => {
        for (const chart of charts) {
          const visible = cursor !== null && cursor >= from && cursor < to;
          chart.line.hidden = !visible;
          if (visible) chart.line.style.left = place(chart, cursor + 0.5) + "px";
          for (const { values, output } of chart.lines) {
            if (output) output.textContent = visible ? chart.show(values[cursor] ?? 0) : "";
          }
        }
        const window = from > 0 || to < count ? spoken(from * width) + " to " + spoken(to * width) + " shown" : "";
        const at = cursor === null ? "" : "at " + spoken(cursor * width);
        readout.textContent = [window, at].filter(Boolean).join(", ") || "Drag over a chart to zoom.";
      };
      const show = (first, last) => {
        const size = Math.min(count, Math.max(2, last - first));
        from = Math.max(0, Math.min(first, count - size));
        to = from + size;
        for (const chart of charts) {
          chart.data.setAttribute("viewBox", from + " 0 " + size + " 1000");
          if (size === count) chart.axis.replaceChildren(...chart.ticks);
          else drawTicks(chart.axis, timeTicks(from * width, to * width));
        }
        drawCursor();
      };
      const zoom = factor => {
        const size = Math.max(2, Math.round((to - from) * factor));
        const middle = cursor !== null && cursor >= from && cursor < to ? cursor + 0.5 : (from + to) / 2;
        show(Math.round(middle - size / 2), Math.round(middle - size / 2) + size);
      };
      const pan = share => {
        const by = Math.round((to - from) * share);
        show(from + by, to + by);
      };
      const step = by => {
        cursor = cursor === null ? from : Math.max(0, Math.min(count - 1, cursor + by));
        if (cursor < from || cursor >= to) show(from + by, to + by);
        drawCursor();
      };
      const keys = {
        ArrowLeft: event => step(event.shiftKey ? -10 : -1), ArrowRight: event => step(event.shiftKey ? 10 : 1),
        "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2),
        Home: () => { cursor = 0; show(0, to - from); },
        End: () => { cursor = count - 1; show(count - (to - from), count); },
        Escape: () => { cursor = null; show(0, count); },
      };
      for (const chart of charts) brushing(chart, { keys, range: () => [from, to], show,
        point: bucket => { cursor = bucket; drawCursor(); } });
      const tools = root.querySelector(".time-tools");
      tools.append(button("Zoom in", () => zoom(0.5)), button("Zoom out", () => zoom(2)),
        button("Earlier", () => pan(-0.5)), button("Later", () => pan(0.5)),
        button("All", () => { cursor = null; show(0, count); }), readout);
      tools.hidden = false;
      root.classList.add("live");
      addEventListener("resize", drawCursor);
      drawCursor();
    };

    """# + brushing

  /// Pointer and keys on one chart.
  private static let brushing = #"""
    const brushing = (chart, control) => {
      const { plot, frame } = chart;
      plot.tabIndex = 0;
      plot.setAttribute("role", "group");
      plot.setAttribute("aria-label",
        plot.dataset.label + ": arrow keys move along the time, plus and minus zoom, Escape shows all");
      const brush = make("div", "", { class: "brush" });
      brush.hidden = true;
      plot.append(brush);
      let start = null;
      const share = event => {
        const box = frame.getBoundingClientRect();
        return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
      };
      const bucket = share => {
        const [from, to] = control.range();
        return Math.min(to - 1, Math.floor(from + share * (to - from)));
      };
      plot.addEventListener("pointerdown", event => {
        if (event.button !== 0) return;
        start = share(event);
        plot.setPointerCapture(event.pointerId);
      });
      plot.addEventListener("pointermove", event => {
        const here = share(event);
        control.point(bucket(here));
        if (start === null) return;
        const box = frame.getBoundingClientRect();
        brush.hidden = false;
        brush.style.left = box.left - plot.getBoundingClientRect().left + Math.min(start, here) * box.width + "px";
        brush.style.width = Math.abs(here - start) * box.width + "px";
      });
      plot.addEventListener("pointerup", event => {
        if (start === null) return;
        const [a, b] = [start, share(event)].sort((x, y) => x - y);
        const wide = (b - a) * frame.getBoundingClientRect().width > 6;
        const window = [bucket(a), bucket(b) + 1];
        start = null;
        brush.hidden = true;
        if (wide) control.show(...window);
      });
      plot.addEventListener("pointercancel", () => { start = null; brush.hidden = true; });
      plot.addEventListener("keydown", event => {
        const action = control.keys[event.key];
        if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        action(event);
      });
    };

    """#
}
