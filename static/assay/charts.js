// Draws every [data-chart] with uPlot, again when a fragment is swapped in, the width or the scheme changes.
(() => {
  const palette = ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6"];
  const drawn = new Map();

  const marks = (list, ink) => ({
    hooks: {
      draw: [(plot) => {
        const { ctx, bbox } = plot;
        ctx.save();
        ctx.strokeStyle = ctx.fillStyle = ink;
        ctx.setLineDash([4, 4]);
        for (const mark of list) {
          const x = Math.round(plot.valToPos(mark.at, "x", true));
          if (x < bbox.left || x > bbox.left + bbox.width) continue;
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          ctx.fillText(mark.label, x + 4, bbox.top + 12);
        }
        ctx.restore();
      }],
    },
  });

  // A canvas knows neither variables nor light-dark(): the browser resolves them on an element.
  const colour = (box, name) => {
    const probe = box.appendChild(document.createElement("span"));
    probe.style.color = `var(${name})`;
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const two = (number) => String(number).padStart(2, "0");
  const clock = (seconds, isDay) => {
    const at = new Date(seconds * 1000);
    return isDay ? `${two(at.getMonth() + 1)}-${two(at.getDate())}` : `${two(at.getHours())}:${two(at.getMinutes())}`;
  };
  const times = (plot, splits) => splits.map((each) => clock(each, plot.scales.x.max - plot.scales.x.min > 172800));

  const draw = (box) => {
    const told = JSON.parse(box.dataset.chart);
    const ink = colour(box, "--muted");
    const line = colour(box, "--line");
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
    const round = (value) => (value == null ? "-" : `${+value.toPrecision(4)} ${told.unit}`);
    drawn.get(box)?.destroy();
    drawn.set(box, new uPlot({
      width: Math.max(box.clientWidth, 200),
      height: 180,
      cursor: { drag: { setScale: false } },
      legend: { live: true },
      axes: [{ ...axis, values: times }, { ...axis, size: 56 }],
      scales: { y: { range: (plot, low, high) => [Math.min(0, low ?? 0), high > 0 ? high * 1.1 : 1] } },
      series: [{ value: "{YYYY}-{MM}-{DD} {HH}:{mm}" }, ...told.lines.map((each, index) => ({
        label: each.label,
        stroke: colour(box, palette[index % palette.length]),
        width: 1.5,
        points: { show: told.times.length < 3 },
        value: (plot, value) => round(value),
      }))],
      plugins: told.marks.length ? [marks(told.marks, ink)] : [],
    }, [told.times, ...told.lines.map((each) => each.values)], box));
  };

  const drawAll = () => {
    for (const [box, plot] of drawn) if (!box.isConnected) { plot.destroy(); drawn.delete(box); }
    document.querySelectorAll("[data-chart]").forEach(draw);
  };
  const widths = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    const plot = drawn.get(target);
    if (plot && target.clientWidth && plot.width !== target.clientWidth) {
      plot.setSize({ width: target.clientWidth, height: plot.height });
    }
  }));
  const start = () => {
    drawAll();
    document.querySelectorAll("[data-chart]").forEach((box) => widths.observe(box));
  };
  start();
  document.body.addEventListener("htmx:afterSwap", start);
  new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["class"] });
})();
