/* What a search has found so far, while it goes on: to look at only, as the end may be another. */
import { address, read } from "../api.js";
import { find, make } from "../dom.js";
import { describe, makePicture } from "./group.js";
import { count, number } from "../words.js";

const PAUSE = 2000;
const LIMIT = 20;
const LARGEST = 500;
let looking = false;
let limit = LIMIT;
/** By the id of the group: its element, and what it shows. */
const shown = new Map();

let wake = () => {};
const pause = () => new Promise((resolve) => {
  wake = resolve;
  setTimeout(resolve, PAUSE);
});

/** Shows what there is every now and then, for as long as `goesOn()`; `hang(element, group)` is told of each group. */
export async function glance(collection, goesOn, hang) {
  if (looking) return;
  looking = true;
  do {
    while (goesOn()) {
      await show(collection, goesOn, hang);
      await pause();
    }
    await pause(); // the groups of the end take the place of these, unless there is none
  } while (goesOn());
  hide();
  looking = false;
}

find("found-more").addEventListener("click", () => {
  limit = Math.min(limit + LIMIT, LARGEST);
  wake();
});

export function hide() {
  find("so-far").hidden = true;
  find("found").replaceChildren();
  shown.clear();
  limit = LIMIT;
}

async function show(collection, goesOn, hang) {
  const { total, items } = await ask(collection);
  if (!goesOn() || !total) return;
  find("so-far").hidden = false;
  find("so-far-title").textContent = `Found so far: ${count(total, "group")}`;
  find("found-more").hidden = items.length >= total || limit >= LARGEST;
  find("found-more").textContent = `Show more (${number(total - items.length)} left)`;
  arrange(items.map((group) => makeElement({ ...group, soFar: true }, hang)));
  const ids = new Set(items.map(({ id }) => id));
  for (const id of shown.keys()) if (!ids.has(id)) shown.delete(id);
}

async function ask(collection) {
  try {
    return await read(`${address("collections", collection, "groups", "so-far")}?limit=${limit}`);
  } catch {
    return { total: 0, items: [] }; // the work tells of its troubles by itself
  }
}

/** The element that shows the group already, where there is one: who looks at it goes on looking. */
function makeElement(group, hang) {
  const known = shown.get(group.id);
  const state = JSON.stringify(group);
  if (known?.state === state) return known.element;
  const element = known?.element ?? make("li", { class: "panel early", tabIndex: -1 });
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  const view = hang(element, group);
  const images = [group.keeper, ...group.members].map((image) => makeImage(group, image, view));
  element.setAttribute("aria-label", `Group so far: ${group.keeper.name}`);
  element.replaceChildren(make("div", { class: "images" }, images));
  if (focused) element.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  shown.set(group.id, { element, state });
  return element;
}

function makeImage(group, image, view) {
  const isKeeper = image === group.keeper;
  const role = isKeeper ? "Keeper so far" : "Duplicate so far";
  return make("figure", { class: isKeeper ? "image keeper" : "image", data: { image: image.id } },
    makePicture(group, image, role.toLowerCase(), () => view(isKeeper ? group.members[0] : image)),
    make("figcaption", {},
      make("span", { class: "badge" }, role),
      describe(image),
      isKeeper ? null : make("span", {}, `${Number(image.similarity).toFixed(1)} % similar${image.lies ? `, ${image.lies}` : ""}`)));
}

/** Puts the elements in this order; those that stay are not touched, so that what is looked at does not move. */
function arrange(elements) {
  const list = find("found");
  const wanted = new Set(elements);
  for (const element of [...list.children]) if (!wanted.has(element)) element.remove();
  for (const [place, element] of elements.entries())
    if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
}
