"use strict";
/* Drawing and moving with mouse, finger and keys. */
function drop(number) {
  chosen = -1;
  change(() => regions.splice(number, 1));
  editor.focus({ preventScroll: true });
}

function begin() {
  drawing = { points: [], cross: [0.5, 0.5] };
  chosen = -1;
  tell();
  paint();
  editor.focus({ preventScroll: true });
}

function tell() {
  find("draw").setAttribute("aria-pressed", String(Boolean(drawing)));
  find("done").disabled = !drawing;
  if (!drawing) return;
  const [x, y] = drawing.cross.map(percent), number = drawing.points.length;
  say(number ? `${number} ${number === 1 ? "corner" : "corners"}; cross at ${x} across, ${y} down. Done or Enter ends, Esc gives up.`
    : "Click the corners, or drag a box. With keys: arrows move the cross, Space sets a corner.");
}

function stop(text = "") {
  drawing = drag = null;
  tell();
  say(text);
  paint();
}

function finish() {
  if (!drawing) return;
  const points = drawing.points.map((point) => point.map(round));
  if (points.length < 3 || !hasArea(points)) return say("A region needs at least three corners that are not on one line.");
  stop("Region drawn. Give it a name in the list, if you like.");
  change(() => { chosen = regions.push({ camera, kind: "ignore", name: "", points }) - 1; });
  editor.querySelector(`[data-key="r${chosen}"]`)?.focus({ preventScroll: true });
}

function setCorner(point) {
  const near = (other) => Math.hypot((other[0] - point[0]) * editor.clientWidth, (other[1] - point[1]) * editor.clientHeight);
  const { points } = drawing;
  if (points.length > 2 && (near(points[0]) < 12 || near(points.at(-1)) < 4)) return finish();
  if (!points.length || near(points.at(-1)) >= 1) points.push(point);
  tell();
  paint();
}

/* Moves a region, or one of its corners, by a step from where it was; it stays in the picture. */
function move(region, corner, points, [x, y]) {
  const moved = corner === null ? points : [points[corner]];
  const limit = (step, side) => Math.min(Math.max(step, -Math.min(...moved.map((p) => p[side]))), 1 - Math.max(...moved.map((p) => p[side])));
  const step = [limit(x, 0), limit(y, 1)];
  region.points = points.map((point, n) => (corner === null || corner === n ? point.map((value, side) => round(value + step[side])) : point));
}

function split(region, edge, point) {
  const next = region.points[(edge + 1) % region.points.length];
  region.points.splice(edge + 1, 0, (point ?? region.points[edge].map((value, side) => (value + next[side]) / 2)).map(round));
}

function place(event) {
  const box = editor.getBoundingClientRect();
  return [clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height)];
}

editor.addEventListener("mousedown", (event) => event.preventDefault());
editor.addEventListener("pointerdown", (event) => {
  if (event.button || !event.isPrimary) return;
  document.activeElement?.blur(); // what was typed is taken first
  const from = place(event), { region, corner, edge } = event.target.dataset;
  if (drawing) {
    editor.setPointerCapture(event.pointerId);
    drawing.cross = from;
    drag = { from, box: false };
    return;
  }
  if (region === undefined) {
    pick(-1);
    return;
  }
  editor.setPointerCapture(event.pointerId);
  const number = Number(region), before = JSON.stringify(regions);
  pick(number);
  if (edge !== undefined) split(regions[number], Number(edge), from);
  const which = edge !== undefined ? Number(edge) + 1 : corner === undefined ? null : Number(corner);
  drag = { from, before, region: regions[number], corner: which, points: regions[number].points };
  paint();
  editor.querySelector(`[data-key="r${number}${which === null ? "" : `c${which}`}"]`)?.focus({ preventScroll: true });
});
editor.addEventListener("pointermove", (event) => {
  const to = place(event);
  if (drawing) {
    drawing.cross = to;
    if (drag && !drawing.points.length && Math.hypot(to[0] - drag.from[0], to[1] - drag.from[1]) > 0.015) drag.box = true;
    paint();
  } else if (drag) {
    move(drag.region, drag.corner, drag.points, [to[0] - drag.from[0], to[1] - drag.from[1]]);
    paint();
  }
});
editor.addEventListener("pointerup", (event) => {
  if (!drag) return;
  const { box, from, before, region } = drag, to = place(event);
  drag = null;
  if (drawing && box) {
    drawing.points = corners(from, to);
    finish();
  } else if (drawing) setCorner(to);
  else if (!hasArea(region.points)) giveBack(before);
  else change(() => {}, before);
});
editor.addEventListener("pointercancel", () => {
  const before = drag?.before;
  drag = null;
  if (before) regions = JSON.parse(before);
  settle();
});

function giveBack(before) {
  regions = JSON.parse(before);
  say("A region needs an area: the corner is back where it was.");
  settle();
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
function drawByKey(key, step) {
  if (step) drawing.cross = drawing.cross.map((value, side) => round(clamp(value + step[side])));
  else if (key === " ") return setCorner([...drawing.cross]), true;
  else if (key === "Backspace") drawing.points.pop();
  else if (key === "Enter") return finish(), true;
  else if (key === "Escape") return stop("Given up."), true;
  else return false;
  tell();
  paint();
  return true;
}

function moveByKey({ region: number, corner }, key, step) {
  const region = regions[number], which = corner === undefined ? null : Number(corner), before = JSON.stringify(regions);
  if (step) move(region, which, region.points, step);
  else if (key === "+" && which !== null) split(region, which);
  else if (key === "Enter" || key === " ") return pick(Number(number)), true;
  else if (key !== "Delete" && key !== "Backspace") return false;
  else if (which === null) return drop(Number(number)), true;
  else if (region.points.length === 3) return say("A region has at least three corners: delete the region itself."), true;
  else region.points.splice(which, 1);
  if (hasArea(region.points)) change(() => {}, before);
  else giveBack(before);
  return true;
}

addEventListener("keydown", (event) => {
  const { target } = event, key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (target.matches("input, select")) return;
  if ((event.ctrlKey || event.metaKey) && key === "z") {
    event.preventDefault();
    return drawing ? drawByKey("Backspace") : undo();
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.matches("button, summary, a") && [" ", "Enter"].includes(key)) return;
  const far = event.shiftKey ? 0.1 : 0.01, step = ARROWS[key]?.map((way) => way * far);
  const keys = { n: begin, h: toggleHeat };
  const done = drawing ? drawByKey(key, step) : target.dataset?.region !== undefined && moveByKey(target.dataset, key, step);
  if (!done && Object.hasOwn(keys, key) && !(drawing && key === "n")) keys[key]();
  else if (!done) return;
  event.preventDefault();
});
editor.addEventListener("focusin", (event) => {
  const { region } = event.target.dataset;
  if (region !== undefined && !drag) pick(Number(region));
});
