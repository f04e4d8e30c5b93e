/* The persons page: lists the collections, lets people select some, and removes the duplicates of those. */
import { read, send } from "../api.js";
import { makeCard, walkWithArrows } from "./cards.js";
import { button, find, make } from "../dom.js";
import { RETOLD, onBusy, onChange, onRemoval, resume, searchAndOffer } from "./removing.js";
import { onKeys, walkAmong } from "../keys.js";
import { Selection } from "./selection.js";
import { accompany, complain, dismiss } from "./work.js";
import { count, number, size } from "../words.js";

const LIMIT = 60;
const LARGEST = 500;
const HINT = {
  persons: "Press Select Mode, choose persons, then Remove Duplicates.",
  all: "Press Select Mode, choose folders, then Remove Duplicates.",
};
const MODE = "framesift-selecting";
const PROMISE = "You see what would go before anything does, and everything can be brought back.";
const view = readView(new URLSearchParams(location.search));
const selection = new Selection(showSelection);
let selecting = sessionStorage.getItem(MODE) === "yes";
let shown = { total: 0, items: [] };
let turn = 0;
let anchor = null;
let busy = false;
let scanning = false;

/** What the address asks for, as far as it makes sense. */
function readView(asked) {
  const kind = asked.get("kind");
  const page = Math.floor(Number(asked.get("offset")) / LIMIT);
  return {
    query: (asked.get("query") ?? "").slice(0, 200),
    kind: Object.hasOwn(HINT, kind) ? kind : null,
    offset: page > 0 && page < 1e9 ? page * LIMIT : 0,
  };
}

function path(offset = view.offset, limit = LIMIT) {
  const values = new URLSearchParams({ offset, limit });
  if (view.query) values.set("query", view.query);
  if (view.kind === "persons") values.set("persons", "true");
  return `/api/collections?${values}`;
}

/** Lists what is asked for; an answer to an older question than the last one is not shown. */
async function load() {
  const mine = ++turn;
  try {
    if (view.kind === null) await chooseKind();
    let list = await read(path());
    if (!list.items.length && list.total) {
      view.offset = Math.floor((list.total - 1) / LIMIT) * LIMIT;
      list = await read(path());
    }
    if (mine !== turn) return;
    shown = list;
    show();
    if (list.scanning) setTimeout(() => mine === turn && load(), 1500);
    else if (scanning && isUntouched()) location.replace("/"); // now it is known what is here, and what comes first
    scanning = list.scanning;
  } catch (problem) {
    complain(problem);
  }
}

/** Whether nobody has asked for anything yet. */
const isUntouched = () => view.kind === "all" && !location.search && !selecting && !selection.size && !busy && !document.querySelector("dialog[open]");

/** Persons first; where no folder is named like one, all folders. */
async function chooseKind() {
  const { total } = await read("/api/collections?persons=true&limit=1");
  view.kind ??= total ? "persons" : "all"; // somebody may have chosen meanwhile
}

function show() {
  document.querySelector(`[name=kind][value=${view.kind}]`).checked = true;
  const title = view.kind === "persons" ? "Persons" : "Folders";
  find("title").textContent = title;
  document.title = `${title} · framesift`;
  find("hint").textContent = `${HINT[view.kind]} ${PROMISE}`;
  const { total, images, bytes } = shown;
  const word = view.kind === "persons" ? "person" : "folder";
  find("found").textContent = `${count(total, word)}, ${count(images, "image")}, ${size(bytes)}`;
  anchor = null;
  showCards();
  showEmpty();
  const pages = Math.ceil(shown.total / LIMIT);
  find("paging").hidden = pages <= 1;
  find("page").textContent = `Page ${number(view.offset / LIMIT + 1)} of ${number(pages)}`;
  find("previous").disabled = view.offset === 0;
  find("next").disabled = view.offset + LIMIT >= shown.total;
  showSelection();
}

function showCards() {
  const cards = shown.items.map((collection, place) => makeCard(collection, {
    selecting, selected: selection.has(collection.id), onclick: (event) => tick(event, place),
  }));
  find("cards").replaceChildren(...cards);
  find("cards").classList.toggle("selecting", selecting);
}

function showEmpty() {
  const empty = find("empty");
  empty.hidden = shown.items.length > 0;
  if (shown.items.length) return;
  empty.replaceChildren(...explainEmpty().map((part) => (typeof part === "string" ? make("p", {}, part) : part)));
}

function explainEmpty() {
  if (view.query) return [`Nothing is called “${view.query}”.`, button("Show all", () => search(""))];
  if (shown.scanning) return ["Looking for folders with images …"];
  if (view.kind === "persons")
    return ["No folder is named like a person (PERSON-0001).", button("Show all folders", () => choose("all"))];
  const words = "There are no images here yet. Put folders with images below the folder that framesift serves.";
  return [words, button("Look again", scan, { className: "primary" })];
}

/** Where the boxes are, and how far the one before was: with Shift, all between take the same mark. */
function tick(event, place) {
  const on = event.target.checked;
  const other = event.shiftKey && anchor !== null ? anchor : place;
  const [from, to] = [Math.min(other, place), Math.max(other, place)];
  anchor = place;
  selection.mark(shown.items.slice(from, to + 1), on);
}

function showSelection() {
  find("selecting").setAttribute("aria-pressed", String(selecting));
  find("bar").hidden = !selecting;
  document.body.classList.toggle("with-bar", selecting);
  for (const box of find("cards").querySelectorAll(".tick")) box.checked = selection.has(box.dataset.id);
  const invitation = `Choose the ${view.kind === "persons" ? "persons" : "folders"} to clean up`;
  find("chosen").textContent = selection.size ? `${number(selection.size)} selected` : invitation;
  find("everything").textContent = `Select all ${number(shown.total)} found`;
  find("everything").disabled = !shown.total;
  find("nothing").disabled = !selection.size;
  find("remove").disabled = busy || !selection.size;
  find("remove").textContent = `Remove Duplicates (${selection.size})`;
}

function select(on) {
  selecting = on;
  sessionStorage.setItem(MODE, on ? "yes" : "no");
  showCards();
  showSelection();
  if (on) find("cards").querySelector(".tick")?.focus();
}

async function selectEverything() {
  find("everything").disabled = true;
  try {
    for (let offset = 0; offset < shown.total; offset += LARGEST)
      selection.mark((await read(path(offset, LARGEST))).items);
  } catch (problem) {
    complain(problem);
  }
  showSelection();
}

async function removeDuplicates() {
  await searchAndOffer({ collection_ids: selection.identities });
}

/** What is removed need not be selected any more. */
function afterRemoval() {
  selection.clear();
  select(false);
}

async function scan() {
  try {
    await accompany(await send("/api/collections/scans", {}));
    dismiss();
    view.kind = null;
    await load();
  } catch (problem) {
    complain(problem);
  }
}

function go(offset) {
  view.offset = offset;
  const values = new URLSearchParams(Object.entries(view).filter(([, value]) => value));
  history.replaceState(null, "", `/?${values}`);
  return load();
}

function search(query) {
  find("query").value = query;
  view.query = query.trim();
  go(0);
}

function choose(kind) {
  view.kind = kind;
  go(0);
}

async function turnPage(step) {
  await go(view.offset + step * LIMIT);
  scrollTo({ top: 0 });
  find("cards").querySelector(".tick, a")?.focus();
}

find("query").value = view.query;
find("query").addEventListener("input", (event) => search(event.target.value));
find("filters").addEventListener("submit", (event) => event.preventDefault());
for (const choice of document.querySelectorAll("[name=kind]"))
  choice.addEventListener("change", () => choose(choice.value));
find("selecting").addEventListener("click", () => select(!selecting));
find("everything").addEventListener("click", selectEverything);
find("nothing").addEventListener("click", () => selection.clear());
find("remove").addEventListener("click", removeDuplicates);
find("previous").addEventListener("click", () => turnPage(-1));
find("next").addEventListener("click", () => turnPage(1));
walkWithArrows(find("cards"));
onKeys({
  j: () => walkAmong("#cards .tick, #cards a", 1),
  k: () => walkAmong("#cards .tick, #cards a", -1),
  s: () => select(!selecting),
  "/": () => find("query").focus(),
});
onBusy((now) => {
  busy = now;
  showSelection();
});
onChange(load);
onRemoval(afterRemoval);
load();
resume({ retold: RETOLD });
