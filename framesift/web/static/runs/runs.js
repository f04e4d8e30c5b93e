/* The list of runs. */
import { read } from "../api.js";
import { find, make } from "../dom.js";
import { onKeys, walkAmong } from "../keys.js";
import { count, number, when } from "../words.js";

const LIMIT = 60;
let offset = Number(new URLSearchParams(location.search).get("offset")) || 0;

async function load() {
  try {
    show(await read(`/api/runs?${new URLSearchParams({ offset, limit: LIMIT })}`));
  } catch (problem) {
    find("trouble").textContent = problem.message;
  }
}

function show({ total, items }) {
  find("runs").replaceChildren(...items.map(makeItem));
  find("empty").hidden = total > 0;
  find("paging").hidden = total <= LIMIT;
  find("page").textContent = `Page ${number(Math.floor(offset / LIMIT) + 1)} of ${number(Math.ceil(total / LIMIT))}`;
  find("previous").disabled = offset === 0;
  find("next").disabled = offset + LIMIT >= total;
}

function makeItem(run) {
  const facts = run.verdicts ? describe(run.verdicts) : "many decisions";
  return make("li", {}, make("a", { class: "panel", href: `/runs/${encodeURIComponent(run.id)}` },
    make("span", { class: "name" }, run.name), make("span", {}, facts),
    make("span", { class: "faint" }, `last decision written ${when(run.modified)}`)));
}

function describe({ keep, drop, skip }) {
  const skipped = skip ? `, ${number(skip)} skipped` : "";
  return `${count(keep + drop + skip, "frame")}: ${number(keep)} kept, ${number(drop)} dropped${skipped}`;
}

function turn(step) {
  offset = Math.max(0, offset + step * LIMIT);
  load();
}

onKeys({ j: () => walkAmong("#runs a", 1), k: () => walkAmong("#runs a", -1) });
find("previous").addEventListener("click", () => turn(-1));
find("next").addEventListener("click", () => turn(1));
load();
