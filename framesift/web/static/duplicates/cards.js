/* A collection as a card: a link to its groups, or a box to tick while selecting. */
import { thumbnail } from "../api.js";
import { make } from "../dom.js";
import { count, size, title } from "../words.js";

export function makeCard(collection, { selecting, selected, onclick }) {
  const content = [makeCover(collection), makeFacts(collection)];
  const tick = { type: "checkbox", class: "tick", checked: selected, onclick, data: { id: collection.id } };
  const inner = selecting
    ? make("label", { class: "inner" }, make("input", tick), content)
    : make("a", { class: "inner", href: `/collections/${encodeURIComponent(collection.id)}` }, content);
  return make("li", { class: "card" }, inner);
}

function makeCover(collection) {
  const frame = make("span", { class: "cover" });
  if (!collection.cover) return frame;
  const small = (width) => thumbnail(collection.id, collection.cover, width);
  frame.append(make("img", {
    loading: "lazy", decoding: "async", alt: "",
    sizes: "12rem", srcset: `${small(240)} 240w, ${small(480)} 480w`, src: small(240),
  }));
  return frame;
}

function makeFacts(collection) {
  const name = title(collection);
  return make("span", { class: "facts" },
    make("span", { class: "name" }, name),
    name === collection.name ? null : make("span", { class: "faint place" }, collection.name),
    make("span", { class: "faint" }, `${count(collection.images, "image")} · ${size(collection.bytes)}`),
    makeBadge(collection));
}

function makeBadge({ searched, surplus }) {
  if (!searched) return null;
  return surplus
    ? make("span", { class: "badge spare" }, count(surplus, "duplicate"))
    : make("span", { class: "badge" }, "no duplicates");
}

/** Moves the keyboard's focus between the boxes, or the links, of a grid with the arrow keys. */
export function walkWithArrows(grid) {
  grid.addEventListener("keydown", (event) => {
    const boxes = [...grid.querySelectorAll(".tick, a")];
    const place = boxes.indexOf(event.target);
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const last = boxes.length - 1;
    const next = { Home: 0, End: last }[event.key] ?? place + (steps[event.key] ?? NaN);
    if (Number.isNaN(next)) return;
    event.preventDefault();
    if (next >= 0 && next <= last) boxes[next].focus();
  });
}
