/* What a removal or an undo came to, per collection. */
import { read, taken } from "../api.js";
import { button, make } from "../dom.js";
import { count, number, size, title } from "../words.js";
import { listLeft } from "./work.js";

const SHOWN = 24;

/** What a removal came to, in a sentence and a table. */
export function outcomeOf(removal) {
  const words = removal.removed
    ? `${size(removal.bytes)} moved to the backup. Undo brings every image back to where it was.`
    : "Every image is where it was.";
  return [make("p", {}, words), outcomeTable(removal)];
}

/** Per collection: found, removed and not moved; below, what was not moved and why. */
export function outcomeTable(removal) {
  const table = make("table", {},
    make("thead", {}, make("tr", {}, ["Name", "Found", "Removed", "Not moved"].map(makeHead))),
    make("tbody", {}, removal.collections.map(makeRow)));
  return make("div", {}, table, listLeft(removal.collections.flatMap(namesOfLeft)));
}

/** The pictures that a removal took, by collection: as many as fit at a glance, more when asked for. */
export function picturesOf(removal) {
  return make("div", {}, removal.collections.filter((part) => part.removed).flatMap((part) => {
    const list = make("ul", { class: "strip" });
    const more = button("Show more", () => append());
    const append = async () => {
      const { total, items } = await read(`${taken(removal.id, part.collection_id)}?offset=${list.children.length}&limit=${SHOWN}`);
      list.append(...items.map((item) => makeTaken(removal, part, item)));
      more.hidden = list.children.length >= total;
      more.textContent = `Show more (${number(total - list.children.length)} left)`;
    };
    append().catch((problem) => list.replaceWith(make("p", { class: "skipped" }, problem.message)));
    return [make("h3", {}, title(part)), list, more];
  }));
}

function makeTaken(removal, part, item) {
  const src = `${taken(removal.id, part.collection_id)}/${encodeURIComponent(item.id)}/thumbnail?width=240&placeholder=true`;
  const state = part.state === "removed" && !item.in_backup ? "not moved" : `kept instead: ${item.keeper}`;
  return makeSmall(src, item.name, state);
}

/** A small picture with its name and a word about it. */
export function makeSmall(src, name, words) {
  return make("li", {}, make("img", { loading: "lazy", decoding: "async", alt: "", src }),
    make("span", { class: "file" }, name), words ? make("span", { class: "faint" }, words) : null);
}

const makeHead = (text, place) => make("th", { scope: "col", class: place ? "number" : "" }, text);
const namesOfLeft = (collection) =>
  collection.left.map((item) => ({ ...item, name: `${title(collection)}/${item.name}` }));

function makeRow(collection) {
  const numbers = [collection.found, collection.removed, collection.left.length];
  const cells = numbers.map((value) => make("td", { class: "number" }, number(value)));
  return make("tr", {}, make("th", { scope: "row" }, title(collection)), cells);
}

/** What came back, and what could not and why. */
export function returnOf({ restored, left = [] }) {
  const words = left.length
    ? `Not everything came back: ${count(left.length, "image")} still in the backup.`
    : restored === 1 ? "It lies where it was, unchanged." : "Everything lies where it was, unchanged.";
  return [make("p", {}, words), listLeft(left)];
}
