/* Asks, before anything is removed, whether that is what is wanted: how many of which, and where they go. */
import { address, asSentence, read, send, thumbnail } from "../api.js";
import { find, make } from "../dom.js";
import { goes } from "./group.js";
import { makeSmall } from "./outcome.js";
import { count, folders, number, size, title } from "../words.js";

const SHOWN = 100;
const GROUPS = 24;
const STRIP = 24;

/** True where the person confirms. `found`: {collections with `surplus` and `groups`, backup, bytes}. */
export async function confirmRemoval(found) {
  const dialog = find("confirming");
  const concerned = found.collections.filter((collection) => collection.surplus);
  const concerns = { collection_ids: concerned.map(({ id }) => id) };
  const { note } = concerned.length ? await send("/api/removals/crossing", concerns) : { note: "" };
  find("confirming-crossing").textContent = note && asSentence(note);
  find("confirming-crossing").hidden = !note;
  const images = concerned.reduce((sum, collection) => sum + collection.surplus, 0);
  find("confirming-title").textContent = `Remove ${count(images, "image")} of ${folders(concerned)}?`;
  find("confirming-text").textContent = describe(found, images);
  find("confirming-list").replaceChildren(...concerned.slice(0, SHOWN).map(makeRow));
  find("confirming-rest").textContent = describeRest(found.collections);
  find("confirming-yes").textContent = `Confirm: remove ${count(images, "image")}`;
  return ask(dialog);
}

function describe({ backup, bytes }, images) {
  const room = bytes ? ` (${size(bytes)})` : "";
  return images === 1
    ? `The best image of its group stays. The other one${room} moves to ${backup}. Undo brings it back.`
    : `The best image of each group stays. The other ${number(images)}${room} move to ${backup}. `
      + "Undo brings them back.";
}

function describeRest(collections) {
  const without = collections.filter((collection) => !collection.surplus).length;
  const skipped = collections.reduce((sum, collection) => sum + (collection.skipped ?? 0), 0);
  const more = collections.length - without - SHOWN;
  return [
    more > 0 ? `And ${number(more)} more.` : "",
    without ? `${count(without, "other", "others")} had no duplicates.` : "",
    skipped ? `Left alone, for they could not be read: ${count(skipped, "image")}.` : "",
  ].join(" ").trim();
}

function makeRow(collection) {
  const link = make("a", { href: `/collections/${encodeURIComponent(collection.id)}` }, "See the groups");
  link.setAttribute("aria-label", `See the groups of ${title(collection)}`);
  const share = `${number(collection.surplus)} of ${count(collection.images, "image")}`;
  const facts = `${share}, in ${count(collection.groups, "group")}`;
  const strip = make("ul", { class: "strip", tabIndex: 0, role: "list", "aria-label": `What goes of ${title(collection)}` });
  strip.collection = collection;
  watcher.observe(strip);
  return make("li", {}, make("strong", {}, title(collection)), make("span", {}, facts), link, strip);
}

/** Fills the strips that come into view: a removal may be of a hundred folders. */
const watcher = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    watcher.unobserve(target);
    fill(target).catch((problem) => target.replaceChildren(make("li", { class: "skipped" }, problem.message)));
  }
});

/** The images that would go, beside what stays of their group. */
async function fill(strip) {
  const { id, surplus } = strip.collection;
  const { items } = await read(`${address("collections", id, "groups")}?limit=${GROUPS}`);
  const small = (image, words) => makeSmall(thumbnail(id, image.id, 240), image.name, words);
  const going = items.flatMap((group) => group.members.filter(goes).map((member) => small(member, `stays: ${group.keeper.name}`)));
  strip.replaceChildren(...going.slice(0, STRIP));
  const more = surplus - strip.children.length;
  if (more > 0) strip.append(make("li", { class: "faint rest" }, `and ${number(more)} more: see the groups`));
}

function ask(dialog) {
  const before = document.activeElement;
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      before?.focus?.();
      resolve(dialog.returnValue === "yes");
    }, { once: true });
    dialog.showModal();
  });
}

/** The dialog's buttons close it; a form would do so too, but no form may send anything under the page's policy. */
for (const pressed of find("confirming").querySelectorAll("button"))
  pressed.addEventListener("click", () => find("confirming").close(pressed.value));
