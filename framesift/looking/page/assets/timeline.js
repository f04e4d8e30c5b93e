"use strict";
// The scores of a camera over time. uPlot draws; this tells it what, and makes it work with keys and on small screens.
const charts = (() => {
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const axis = (more) => ({ stroke: color("ink"), grid: { stroke: color("line"), width: 1 },
    ticks: { stroke: color("line"), width: 1 }, font: "13px system-ui, sans-serif", ...more });
  const drawn = [];
  // A chart is drawn again where its colours have changed, and scaled where its width has.
  const draw = (place, build) => {
    const entry = { place, build, chart: build(place.clientWidth) };
    drawn.push(entry);
    new ResizeObserver(() => {
      const width = place.clientWidth;
      if (width && width !== entry.chart.width) entry.chart.setSize({ width, height: entry.chart.height });
    }).observe(place);
    return entry;
  };
  for (const colours of ["(prefers-color-scheme: dark)", "print"]) {
    matchMedia(colours).addEventListener("change", () => {
      for (const entry of drawn) {
        entry.chart.destroy();
        entry.chart = entry.build(entry.place.clientWidth);
      }
    });
  }
  return { color, axis, draw };
})();

// The zone of the times, UTC where this browser does not know it.
const zoneOf = (() => {
  const known = new Map();
  const find = (zone) => {
    try {
      new Intl.DateTimeFormat("en", { timeZone: zone });
      return zone;
    } catch {
      return "UTC";
    }
  };
  return ({ zone }) => {
    if (!known.has(zone)) known.set(zone, find(zone || "UTC"));
    return known.get(zone);
  };
})();

// From which step in seconds on the ticks are written how, and what is added where a year, day, hour or minute begins.
const CLOCK = (() => {
  const day = "\n{D} {MMM} {YYYY}", short = "\n{D} {MMM}";
  return [
    [31536000, "{YYYY}", null, null, null, null, null, null, 1],
    [2419200, "{MMM}", "\n{YYYY}", null, null, null, null, null, 1],
    [86400, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
    [60, "{HH}:{mm}", day, null, short, null, null, null, 1],
    [1, "{HH}:{mm}:{ss}", day, null, short, null, null, null, 1],
    [0.001, ":{ss}.{fff}", day + " {HH}:{mm}", null, short + " {HH}:{mm}", null, "\n{HH}:{mm}", null, 1],
  ];
})();

// `describe(element, index)` says what is known of a frame; `choose(index)`, if given, opens the one clicked on.
function timeline(place, frames, describe, choose, height = 300) {
  const { color, axis } = charts;
  const rows = frames.rows;
  const x = rows.map((row, n) => frames.timed ? row[1] : n + 1);
  // Which rows are shown; all of them where none are chosen.
  let chosen = null;
  const isShown = (n) => chosen === null || chosen[n];
  const series = (value) => rows.map((row, n) => isShown(n) ? value(row, n) : null);
  const limitOf = (row) => row[4] === null ? null : frames.sizes[row[4]][2];
  const fill = () => [x,
    series((row) => row[3] === "drop" ? row[2] : null),
    series((row) => row[3] === "keep" ? row[2] : null),
    series((row) => row[3] === "skip" ? 0 : null),
    rows.map(limitOf),
    series((row) => row[7] === undefined ? null : row[2])];
  let data = fill();
  const limit = Math.max(1, ...frames.sizes.map((size) => size[2]));
  // Below this power of ten the axis is even, above it logarithmic: what is near the threshold is seen beside the largest.
  const even = 10 ** Math.floor(Math.log10(limit));

  place.innerHTML = '<div class="tools"></div><div class="chart" tabindex="0" role="application"></div>' +
    '<p class="reading" role="status"></p>';
  const [tools, box, reading] = place.children;
  box.setAttribute("aria-label", "Scores of " + frames.camera + " over time. Left and right walk from frame to frame, "
    + "page up and page down between kept frames, plus and minus zoom, 0 shows everything.");
  let at = -1;

  // Of frames whose whole picture has changed, or that were left out for it: a diamond around the point.
  const drawWholeChanges = (u) => {
    const radius = 8 * devicePixelRatio;
    u.ctx.save();
    u.ctx.strokeStyle = color("whole");
    u.ctx.lineWidth = 2 * devicePixelRatio;
    data[5].forEach((value, n) => {
      const { min, max } = u.scales.x;
      if (value === null || x[n] < min || x[n] > max) return;
      const left = u.valToPos(x[n], "x", true), top = u.valToPos(value, "y", true);
      u.ctx.beginPath();
      u.ctx.moveTo(left, top - radius);
      for (const [right, down] of [[radius, 0], [0, radius], [-radius, 0]]) u.ctx.lineTo(left + right, top + down);
      u.ctx.closePath();
      u.ctx.stroke();
    });
    u.ctx.restore();
  };
  // A first frame was compared with none and has no score: a line from top to bottom, not a point at 0.
  const drawFirstFrames = (u) => {
    u.ctx.save();
    u.ctx.fillStyle = color("keep");
    const width = 3 * devicePixelRatio;
    rows.forEach((row, n) => {
      const { min, max } = u.scales.x;
      if (!isShown(n) || row[3] !== "keep" || row[2] !== null || x[n] < min || x[n] > max) return;
      u.ctx.fillRect(u.valToPos(x[n], "x", true) - width / 2, u.bbox.top, width, u.bbox.height);
    });
    u.ctx.restore();
  };
  // Of pages that know the events.
  const drawBars = (u) => { if (typeof drawEvents === "function") drawEvents(u, frames, x, color("keep")); };
  // As wide as the longest number, so that the title stands beside them.
  const beside = (u, values) => 24 + 8 * Math.max(3, ...(values ?? []).map((value) => value?.length ?? 0));
  const points = (name, size, hollow) => ({ show: true, size, width: hollow ? 2 : 0, stroke: color(name),
    fill: hollow ? "transparent" : color(name) });
  // The logarithmic steps go on below 0, where there is no score.
  const from0 = () => ({ filter: (u, splits) => splits.map((v) => v >= 0 ? v : null), stroke: color("line"), width: 1 });
  const build = (width) => new uPlot({
    width: Math.max(width, 200), height, ms: 1e-3, legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zoneOf(frames)),
    cursor: { drag: { x: true, y: false, setScale: true }, points: { show: false } },
    scales: { x: { time: frames.timed }, y: { distr: 4, asinh: even, range: (u, low, high) => [0, Math.max(high, limit) * 1.3] } },
    axes: [axis({ space: 70, ...(frames.timed ? { values: CLOCK } : {}) }), axis({ grid: from0(), ticks: from0(), size: beside, label: "score in px", labelSize: 20, labelFont: "13px system-ui, sans-serif",
      filter: (u, splits) => splits.map((v) => v === 0 || Number.isInteger(Math.log10(v)) ? v : null),
      values: (u, splits) => splits.map((v) => v === null ? null : v.toLocaleString("en")) })],
    series: [{},
      { stroke: color("drop"), width: 0, paths: () => null, points: points("drop", 5) },
      { stroke: color("keep"), width: 0, paths: () => null, points: points("keep", 7) },
      { stroke: color("skip"), width: 0, paths: () => null, points: points("skip", 9, true) },
      { stroke: color("limit"), width: 2, dash: [8, 5], spanGaps: true, points: { show: false } },
      { stroke: color("whole"), width: 0, paths: () => null, points: { show: false } }],
    hooks: { draw: [drawFirstFrames, drawWholeChanges, drawBars], setCursor: [(u) => { if (u.cursor.event && u.cursor.idx !== null) read(nearest(u.cursor.idx)); }] },
  }, data, box);
  const entry = charts.draw(box, build);
  let pressed = null;
  if (choose) {
    box.addEventListener("mousedown", (event) => { pressed = [event.clientX, event.clientY]; });
    // Before uPlot, which takes a click for the end of a drag where the mouse has come from nowhere.
    box.addEventListener("click", (event) => {
      const moved = pressed ? Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) : 0;
      const over = event.target.closest(".u-over");
      if (!over || moved >= 4 || !rows.length) return;
      // Not what the cursor is on: that follows the mouse a moment later.
      read(nearest(entry.chart.posToIdx(event.clientX - over.getBoundingClientRect().left)));
      choose(at);
    }, true);
  }

  function read(index) {
    at = index;
    describe(reading, index);
  }
  // The frame is in view, and the cursor on it.
  function go(index) {
    if (!rows.length) return;
    read(Math.min(Math.max(index, 0), rows.length - 1));
    const chart = entry.chart, { min, max } = chart.scales.x;
    if (x[at] < min || x[at] > max) chart.setScale("x", { min: x[at] - (max - min) / 2, max: x[at] + (max - min) / 2 });
    const value = rows[at][2] ?? 0;
    chart.setCursor({ left: chart.valToPos(x[at], "x"), top: chart.valToPos(value, "y") }, false);
  }
  function zoom(factor) {
    const chart = entry.chart, { min, max } = chart.scales.x;
    const middle = at >= 0 && x[at] >= min && x[at] <= max ? x[at] : (min + max) / 2;
    const first = x[0], last = x[x.length - 1];
    const low = Math.max(middle - (middle - min) * factor, first), high = Math.min(middle + (max - middle) * factor, last);
    if (high > low) chart.setScale("x", { min: low, max: high });
  }
  const everything = () => entry.chart.setScale("x", { min: x[0], max: x[x.length - 1] > x[0] ? x[x.length - 1] : x[0] + 1 });
  function pan(share) {
    const chart = entry.chart, { min, max } = chart.scales.x, step = (max - min) * share;
    if ((share < 0 && min <= x[0]) || (share > 0 && max >= x[x.length - 1])) return;
    chart.setScale("x", { min: min + step, max: max + step });
  }
  // From a row on, to the next that is shown and for which `wanted` holds.
  function walk(from, step, wanted = () => true) {
    let n = from;
    while (rows[n] && !(isShown(n) && wanted(rows[n]))) n += step;
    if (rows[n]) go(n);
  }
  function nearest(index) {
    for (let away = 0; away < rows.length; away++)
      for (const n of [index - away, index + away]) if (rows[n] && isShown(n)) return n;
    return index;
  }
  const isKept = (row) => row[3] === "keep";
  const keys = { ArrowLeft: () => walk(at - 1, -1), ArrowRight: () => walk(at + 1, 1), Home: () => walk(0, 1),
    End: () => walk(rows.length - 1, -1), PageUp: () => walk(at - 1, -1, isKept), PageDown: () => walk(at + 1, 1, isKept), "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2),
    0: everything, ...(choose ? { Enter: () => at >= 0 && choose(at) } : {}) };
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  for (const [text, name, act] of [["Zoom in", "+", () => zoom(0.5)], ["Zoom out", "−", () => zoom(2)], ["Earlier", "◀", () => pan(-0.5)],
    ["Later", "▶", () => pan(0.5)], ["Show everything", "All", everything]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.title = text;
    button.setAttribute("aria-label", text);
    button.addEventListener("click", act);
    tools.append(button);
  }
  const hint = document.createElement("span");
  hint.className = "faint";
  hint.textContent = "Drag to zoom, double click for all." + (frames.timed ? ` Times are ${zoneOf(frames)}.` : " Left to right: frames in order.");
  tools.append(hint);
  describe(reading, -1);
  // The thresholds in `frames.sizes` have changed: their line moves, and each point has the colour of what it would be.
  function moveLimits() {
    const scored = (kept) => series((row) => row[2] !== null && row[3] !== "skip"
      && (row[2] > limitOf(row) && !(row[3] === "drop" && row[7] !== undefined)) === kept ? row[2] : null);
    [data[1], data[2]] = [scored(false), scored(true)];
    data[4] = rows.map(limitOf);
    entry.chart.setData(data, false);
    entry.chart.redraw();
  }
  // Only some frames, or with null all of them: an array that has a 1 for each that is shown.
  function only(which) {
    chosen = which;
    data = fill();
    entry.chart.setData(data, false);
    entry.chart.redraw();
    walk(at < 0 ? 0 : nearest(at), 1);
  }
  return { go, moveLimits, only };
}
