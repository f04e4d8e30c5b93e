"use strict";
/* Draws the timeline of each camera with uPlot: its frames by light, and a ring around what is odd. */
const colours = () => {
  const style = getComputedStyle(document.documentElement);
  const named = (name) => style.getPropertyValue(name).trim();
  return {
    ink: named("--ink"), line: named("--line"), day: named("--limit"), night: named("--link"),
    infrared: named("--drop"), interval: named("--link"), mark: named("--skip"), twin: named("--keep"),
  };
};

/* Labels of the time axis: the day where it begins, and as much of the clock as the distance of the labels asks for. */
function labelTimes(clock, splits, step) {
  const digits = step >= 60 ? 5 : 8;
  let day = "";
  return splits.map((seconds) => {
    const [date, time] = clock.format(seconds * 1000).split(" ");
    const first = date !== day;
    day = date;
    return step >= 86400 ? date : time.slice(0, digits) + (first ? `\n${date}` : "");
  });
}

/* The zone of the times, UTC where this browser does not know it. */
function zoneOf(data) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: data.zone });
    return data.zone;
  } catch {
    return "UTC";
  }
}

function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.chart).text);
  const colour = colours();
  const zone = zoneOf(data);
  const clock = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium", timeZone: zone });
  const axis = { stroke: colour.ink, grid: { stroke: colour.line, width: 1 }, ticks: { stroke: colour.line } };
  const points = (size, stroke, fill) => ({ show: true, size, stroke, fill, width: 1.5 });
  const dots = Object.keys(data.values).map((name) => ({
    label: name, stroke: colour[name], paths: () => null, points: points(5, colour[name], colour[name]),
    value: (chart, value) => (value === null ? "" : String(value)),
  }));
  const marks = Object.keys(data.marks).map((name) => ({ label: name, paths: () => null, points: { show: false } }));
  const reading = document.createElement("p");
  reading.className = "pointed";
  reading.setAttribute("role", "status");
  /* What is odd has a sign of its own above the point; several stand above one another. */
  const drawSigns = (chart) => {
    const { ctx } = chart;
    ctx.save();
    ctx.font = `bold ${15 * devicePixelRatio}px system-ui, "DejaVu Sans", sans-serif`;
    ctx.textAlign = "center";
    ctx.fillStyle = colour.mark;
    data.x.forEach((seconds, n) => {
      if (seconds < chart.scales.x.min || seconds > chart.scales.x.max) return;
      Object.entries(data.marks).filter(([, column]) => column[n] !== null).forEach(([kind, column], number) => {
        const top = chart.valToPos(column[n], "y", true) - (8 + 14 * number) * devicePixelRatio;
        const lowest = chart.bbox.top + 14 * devicePixelRatio;
        ctx.fillText(SIGNS[kind], chart.valToPos(seconds, "x", true), Math.max(top, lowest));
      });
    });
    ctx.restore();
  };
  const read = (chart) => {
    const index = chart.cursor.idx;
    reading.textContent = index === null || index === undefined ? "Point at a frame, or walk there with the arrow keys, to see its name." : tell(data, index, clock, zone);
  };
  const options = {
    width: place.clientWidth, height: 220, tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    scales: { y: { range: (chart, low, high) => [0, Math.max(high, 1) * 1.08] } },
    axes: [{ ...axis, values: (chart, splits, axis, space, step) => labelTimes(clock, splits, step), space: 80 }, { ...axis, size: 56, label: data.unit, labelSize: 22 }],
    legend: { show: false }, hooks: { draw: [drawSigns], setCursor: [read] },
    series: [{}, ...dots, ...marks],
  };
  const columns = [data.x, ...Object.values(data.values), ...Object.values(data.marks)];
  const chart = new uPlot(options, columns, place);
  addTools(place, chart, data);
  place.before(legendOf(data, colour));
  place.after(reading);
  read(chart);
  walkWithKeys(place, chart, data, (index) => { reading.textContent = tell(data, index, clock, zone); });
  return chart;
}

/* From frame to frame, and from one that is odd to the next. */
function walkWithKeys(place, chart, data, read) {
  const last = data.x.length - 1;
  const odd = (index) => Object.values(data.marks).some((column) => column[index] !== null);
  let at = -1;
  place.tabIndex = 0;
  place.setAttribute("role", "application");
  place.setAttribute("aria-label", "Frames over time. Left and right walk from frame to frame, page up and page down between those that are odd.");
  const go = (index) => {
    at = Math.min(Math.max(index, 0), last);
    const { min, max } = chart.scales.x, middle = data.x[at], half = (max - min) / 2;
    if (middle < min || middle > max) chart.setScale("x", { min: middle - half, max: middle + half });
    const column = Object.values(data.values).find((values) => values[at] !== null);
    chart.setCursor({ left: chart.valToPos(middle, "x"), top: chart.valToPos(column?.[at] ?? 0, "y") }, false);
    read(at);
  };
  const seek = (step) => {
    let index = at + step;
    while (index >= 0 && index <= last && !odd(index)) index += step;
    if (index >= 0 && index <= last) go(index);
  };
  const keys = { ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1), Home: () => go(0), End: () => go(last),
    PageUp: () => seek(-1), PageDown: () => seek(1) };
  place.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key) || last < 0) return;
    event.preventDefault();
    keys[event.key]();
  });
}

const SIGNS = { Unreadable: "×", "Odd size": "□", "Whole picture changed": "◇", "After a gap": "▷", "Short interval": "∥",
  "Equal time": "=", "Clock fault": "!", "Clock set back": "◁", "Same bytes": "≡" };

/* Name, time and value of a frame, and what is odd about it. */
function tell(data, index, clock, zone) {
  const [unit, column] = Object.entries(data.values).find(([, values]) => values[index] !== null) ?? ["", []];
  const value = unit === "" ? "" : unit === "interval" ? `, ${column[index]} s after the one before` : `, ${unit}, brightness ${column[index]}`;
  const odd = Object.keys(data.marks).filter((kind) => data.marks[kind][index] !== null);
  return `${data.names[index]}: ${clock.format(data.x[index] * 1000)} ${zone}${value}${odd.length ? ` - ${odd.join(", ").toLowerCase()}` : ""}`;
}

function legendOf(data, colour) {
  const list = document.createElement("ul");
  list.className = "legend";
  const add = (sign, text, ink) => {
    const item = document.createElement("li"), shown = document.createElement("span");
    shown.textContent = sign;
    shown.style.color = ink;
    shown.ariaHidden = "true";
    item.append(shown, ` ${text}`);
    list.append(item);
  };
  for (const name of Object.keys(data.values)) add("●", name, colour[name]);
  for (const kind of Object.keys(data.marks)) add(SIGNS[kind], kind.toLowerCase(), colour.mark);
  return list;
}

function addTools(place, chart, data) {
  const tools = document.createElement("div");
  tools.className = "tools";
  const add = (sign, text, action) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.title = text;
    button.setAttribute("aria-label", text);
    button.addEventListener("click", action);
    tools.append(button);
  };
  const show = (middle, width) => chart.setScale("x", { min: middle - width / 2, max: middle + width / 2 });
  const view = () => chart.scales.x;
  add("+", "Zoom in", () => show((view().min + view().max) / 2, (view().max - view().min) / 2));
  add("−", "Zoom out", () => show((view().min + view().max) / 2, (view().max - view().min) * 2));
  add("◀", "Earlier", () => show(view().min, view().max - view().min));
  add("▶", "Later", () => show(view().max, view().max - view().min));
  add("All", "All", () => chart.setData(chart.data));
  place.before(tools);
}

document.querySelector("h1").after(Comparer.help([
  ["← →", "on a timeline: from frame to frame; Home and End: the first and the last"],
  ["PageUp PageDown", "there: to the odd frame before, and the next one"],
]));
const charts = Array.from(document.querySelectorAll("[data-chart]"), (place) => [place, draw(place)]);
addEventListener("resize", () => {
  for (const [place, chart] of charts) chart.setSize({ width: place.clientWidth, height: 220 });
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => location.reload());
