/* What a removal or an undo came to, per collection. */
import { make } from "../dom.js";
import { count, number, size, title } from "../words.js";
import { listLeft } from "./work.js";

/** What a removal came to, in a sentence and a table. */
export function outcomeOf(removal) {
  const words = removal.removed
    ? `${size(removal.bytes)} moved to the backup. Undo brings every image back to where it was.`
    : "Every image is where it was.";
  return [make("p", {}, words), outcomeTable(removal)];
}

/** Per collection: found, removed and left; below, what was left and why. */
export function outcomeTable(removal) {
  const table = make("table", {},
    make("thead", {}, make("tr", {}, ["Name", "Found", "Removed", "Left"].map(makeHead))),
    make("tbody", {}, removal.collections.map(makeRow)));
  return make("div", {}, table, listLeft(removal.collections.flatMap(namesOfLeft)));
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
