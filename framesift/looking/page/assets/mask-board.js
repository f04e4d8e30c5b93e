"use strict";
/* The picture of a camera with its regions, where its changes were, and dark what is not compared. */
function shape(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
const high = () => (SPACE * cameras[camera].size[1]) / cameras[camera].size[0];
const unit = () => SPACE / (editor.clientWidth || SPACE); // units of a px of the screen
const at = ([x, y]) => [x * SPACE, y * high()];
const trace = (points, end = "Z") => "M" + points.map((point) => at(point).join(" ")).join("L") + end;
const percent = (share) => `${Math.round(100 * share)} %`;

function paint() {
  const key = document.activeElement?.dataset?.key;
  editor.setAttribute("viewBox", `0 0 ${SPACE} ${high()}`);
  const shapes = [], handles = [];
  regions.forEach((region, number) => {
    if (!isHere(region)) return;
    const d = trace(region.points), label = `${nameOf(number)}: ${KINDS[region.kind]}, ${region.points.length} corners`;
    shapes.push(shape("path", { class: "edge-line", d }), shape("path", {
      class: `region ${region.kind}${number === chosen ? " chosen" : ""}`, d, tabindex: 0, role: "button",
      "aria-label": label, "data-region": number, "data-key": `r${number}`,
    }));
    const middle = [0, 1].map((side) => region.points.reduce((sum, point) => sum + point[side], 0) / region.points.length);
    const [x, y] = at(middle);
    shapes.push(shape("text", { x, y, "font-size": 14 * unit(), "aria-hidden": "true" }, nameOf(number)));
    if (number === chosen && !drawing) handles.push(...grips(region, number));
  });
  if (drawing) shapes.push(...begun());
  editor.replaceChildren(...shapes, ...handles);
  editor.classList.toggle("busy", Boolean(drawing));
  if (key && document.activeElement?.dataset?.key !== key) editor.querySelector(`[data-key="${key}"]`)?.focus({ preventScroll: true });
  shade();
}

function grips(region, number) {
  const size = (matchMedia("(pointer: coarse)").matches ? 11 : 7) * unit(), dot = (point, attributes) => {
    const [cx, cy] = at(point);
    return shape("ellipse", { cx, cy, rx: size, ry: size, "data-region": number, ...attributes });
  };
  const between = region.points.map((point, n) => {
    const next = region.points[(n + 1) % region.points.length];
    return dot([(point[0] + next[0]) / 2, (point[1] + next[1]) / 2], { class: "between", rx: size * 0.7, ry: size * 0.7, "data-edge": n });
  });
  return [...between, ...region.points.map((point, n) => dot(point, {
    tabindex: 0, role: "button", "data-corner": n, "data-key": `r${number}c${n}`,
    "aria-label": `corner ${n + 1} of ${nameOf(number)}: ${percent(point[0])} across, ${percent(point[1])} down`,
  }))];
}

function begun() {
  const { points, cross } = drawing, [x, y] = at(cross), arm = 12 * unit();
  const drawn = drag?.box ? corners(drag.from, cross) : [...points, cross];
  const marks = points.map((point) => {
    const [cx, cy] = at(point);
    return shape("ellipse", { cx, cy, rx: 5 * unit(), ry: 5 * unit() });
  });
  return [shape("path", { class: "begun", d: trace(drawn) }), ...marks,
    shape("path", { class: "cross", d: `M${x - arm} ${y}h${2 * arm}M${x} ${y - arm}v${2 * arm}` })];
}

const corners = ([a, b], [c, d]) => [[a, b], [c, b], [c, d], [a, d]];

/* Dark is what is not compared: by the border mask, by regions of all cameras, by those of this one. */
function shade() {
  const canvas = find("shade"), [width, height] = cameras[camera].size;
  [canvas.width, canvas.height] = [480, Math.max(1, Math.round((480 * height) / width))];
  const context = canvas.getContext("2d"), [left, top, right, bottom] = cameras[camera].compared;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.clearRect(left * canvas.width, top * canvas.height, (right - left) * canvas.width, (bottom - top) * canvas.height);
  for (const { ignore, only } of masks()) {
    const layer = new OffscreenCanvas(canvas.width, canvas.height), pen = layer.getContext("2d");
    const fill = (points) => {
      pen.beginPath();
      for (const [x, y] of points) pen.lineTo(x * canvas.width, y * canvas.height);
      pen.fill("evenodd");
    };
    if (only.length) pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.globalCompositeOperation = "destination-out";
    only.forEach(fill);
    pen.globalCompositeOperation = "source-over";
    ignore.forEach(fill);
    context.drawImage(layer, 0, 0);
  }
}

function warm() {
  const canvas = find("warmth"), [columns, rows] = cameras[camera].grid, warmth = estimate.heat(cameras[camera]);
  const most = Math.max(...warmth);
  [canvas.width, canvas.height] = [columns, rows];
  find("legend").textContent = most > 0 && !canvas.hidden
    ? `Red is where the kept frames had changed: the brightest spot in ${percent(most)} of them. Dark is not compared.` : "Dark is not compared.";
  const context = canvas.getContext("2d"), image = context.createImageData(columns, rows);
  warmth.forEach((value, cell) => image.data.set([255, 50, 20, most ? 230 * Math.sqrt(value / most) : 0], 4 * cell));
  context.putImageData(image, 0, 0);
}

function toggleHeat() {
  if (!cameras[camera].changes) return;
  find("warmth").hidden = !find("warmth").hidden;
  find("heat").setAttribute("aria-pressed", String(!find("warmth").hidden));
  warm();
}
