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
  const rings = Object.keys(data.marks).map((name, number) => ({
    label: name, stroke: name === "Equal time" ? colour.twin : colour.mark, paths: () => null,
    points: points(9 + 2 * number, name === "Equal time" ? colour.twin : colour.mark, "transparent"),
    value: (chart, value) => (value === null ? "" : "here"),
  }));
  const time = { label: `time (${zone})`, value: (chart, value) => (value === null ? "" : clock.format(value * 1000)) };
  const name = { label: "frame", stroke: colour.ink, paths: () => null, points: { show: false }, scale: "none",
    value: (chart, value, series, index) => (index === null ? "" : data.names[index]) };
  const options = {
    width: place.clientWidth, height: 220, tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
    scales: { y: { range: (chart, low, high) => [0, Math.max(high, 1) * 1.08] } },
    axes: [{ ...axis, values: (chart, splits, axis, space, step) => labelTimes(clock, splits, step), space: 80 }, { ...axis, size: 56, label: data.unit, labelSize: 22 }],
    series: [time, ...dots, ...rings, name],
  };
  const columns = [data.x, ...Object.values(data.values), ...Object.values(data.marks), data.x.map(() => null)];
  const chart = new uPlot(options, columns, place);
  addTools(place, chart, data);
  return chart;
}

function addTools(place, chart, data) {
  const tools = document.createElement("div");
  tools.className = "tools";
  const add = (text, action) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", action);
    tools.append(button);
  };
  const show = (middle, width) => chart.setScale("x", { min: middle - width / 2, max: middle + width / 2 });
  const view = () => chart.scales.x;
  add("Zoom in", () => show((view().min + view().max) / 2, (view().max - view().min) / 2));
  add("Earlier", () => show(view().min, view().max - view().min));
  add("Later", () => show(view().max, view().max - view().min));
  add("All", () => chart.setData(chart.data));
  place.before(tools);
}

const charts = Array.from(document.querySelectorAll("[data-chart]"), (place) => [place, draw(place)]);
addEventListener("resize", () => {
  for (const [place, chart] of charts) chart.setSize({ width: place.clientWidth, height: 220 });
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => location.reload());
