/* What a search has found so far, while it goes on: to look at only, as the end may be another. */
import { address, read, thumbnail } from "../api.js";
import { find, make } from "../dom.js";
import { count } from "../words.js";

const PAUSE = 2000;
const LIMIT = 20;
let looking = false;

/** Shows what there is every now and then, for as long as `goesOn()`. */
export async function glance(collection, goesOn) {
  if (looking) return;
  looking = true;
  let known = 0;
  while (goesOn()) {
    const { total, items } = await ask(collection);
    if (goesOn() && total && total !== known) show(total, items);
    known = total;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  find("so-far").hidden = true;
  find("found").replaceChildren();
  looking = false;
}

async function ask(collection) {
  try {
    return await read(`${address("collections", collection, "groups", "so-far")}?limit=${LIMIT}`);
  } catch {
    return { total: 0, items: [] }; // the work tells of its troubles by itself
  }
}

function show(total, items) {
  find("so-far").hidden = false;
  find("so-far-title").textContent = `Found so far: ${count(total, "group")}${total > items.length ? `, here are ${items.length}` : ""}`;
  find("found").replaceChildren(...items.map((group) => make("li", { class: "panel" },
    make("div", { class: "images" }, [group.keeper, ...group.members].map((image) => makeImage(group, image))))));
}

function makeImage(group, image) {
  const small = make("img", { loading: "lazy", decoding: "async", alt: "", src: thumbnail(group.collection_id, image.id, 240) });
  return make("figure", { class: image === group.keeper ? "image keeper" : "image" },
    make("span", { class: "picture" }, small), make("figcaption", {}, make("span", { class: "file" }, image.name)));
}
