/* The list of runs. */
import { address, read } from "../api.js";
import { find, make } from "../dom.js";
import { onKeys, walkAmong } from "../keys.js";
import { count, method, number, when } from "../words.js";

const LIMIT = 60;
const LARGEST = 8_000_000; // bytes of a manifest that is read for its picture
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
  const link = make("a", { class: "panel", href: `/runs/${encodeURIComponent(run.id)}` }, make("span", { class: "words" },
    make("span", { class: "name" }, run.name), make("span", {}, facts), make("span", { class: "method" }, run.method && method(run)),
    make("span", { class: "faint" }, `last decision written ${when(run.modified)}`)));
  if (run.pictures && run.verdicts?.keep && run.bytes <= LARGEST) {
    link.run = run;
    watcher.observe(link);
  }
  return make("li", {}, link);
}

/** Shows the first kept frame of the runs that come into view. */
const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    addCover(target).catch(() => {});
  }
});

async function addCover(link) {
  const decisions = address("runs", link.run.id, "decisions");
  const { items } = await read(`${decisions}?verdict=keep&limit=1`);
  if (!items.length) return;
  const src = `${decisions}/${items[0].number}/thumbnail?width=320`;
  const picture = make("img", { src, alt: "", onerror: () => picture.remove() });
  link.prepend(picture);
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
