/* The removals page: everything that was ever removed, and the way back of each. */
import { read } from "../api.js";
import { button, find, make } from "../dom.js";
import { onKeys, walkAmong } from "../keys.js";
import { outcomeTable, picturesOf } from "./outcome.js";
import { RETOLD, onChange, resume, undo } from "./removing.js";
import { complain } from "./work.js";
import { count, list, number, size, title, when } from "../words.js";

const LIMIT = 20;
const STATES = {
  removed: "Can be brought back",
  undone: "Brought back",
  emptied: "Backup emptied: gone for good",
  partly: "Partly brought back",
  planned: "Under way",
  failed: "Did not succeed",
};
let shown = 0;

async function load() {
  find("removals").replaceChildren();
  shown = 0;
  await loadMore();
}

async function loadMore() {
  try {
    const { total, items } = await read(`/api/removals?offset=${shown}&limit=${LIMIT}`);
    find("removals").append(...items.map(makeItem));
    shown += items.length;
    find("empty").hidden = total > 0;
    find("more").hidden = shown >= total;
    find("more").textContent = `Show more (${number(total - shown)} left)`;
  } catch (problem) {
    complain(problem);
  }
}

function makeItem(removal) {
  const names = list(removal.collections.map(title));
  const canReturn = removal.removed > 0 && (removal.state === "removed" || removal.state === "partly");
  const time = make("time", { dateTime: removal.created }, when(removal.created));
  const state = removal.removed ? STATES[removal.state] : "Nothing was removed";
  const heading = make("h2", { id: `removal-${removal.id}` }, `${count(removal.removed, "image")} of ${names}`);
  const label = { "aria-label": `Undo the removal of ${heading.textContent}` };
  return make("li", { class: "panel removal" },
    make("div", { class: "head" },
      make("div", {}, heading, make("p", { class: "faint" }, time, `, ${size(removal.bytes)}`)),
      make("span", { class: canReturn ? "badge" : "badge stays" }, state),
      canReturn ? button("Undo", () => undo(removal.id), label) : null),
    makeDetails(removal));
}

/** What was removed; its pictures are fetched when somebody looks. */
function makeDetails(removal) {
  const details = make("details", {}, make("summary", {}, "What was removed"), outcomeTable(removal));
  const show = () => details.append(picturesOf(removal));
  details.addEventListener("toggle", show, { once: true });
  return details;
}

onKeys({ j: () => walkAmong("#removals summary", 1), k: () => walkAmong("#removals summary", -1) });
find("more").addEventListener("click", loadMore);
onChange(load);
load();
resume({ next: RETOLD, concerns: (job) => job.kind !== "search" });
