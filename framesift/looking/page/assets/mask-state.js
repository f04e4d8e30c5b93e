"use strict";
/* The regions that are drawn, what of them is chosen, and how it was before. */
const find = (identity) => document.getElementById(identity);
const page = JSON.parse(find("page").text);
const cameras = page.cameras.map((_, number) => estimate.prepare(JSON.parse(find(`camera-${number}`).text)));
const editor = find("editor");
const SPACE = 1000; // units across the picture
const KINDS = { ignore: "do not look here", only: "look only here" };
const store = `framesift mask ${JSON.stringify([page.cameras, page.regions, page.commands])}`;
let regions = recall();
let camera = 0, chosen = -1;
let drawing = null; // the points of a region that is being drawn, and where its cross is
let drag = null;
let past = [];

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(store));
    if (Array.isArray(kept)) return kept;
  } catch { /* no storage in this browser: what is drawn lives as long as the page */ }
  return structuredClone(page.regions);
}

function say(text) { find("said").textContent = text; }

/* Every step of a person goes through here, so that it can be undone. */
function change(act, before = JSON.stringify(regions), show = settle) {
  act();
  if (JSON.stringify(regions) === before) return;
  past = [...past.slice(-199), before];
  keep();
  show();
}

function keep() {
  try {
    localStorage.setItem(store, JSON.stringify(regions));
  } catch { /* as above */ }
  find("undo").disabled = !past.length;
}

function settle() {
  if (chosen >= 0 && !isHere(regions[chosen])) chosen = -1;
  paint();
  list();
  reckon();
}

function undo() {
  if (!past.length) return;
  regions = JSON.parse(past.pop());
  keep();
  settle();
}

const isHere = (region) => Boolean(region) && (region.camera === null || region.camera === camera);
const clamp = (value) => Math.min(Math.max(value, 0), 1);
const round = (value) => Math.round(value * 1e4) / 1e4;
const nameOf = (number) => regions[number].name || `region ${number + 1}`;
/* As the reader of mask files has it: seen from the first point, in the direction of the farthest, others lie aside. */
function hasArea(points) {
  const [x, y] = points[0], steps = points.map(([a, b]) => [a - x, b - y]);
  const [across, down] = steps.reduce((far, step) => (Math.hypot(...step) > Math.hypot(...far) ? step : far));
  return steps.some(([a, b]) => Math.abs(across * b - down * a) > 1e-6);
}
