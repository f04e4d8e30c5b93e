/* The page of two runs over the same frames: how many each keeps, and which frames only one does. */
import { address, read } from "../api.js";
import { find, make } from "../dom.js";
import { onKeys, walkAmong } from "../keys.js";
import { count, method, number } from "../words.js";
import { Either } from "./either.js";
import { told } from "./told.js";

const LIMIT = 60;
const COLUMNS = ["both", "only_first", "only_second", "neither"];
const LONE = ["lone_first", "lone_second"];
const { first, second } = find("compared").dataset;
const place = address("runs", first, "comparisons", second);
let look = null;
let runs = null;
let offset = 0;
let turn = 0;

function complain(problem) {
  find("trouble").textContent = problem.message;
}

async function start() {
  const found = await read(place);
  runs = { first: { ...found.first, letter: "A" }, second: { ...found.second, letter: "B" } };
  document.title = `${runs.first.name} and ${runs.second.name} · framesift`;
  find("two").replaceChildren(...Object.values(runs).map(makeHead));
  summarize(found);
  listCameras(found);
  find("parts").hidden = false;
  look = new Either(runs);
  await load();
}

function makeHead(run) {
  const link = make("a", { href: `/runs/${encodeURIComponent(run.id)}` }, run.name);
  const problem = run.problem ? make("span", { class: "skipped" }, `Not everything of it can be shown: ${run.problem}.`) : null;
  return make("li", { class: "panel" }, make("strong", { class: "letter" }, run.letter), make("span", { class: "words" }, link,
    make("span", {}, method(run)), make("span", { class: "faint" }, `${number(run.kept)} of ${count(run.frames, "frame")} kept`), problem));
}

function summarize({ both, only_first: a, only_second: b, neither, lone_first: loneA, lone_second: loneB }) {
  find("summary").replaceChildren("Both keep ", make("strong", {}, number(both)), ", only A keeps ", make("strong", {}, number(a)),
    ", only B keeps ", make("strong", {}, number(b)), `, neither ${number(neither)}.`);
  find("lone").hidden = !loneA && !loneB;
  find("lone").textContent = `Decided in one run only, and counted apart: ${count(loneA, "frame")} in A, ${number(loneB)} in B.`;
}

function listCameras({ cameras, more_cameras: more, ...counts }) {
  const columns = LONE.some((name) => counts[name]) ? [...COLUMNS, ...LONE] : COLUMNS;
  for (const cell of document.querySelectorAll("th.lone")) cell.hidden = columns === COLUMNS;
  const makeCell = (value) => make("td", { class: "number" }, number(value));
  find("cameras").replaceChildren(...cameras.map((row) => {
    const head = make("th", {}, row.camera);
    head.scope = "row";
    return make("tr", {}, head, ...columns.map((name) => makeCell(row[name])));
  }));
  find("camera").append(...cameras.map(({ camera }) => make("option", { value: camera }, camera)));
  find("more-cameras").hidden = !more;
  find("more-cameras").textContent = `${count(more, "more camera")} not listed.`;
}

async function load() {
  const mine = ++turn;
  const values = new URLSearchParams({ offset, limit: LIMIT });
  if (find("side").value) values.set("kept_by", find("side").value);
  if (find("camera").selectedIndex > 0) values.set("camera", find("camera").value);
  try {
    const answer = await read(`${place}/frames?${values}`);
    if (mine === turn) show(answer);
  } catch (problem) {
    complain(problem);
  }
}

function show({ total, items }) {
  find("frames").replaceChildren(...items.map((item, at) => makeItem(item, () => look.openAt(items, at))));
  find("found").textContent = total ? count(total, "frame") : "There is no such frame.";
  find("paging").hidden = total <= LIMIT;
  find("page").textContent = `Page ${number(Math.floor(offset / LIMIT) + 1)} of ${number(Math.max(1, Math.ceil(total / LIMIT)))}`;
  find("previous").disabled = offset === 0;
  find("next").disabled = offset + LIMIT >= total;
}

function makeItem(item, onclick) {
  const keeper = runs[item.kept_by], decision = item[item.kept_by];
  const lines = Object.entries(runs).map(([side, run]) => make("span", { class: item[side].verdict === "skip" ? "skipped" : item[side].verdict }, `${run.letter}: ${told(item[side])}`));
  const words = make("span", { class: "facts" }, make("strong", {}, `Only ${keeper.letter} keeps it`), ...lines,
    make("span", { class: "file" }, decision.path), make("span", { class: "faint" }, `camera ${decision.camera}`));
  return make("li", {}, make("button", { type: "button", onclick }, keeper.pictures ? makePicture(keeper, decision) : null, words));
}

function makePicture(run, decision) {
  const src = `${address("runs", run.id, "decisions", String(decision.number), "thumbnail")}?width=320`;
  const missing = () => picture.replaceWith(make("span", { class: "missing" }, "no picture"));
  const picture = make("img", { src, alt: "", loading: "lazy", onerror: missing });
  return picture;
}

function begin(at) {
  offset = Math.max(0, at);
  return load();
}

async function walk(step) {
  await begin(offset + step * LIMIT);
  find("frames-title").focus();
  find("frames-title").scrollIntoView();
}

find("choice").addEventListener("submit", (event) => event.preventDefault());
find("choice").addEventListener("change", () => begin(0));
find("previous").addEventListener("click", () => walk(-1));
find("next").addEventListener("click", () => walk(1));
onKeys({ j: () => walkAmong("#frames button", 1), k: () => walkAmong("#frames button", -1) });
find("comparing").replaceWith(...Comparer.list(Comparer.KEYS));
start().catch(complain);
