/* Keys of a page: those that it has of its own, and `?`, which shows them all. */
import { find } from "./dom.js";

/** Calls `keys[key]` for a key that is pressed outside of fields and dialogs; letters in lower case. */
export function onKeys(keys) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
    if (event.target.closest?.("input:not([type=checkbox]), select, textarea, dialog") || document.querySelector("dialog[open]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!Object.hasOwn(keys, key)) return;
    if (keys[key]() === null) return; // not for what has the focus: the browser's own way
    event.preventDefault();
  });
}

/** Moves the focus among the elements that `selector` finds, from the one that holds it. */
export function walkAmong(selector, by) {
  const all = [...document.querySelectorAll(selector)];
  const at = all.findIndex((element) => element.contains(document.activeElement));
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const help = find("help");
const open = () => help.showModal();
find("help-open").addEventListener("click", open);
find("help-close").addEventListener("click", () => help.close());
addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.target.closest?.("input:not([type=checkbox]), select, textarea")) return;
  event.preventDefault();
  if (help.open) help.close();
  else open();
});
